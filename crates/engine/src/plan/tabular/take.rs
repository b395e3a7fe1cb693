//! `take` (`limit`): the first rows of those that have an order, else some rows.
//!
//! <https://learn.microsoft.com/kusto/query/take-operator>

use datafusion::logical_expr::{LogicalPlanBuilder, lit};
use diag::Span;
use kql::ast::Expr;

use crate::{
    error::{At, Result},
    plan::{Names, Planner, window},
    relation::{Relation, column},
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn take(&self, input: &Relation, count: &Expr, span: Span, scope: &Scope) -> Result<Relation> {
        let count = self.row_count(count, Names::new(scope, &input.columns), "the number of rows")?;
        input.first_rows(count, span)
    }
}

impl Relation {
    /// The first rows by the relation's order, or some rows where it has none.
    pub(crate) fn first_rows(&self, count: usize, span: Span) -> Result<Self> {
        if self.within.is_none() {
            // A sort that keeps no row is refused by DataFusion's TopK; no rows need no order.
            if !self.order.is_empty() && count > 0 {
                return Ok(self.sorted(Some(count)));
            }
            return Ok(self.with_plan(self.builder().limit(0, Some(count)).and_then(LogicalPlanBuilder::build).at(span)?));
        }
        let number = self.free_name("$number");
        let numbered = self.with_windows(vec![(number.clone(), window::row_number())], span)?;
        let kept = numbered.keep(column(&number).lt_eq(lit(u64::try_from(count).unwrap_or(u64::MAX))), span)?;
        kept.reshape(kept.all(), span)
    }
}
