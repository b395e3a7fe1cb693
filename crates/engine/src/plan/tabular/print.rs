//! `print`: one row of computed columns.

use datafusion::logical_expr::LogicalPlanBuilder;
use diag::Span;
use functions::Typed;
use kql::ast::Named;

use crate::{
    error::{At, Result},
    plan::{Names, Planner},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn print(&self, columns: &[Named], span: Span, scope: &Scope) -> Result<Relation> {
        let mut number = 0;
        let mut planned = Vec::with_capacity(columns.len());
        for (position, column) in columns.iter().enumerate() {
            // `print` numbers by position: `print 1, x = 2, 3` gives `print_0`, `x`, `print_2`.
            number = number.max(position);
            let results = self.columns(std::slice::from_ref(column), Names::new(scope, &[]), "print_", number)?;
            // Several results of one function have names of their own.
            let one = results.len() == 1;
            for mut found in results {
                if one && !found.named && !found.name.starts_with("print_") {
                    found.name = format!("print_{number}");
                }
                planned.push((found.name, found.value));
            }
        }
        one_row(span)?.project(planned, span)
    }

    /// A query that is one value yields a table of one cell.
    pub(crate) fn print_one(&self, value: Typed, span: Span) -> Result<Relation> {
        one_row(span)?.project(vec![("print_0".to_owned(), value)], span)
    }
}

fn one_row(span: Span) -> Result<Relation> {
    Ok(Relation::new(LogicalPlanBuilder::empty(true).build().at(span)?, vec![]))
}
