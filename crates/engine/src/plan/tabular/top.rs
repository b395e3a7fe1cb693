//! `top`: the first rows by a key.

use datafusion::logical_expr::LogicalPlanBuilder;
use diag::Span;
use kql::ast::{Expr, operator::SortKey};

use crate::{
    error::{At, Result},
    plan::{Names, Planner},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn top(&self, input: &Relation, count: &Expr, by: &[SortKey], span: Span, scope: &Scope) -> Result<Relation> {
        let count = self.row_count(count, Names::new(scope, &[]), "the number of rows")?;
        let keys = self.sort_keys(input, by, scope)?;
        let plan = input.builder().sort_with_limit(keys.clone(), Some(count)).and_then(LogicalPlanBuilder::build).at(span)?;
        Ok(input.with_plan(plan).ordered(keys))
    }
}
