//! `take` (`limit`): some rows, no promise which.

use datafusion::logical_expr::LogicalPlanBuilder;
use diag::Span;
use kql::ast::Expr;

use crate::{
    error::{At, Result},
    plan::{Names, Planner},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn take(&self, input: &Relation, count: &Expr, span: Span, scope: &Scope) -> Result<Relation> {
        let count = self.row_count(count, Names::new(scope, &[]), "the number of rows")?;
        let plan = input.builder().limit(0, Some(count)).and_then(LogicalPlanBuilder::build).at(span)?;
        Ok(input.with_plan(plan))
    }
}
