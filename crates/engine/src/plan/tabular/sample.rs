//! `sample` and `sample-distinct`: some rows, some values, each as likely as the other.
//!
//! <https://learn.microsoft.com/kusto/query/sample-operator>,
//! <https://learn.microsoft.com/kusto/query/sample-distinct-operator>

use datafusion::functions::math::expr_fn::random;
use diag::Span;
use kql::ast::{Expr, Named};

use crate::{
    error::Result,
    plan::{Names, Planner},
    relation::{Relation, column},
    scope::Scope,
};

/// The column that rows are shuffled by inside the plan.
const CHANCE: &str = "$chance";

impl Planner<'_> {
    pub(super) fn sample(&self, input: &Relation, count: &Expr, span: Span, scope: &Scope) -> Result<Relation> {
        let count = self.row_count(count, Names::new(scope, &input.columns), "the number of rows")?;
        let chance = input.free_name(CHANCE);
        let shuffled = input.clone().ordered(vec![]).hide(&chance, random(), span)?;
        let some = shuffled.ordered(vec![column(&chance).sort(true, false)]).first_rows(count, span)?;
        let some = some.ordered(vec![]);
        some.reshape(some.all(), span)
    }

    pub(super) fn sample_distinct(
        &self,
        input: &Relation,
        count: &Expr,
        of: &Expr,
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        let of = Named { names: vec![], expr: of.clone() };
        let values = self.distinct(input, &[of], span, scope)?;
        self.sample(&values, count, span, scope)
    }
}
