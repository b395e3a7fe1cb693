//! `consume`: the rows are computed and none is given.
//!
//! <https://learn.microsoft.com/kusto/query/consume-operator>. The rows are counted, so that they are computed; with
//! `decodeblocks=true` so are the values of every column.

use datafusion::{
    functions_aggregate::expr_fn,
    logical_expr::{Expr as PlanExpr, LogicalPlanBuilder, lit},
};
use diag::Span;
use functions::{Typed, null_of};
use kql::ast::operator::Setting;

use super::setting;
use crate::{
    error::{At, Result},
    plan::Planner,
    relation::{Relation, column},
};

impl Planner<'_> {
    pub(super) fn consume(&self, input: &Relation, settings: &[Setting], span: Span) -> Result<Relation> {
        setting::check(settings, "consume", &["decodeblocks"])?;
        let decoded: &[_] = if setting::flag(settings, "decodeblocks") { &input.columns } else { &[] };
        let counts = std::iter::once(lit(1_i64)).chain(decoded.iter().map(|found| column(&found.name)));
        let counts: Vec<PlanExpr> =
            counts.enumerate().map(|(position, counted)| expr_fn::count(counted).alias(format!("$count{position}"))).collect();
        // No count is negative, which the optimizer does not know.
        let none = (1..counts.len()).fold(column("$count0").lt(lit(0_i64)), |none, position| {
            none.or(column(&format!("$count{position}")).lt(lit(0_i64)))
        });
        let plan = input
            .builder()
            .aggregate(Vec::<PlanExpr>::new(), counts)
            .and_then(|counted| counted.filter(none))
            .and_then(LogicalPlanBuilder::build)
            .at(span)?;
        let nulls = input.columns.iter().map(|found| (found.name.clone(), Typed::constant(null_of(found.ty), found.ty)));
        Relation::new(plan, vec![]).project(nulls.collect(), span)
    }
}
