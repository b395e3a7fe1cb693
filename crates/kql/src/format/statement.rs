//! The layout of statements: a line each, function bodies indented.

use super::plan::{Gap, Plan};
use crate::ast::{ColumnDecl, ExprKind, Function, LetValue, Name, Parameter, ParameterType, Query, Statement, StatementKind};

impl Plan<'_> {
    /// The whole text.
    pub(super) fn query(&mut self, query: &Query) {
        for statement in &query.statements {
            self.set_at(statement.span.start, Gap::Statement);
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let (start, end) = (self.at(statement.span.start), self.last(statement.span.end));
        match &statement.kind {
            StatementKind::Let { name, value } => {
                self.name(name);
                match value {
                    LetValue::Expr(expr) => {
                        self.expr(expr);
                        if let ExprKind::Pipe { source, operators } = &expr.kind {
                            // A pipe of one operator may share the line of its `let`.
                            self.groups.push(super::plan::Group { start, end, inner: (self.last(source.span.end) + 1, end) });
                            let gap = if operators.len() == 1 { Gap::Line } else { Gap::Hard };
                            self.pipes(operators, gap);
                        }
                    }
                    LetValue::Function(function) => self.function(function),
                }
            }
            StatementKind::Set { name, value } => {
                self.name(name);
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            StatementKind::DeclareParameters(parameters) => {
                if let Some(open) = parameters.first().map(|first| self.at(first.name.span.start) - 1) {
                    self.parameters(open, parameters);
                }
            }
            StatementKind::Alias { name, value } => {
                self.name(name);
                self.expr(value);
            }
            StatementKind::Other { .. } => self.keep(statement.span),
            StatementKind::Query(expr) => {
                self.expr(expr);
                if let ExprKind::Pipe { operators, .. } = &expr.kind {
                    self.pipes(operators, Gap::Hard);
                }
            }
        }
    }

    /// `(parameters) { body }`: the body on lines of its own unless it is one short expression.
    fn function(&mut self, function: &Function) {
        let start = self.at(function.span.start);
        let open = start + usize::from(function.view);
        self.parameters(open, &function.parameters);
        let brace = self.matching(open) + 1;
        let close = self.last(function.span.end);
        if brace + 1 >= close {
            return;
        }
        self.brackets(brace, close);
        for statement in &function.body {
            self.statement(statement);
        }
        for (index, statement) in function.body.iter().enumerate() {
            let first = self.at(statement.span.start);
            self.set(first, if index == 0 { Gap::Line } else { Gap::Statement });
        }
        self.set(close, Gap::Line);
    }

    /// `(name:type = default, ...)`, whose bracket is token `open`.
    pub(super) fn parameters(&mut self, open: usize, parameters: &[Parameter]) {
        self.set(open + 1, Gap::None);
        for parameter in parameters {
            self.name(&parameter.name);
            if let ParameterType::Table(Some(columns)) = &parameter.ty {
                self.columns(columns);
            }
            if let Some(default) = &parameter.default {
                self.expr(default);
            }
        }
        self.fill_list(open, parameters.iter().map(|parameter| &parameter.name));
    }

    /// `name:type` columns, whose bracket stands before the first.
    pub(super) fn columns(&mut self, columns: &[ColumnDecl]) {
        let Some(open) = columns.first().and_then(|first| self.at(first.name.span.start).checked_sub(1)) else { return };
        for column in columns {
            self.name(&column.name);
        }
        if self.word(open) == "(" {
            self.fill_list(open, columns.iter().map(|column| &column.name));
        }
    }

    fn fill_list<'n>(&mut self, open: usize, names: impl Iterator<Item = &'n Name>) {
        let starts: Vec<usize> = names.map(|name| self.at(name.span.start)).collect();
        self.separate(starts, Gap::Fill);
        self.brackets(open, self.matching(open));
    }
}
