//! Statements as text.

use super::Writer;
use crate::ast::{Function, LetValue, Parameter, ParameterType, Statement, StatementKind};

impl Writer {
    pub(super) fn statements(&mut self, statements: &[Statement]) {
        for (index, statement) in statements.iter().enumerate() {
            if index > 0 {
                self.push("; ");
            }
            self.statement(&statement.kind);
        }
    }

    fn statement(&mut self, kind: &StatementKind) {
        match kind {
            StatementKind::Let { name, value } => {
                self.push("let ");
                self.name(name);
                self.push(" = ");
                match value {
                    LetValue::Expr(expr) => self.expr(expr),
                    LetValue::Function(function) => self.function(function),
                }
            }
            StatementKind::Set { name, value } => {
                self.push("set ");
                self.name(name);
                if let Some(value) = value {
                    self.push(" = ");
                    self.expr(value);
                }
            }
            StatementKind::DeclareParameters(parameters) => {
                self.push("declare query_parameters");
                self.parenthesised(parameters, Self::parameter);
            }
            StatementKind::Alias { name, value } => {
                self.push("alias database ");
                self.name(name);
                self.push(" = ");
                self.expr(value);
            }
            StatementKind::Other { keyword } => self.push(keyword),
            StatementKind::Query(expr) => self.expr(expr),
        }
    }

    fn function(&mut self, function: &Function) {
        self.push(if function.view { "view " } else { "" });
        self.parenthesised(&function.parameters, Self::parameter);
        self.push(" { ");
        self.statements(&function.body);
        self.push(" }");
    }

    pub(super) fn parameter(&mut self, parameter: &Parameter) {
        self.name(&parameter.name);
        self.push(":");
        match &parameter.ty {
            ParameterType::Scalar(ty) => self.push(&ty.text),
            ParameterType::Table(None) => self.push("(*)"),
            ParameterType::Table(Some(columns)) => self.parenthesised(columns, Self::column),
        }
        if let Some(default) = &parameter.default {
            self.push(" = ");
            self.expr(default);
        }
    }
}
