//! Plugins that are queries themselves: the query is written in the plugin's file and planned over the call's table and values.

use diag::Span;
use functions::Typed;
use kql::ast::Statement;

use super::Invocation;
use crate::{
    error::{Result, Stop, codes, fault},
    plan::{Planner, Value},
    relation::{Column, Relation, typed},
    scope::{Binding, Scope},
};

/// A query written in a plugin, and what its names stand for.
pub(super) struct Written<'a, 'p, 'e> {
    planner: &'p Planner<'e>,
    call: &'a Invocation<'a>,
    scope: Scope,
    renamed: Vec<(String, String)>,
}

impl<'a, 'p, 'e> Written<'a, 'p, 'e> {
    /// A query over `T`, which has some columns of the input under names of the plugin's own.
    pub(super) fn over(planner: &'p Planner<'e>, call: &'a Invocation<'a>, columns: &[(&str, &Column)]) -> Result<Self> {
        Self::over_values(planner, call, columns, vec![])
    }

    /// The same, with values over the rows of the input beside the columns.
    pub(super) fn over_values(
        planner: &'p Planner<'e>,
        call: &'a Invocation<'a>,
        columns: &[(&str, &Column)],
        values: Vec<(String, Typed)>,
    ) -> Result<Self> {
        let projected = columns.iter().map(|(name, column)| ((*name).to_owned(), typed(column)));
        let rows = call.input()?.project(projected.chain(values).collect(), call.span)?;
        let renamed = columns.iter().map(|(name, column)| ((*name).to_owned(), column.name.clone())).collect();
        Ok(Self { planner, call, scope: Scope::default().with("T", Binding::Table(rows)), renamed })
    }

    /// The same with a table under a name.
    pub(super) fn with_table(self, name: &str, table: Relation) -> Self {
        Self { scope: self.scope.with(name, Binding::Table(table)), ..self }
    }

    /// The same, where a column of the result has another name than in the query.
    pub(super) fn renaming(mut self, from: &str, to: impl Into<String>) -> Self {
        self.renamed.insert(0, (from.to_owned(), to.into()));
        self
    }

    /// The same with a value under a name.
    pub(super) fn with(self, name: &str, value: Typed) -> Self {
        Self { scope: self.scope.with(name, Binding::Scalar(value)), ..self }
    }

    /// Plans the query. Its columns that came from the input have their own names again.
    pub(super) fn plan(self, text: &str) -> Result<Relation> {
        let span = self.call.span;
        let parsed = kql::parse(text);
        if let Some(error) = parsed.diagnostics.first() {
            return fault(codes::PLANNING, format!("the plugin's own query is at fault: {}", error.message), span);
        }
        let relation = self.planned(&parsed.query.statements).map_err(|stop| moved(stop, span))?;
        let columns = relation.all().into_iter().map(|(name, value)| {
            let own = self.renamed.iter().find(|(known, _)| *known == name).map(|(_, own)| own.clone());
            (own.unwrap_or(name), value)
        });
        relation.project(columns.collect(), span)
    }

    fn planned(&self, statements: &[Statement]) -> Result<Relation> {
        let span = self.call.span;
        match self.planner.block(statements, &self.scope, span)? {
            Value::Table(relation) => Ok(relation),
            Value::Scalar(_) => fault(codes::PLANNING, "the plugin's own query gives no table", span),
        }
    }
}

/// Places in the plugin's query are no places in the user's.
fn moved(stop: Stop, span: Span) -> Stop {
    match stop {
        Stop::Fault(mut fault) => {
            fault.span = span;
            Stop::Fault(fault)
        }
        need @ Stop::Need(_) => need,
    }
}
