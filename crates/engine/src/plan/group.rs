//! Rows grouped: one row a group, also where the rows are many tables at once (`partition`, `mv-apply`).

use datafusion::{
    error::Result as PlanResult,
    logical_expr::{Expr as PlanExpr, ExprFunctionExt, LogicalPlanBuilder, lit},
};
use diag::Span;

use crate::{
    error::{At, Result},
    relation::{Relation, column},
};

/// The name of the aggregate that keeps the columns a table's rows share.
const CARRY: &str = "$carry";

impl Relation {
    /// One row for each combination of `keys`, or for each table without keys. All expressions have their names; the result
    /// has no columns yet, only those names to make columns of with [`Relation::reshape`].
    pub(crate) fn aggregate(&self, keys: Vec<PlanExpr>, aggregates: Vec<PlanExpr>, span: Span) -> Result<Self> {
        let Some(within) = &self.within else {
            let plan = self.builder().aggregate(keys, aggregates).and_then(LogicalPlanBuilder::build).at(span)?;
            return Ok(Self::new(plan, vec![]));
        };
        let names: Vec<String> = keys.iter().chain(&aggregates).map(|expr| expr.schema_name().to_string()).collect();
        // With keys, rows that are not there form groups of their own, which are not there either. Without, there is one row
        // for each table, also where none of its rows is there.
        let one_each = keys.is_empty();
        let (apart, aggregates) = match &within.live {
            Some(live) if one_each => {
                let filtered = aggregates.into_iter().map(|aggregate| only_where(aggregate, live));
                (None, filtered.collect::<PlanResult<Vec<_>>>().at(span)?)
            }
            live => (live.as_ref(), aggregates),
        };
        let groups = within.keys.iter().chain(apart).map(|name| column(name)).chain(keys).collect::<Vec<_>>();
        let carried: Vec<PlanExpr> = within.carried.iter().map(|name| column(name)).collect();
        let carry = (!carried.is_empty()).then(|| functions::kernel::group::any_row(carried).alias(CARRY));
        let aggregates: Vec<PlanExpr> = aggregates.into_iter().chain(carry).collect();

        let field = |(position, name): (usize, &String)| {
            datafusion::functions::core::expr_fn::get_field(column(CARRY), format!("c{position}")).alias(name)
        };
        let mut outputs: Vec<PlanExpr> = names.iter().chain(&within.keys).map(|name| column(name)).collect();
        outputs.extend(within.live.iter().map(|live| if one_each { lit(true).alias(live) } else { column(live) }));
        outputs.extend(within.carried.iter().enumerate().map(field));
        let plan = self
            .builder()
            .aggregate(groups, aggregates)
            .and_then(|builder| builder.project(outputs))
            .and_then(LogicalPlanBuilder::build)
            .at(span)?;
        Ok(Self { within: Some(within.clone()), ..Self::new(plan, vec![]) })
    }
}

/// An aggregate over the rows that are there.
fn only_where(aggregate: PlanExpr, live: &str) -> PlanResult<PlanExpr> {
    match aggregate {
        PlanExpr::Alias(alias) => Ok(only_where(*alias.expr, live)?.alias(alias.name)),
        PlanExpr::AggregateFunction(call) => {
            let filter = match &call.params.filter {
                Some(filter) => filter.as_ref().clone().and(column(live)),
                None => column(live),
            };
            PlanExpr::AggregateFunction(call).filter(filter).build()
        }
        other => Ok(other),
    }
}
