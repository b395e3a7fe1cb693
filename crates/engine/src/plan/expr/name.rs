//! Names: a column of the row, a `let` name, a table; in this order.

use diag::{Diagnostic, Span};
use functions::{Typed, null_of};
use kql::ast::{Expr, ExprKind, Name};
use schema::Type;

use crate::{
    error::{Result, Stop, codes},
    explain::StepKind,
    plan::{Names, Planner, Value},
    relation::{Relation, typed},
    scope::Binding,
    source,
};

impl Planner<'_> {
    /// What a name stands for.
    pub(crate) fn name_value(&self, name: &Name, names: Names) -> Result<Value> {
        if let Some(column) = names.row.iter().find(|column| column.name == name.text) {
            return Ok(Value::Scalar(typed(column)));
        }
        match names.scope.get(&name.text) {
            Some(Binding::Scalar(value)) => return Ok(Value::Scalar(value.clone())),
            Some(Binding::Table(relation)) => {
                let known = || Ok(relation.clone());
                return self.noted(StepKind::Name, || name.text.clone(), None, known).map(Value::Table);
            }
            // `let T = () { ... }; T | ...`: the parentheses of a call without arguments may be left out.
            Some(Binding::Function(..)) | None => {
                let call = kql::ast::Call { name: name.clone(), arguments: vec![] };
                if let Some(value) = self.call_named(&call, name.span, names, None)? {
                    return Ok(value);
                }
            }
        }
        if names.scope.is_open() && !self.is_table(&name.text) {
            let ty = self.type_in_empty_tables(&name.text).unwrap_or(Type::Dynamic);
            return Ok(Value::Scalar(Typed::constant(null_of(ty), ty)));
        }
        if names.row.is_empty() || self.env.catalog.table(&name.text).is_some() {
            return self.known_table(&name.text, name.span).map(Value::Table);
        }
        Err(unknown_name(name, names))
    }

    /// True if the catalog or the documentation has a table of that name.
    fn is_table(&self, name: &str) -> bool {
        self.env.catalog.table(name).is_some() || schema::Registry::builtin().table(name).is_some()
    }

    /// The table of that name, from the catalog.
    pub(crate) fn known_table(&self, name: &str, span: Span) -> Result<Relation> {
        if let Some(stored) = self.env.catalog.table(name) {
            let rows = || {
                let table = source::scan(name, &stored, self.wants_arrival(), span)?;
                Ok(source::within(table, self.env.window, span)?.named(name))
            };
            return self.noted(StepKind::Table, || name.to_owned(), None, rows);
        }
        if let Some(reason) = self.env.catalog.unreadable(name) {
            return Err(
                Diagnostic::error(codes::UNREADABLE_TABLE, format!("the table `{name}` cannot be read: {reason}"), span).into()
            );
        }
        if let Some(table) = schema::Registry::builtin().table(name) {
            return self.noted(StepKind::Table, || name.to_owned(), None, || Ok(source::empty(table, span)?.named(name)));
        }
        let held = self.env.catalog.names();
        let saved = self.env.library.iter().map(|saved| saved.name.as_str());
        let names = held.iter().map(String::as_str).chain(schema::Registry::builtin().names()).chain(saved);
        let near = schema::nearest(name, names);
        let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("there is no table `{name}`"), span);
        let error = if near.is_empty() {
            error.with_help("`spoofwatch lake info` lists the tables that hold data; --table NAME=FILE reads a file as a table")
        } else {
            error.did_you_mean(&near)
        };
        Err(error.into())
    }
}

fn unknown_name(name: &Name, names: Names) -> Stop {
    let columns = names.row.iter().map(|column| column.name.as_str());
    let near = schema::nearest(&name.text, columns.chain(names.scope.names()));
    let error = Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no column `{}`", name.text), name.span);
    if near.is_empty() {
        let some: Vec<&str> = names.row.iter().take(12).map(|column| column.name.as_str()).collect();
        let more = if names.row.len() > some.len() { ", ..." } else { "" };
        error.with_help(format!("the columns here are {}{more}", some.join(", "))).into()
    } else {
        error.did_you_mean(&near).into()
    }
}

/// True for `database("x")`, `cluster("c").database("x")`, `workspace("w")` and `app("a")`: their tables are ours.
pub(crate) fn is_workspace(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => {
            matches!(call.name.text.as_str(), "database" | "cluster" | "workspace" | "app" | "resource" | "adx")
        }
        ExprKind::MethodCall { object, call } => call.name.text == "database" && is_workspace(object),
        _ => false,
    }
}
