//! Statements: `let`, `declare query_parameters`, `set`.

use std::sync::Arc;

use diag::{Diagnostic, Span};
use functions::{Typed, coerce};
use kql::ast::{LetValue, Parameter, ParameterType, Statement, StatementKind, TypeName};
use schema::Type;

use super::{Names, Planner, Value};
use crate::{
    error::{At, Result, codes, fault, unsupported},
    explain::StepKind,
    scope::{Binding, Scope},
};

impl Planner<'_> {
    /// Plans statements in order; the value is that of the last query among them.
    pub(crate) fn block(&self, statements: &[Statement], outer: &Scope, end: Span) -> Result<Value> {
        let mut values = self.statements(statements, outer, end)?;
        values.pop().map_or_else(|| no_query(end), Ok)
    }

    /// Plans statements in order; a value for each query among them, at least one.
    pub(crate) fn statements(&self, statements: &[Statement], outer: &Scope, end: Span) -> Result<Vec<Value>> {
        let mut scope = outer.clone();
        let mut values = Vec::new();
        for statement in statements {
            match &statement.kind {
                StatementKind::Let { name, value } => {
                    let binding = self.noted(StepKind::Let, || name.text.clone(), None, || self.let_value(value, &scope))?;
                    scope = scope.with(&name.text, binding);
                }
                StatementKind::DeclareParameters(parameters) => scope = self.declare(parameters, scope)?,
                // What `bin_auto` is told by.
                StatementKind::Set { name, value: Some(value) } if name.text.starts_with("query_bin_auto_") => {
                    let value = self.constant(value, Names::new(&scope, &[]), "an option")?;
                    scope = scope.with(&name.text, Binding::Scalar(value));
                }
                // Options such as `notruncation` steer limits of the service that do not exist here.
                StatementKind::Set { .. } => {}
                StatementKind::Alias { name, .. } => return unsupported("`alias database`", name.span),
                StatementKind::Other { keyword } => return unsupported(format!("`{keyword}`"), statement.span),
                StatementKind::Query(expr) => values.push(self.value(expr, Names::new(&scope, &[]))?),
            }
        }
        if values.is_empty() { no_query(end) } else { Ok(values) }
    }

    pub(super) fn let_value(&self, value: &LetValue, scope: &Scope) -> Result<Binding> {
        match value {
            LetValue::Function(function) => Ok(Binding::Function(Arc::new(function.clone()), scope.clone())),
            LetValue::Expr(expr) => Ok(match self.value(expr, Names::new(scope, &[]))? {
                Value::Scalar(value) => Binding::Scalar(value),
                Value::Table(relation) => Binding::Table(relation),
            }),
        }
    }

    fn declare(&self, parameters: &[Parameter], mut scope: Scope) -> Result<Scope> {
        for parameter in parameters {
            let ParameterType::Scalar(ty) = &parameter.ty else {
                return fault(codes::KIND, "a query parameter must be a value", parameter.name.span);
            };
            let ty = type_of(ty)?;
            let value = match (self.env.parameters.get(&parameter.name.text), &parameter.default) {
                (Some(text), _) => super::expr::parse_constant(text, ty, parameter.name.span)?,
                (None, Some(default)) => self.converted(self.scalar(default, Names::new(&scope, &[]))?, ty, default.span)?,
                (None, None) => {
                    let message = format!("the query parameter `{}` has no value", parameter.name.text);
                    return fault(codes::ARGUMENT_COUNT, message, parameter.name.span);
                }
            };
            scope = scope.with(&parameter.name.text, Binding::Scalar(value));
        }
        Ok(scope)
    }

    /// A value brought to a declared type, as an implicit conversion would.
    pub(crate) fn converted(&self, value: Typed, ty: Type, span: Span) -> Result<Typed> {
        self.fold(coerce(value, ty).at(span)?, span)
    }
}

fn no_query<T>(end: Span) -> Result<T> {
    Err(Diagnostic::error(kql::codes::EMPTY.id, kql::codes::EMPTY.form, end)
        .with_help("end with a query, such as a table's name")
        .into())
}

/// The type a word stands for.
pub(crate) fn type_of(name: &TypeName) -> Result<Type> {
    Type::from_name(&name.text).ok_or_else(|| {
        let near = schema::nearest(&name.text, Type::ALL.iter().map(|ty| ty.name()));
        Diagnostic::error(codes::UNKNOWN_TYPE, format!("there is no type `{}`", name.text), name.span).did_you_mean(&near).into()
    })
}
