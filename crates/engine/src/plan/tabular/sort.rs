//! `sort` (`order`): descending unless said otherwise; nulls last when descending, first when ascending.

use datafusion::logical_expr::{LogicalPlanBuilder, SortExpr, lit};
use diag::Span;
use kql::ast::operator::SortKey;
use schema::Type;

use crate::{
    error::{At, Result},
    plan::{Names, Planner},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn sort(&self, input: &Relation, keys: &[SortKey], span: Span, scope: &Scope) -> Result<Relation> {
        let keys = self.sort_keys(input, keys, scope)?;
        let plan = input.builder().sort(keys.clone()).and_then(LogicalPlanBuilder::build).at(span)?;
        Ok(input.with_plan(plan).ordered(keys))
    }

    pub(super) fn sort_keys(&self, input: &Relation, keys: &[SortKey], scope: &Scope) -> Result<Vec<SortExpr>> {
        keys.iter()
            .map(|key| {
                let value = self.scalar(&key.expr, Names::new(scope, &input.columns))?;
                let descending = key.descending.unwrap_or(true);
                let nulls_first = key.nulls_first.unwrap_or(!descending);
                // NaN has the place of nulls.
                let expr = match value.ty {
                    Type::Real => datafusion::functions::core::expr_fn::nullif(value.expr, lit(f64::NAN)),
                    _ => value.expr,
                };
                Ok(expr.sort(!descending, nulls_first))
            })
            .collect()
    }
}
