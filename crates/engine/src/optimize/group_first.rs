//! Groups by the raw column before computing on it, where the computed keys depend on nothing else.
//!
//! `summarize count() by tostring(parse_json(AuthenticationDetails).SPF)` reads millions of rows and a few hundred distinct
//! texts: grouped by the text first, the functions run on the groups (decision 6 of the design; measured there as 0.14 s
//! against 0.28 s for remembered answers and 1.7 s for neither). The schema says which columns repeat themselves: those
//! that hold JSON verdicts or a closed set of values.

use std::collections::HashSet;

use datafusion::{
    common::{
        Column, Result,
        tree_node::{Transformed, TreeNode},
    },
    functions_aggregate::expr_fn::{max, min, sum},
    logical_expr::{
        Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, Projection,
        expr::{AggregateFunction, AggregateFunctionParams},
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};
use functions::{Cost, kernel::ScalarKernel};
use schema::Registry;

/// The rule.
#[derive(Debug)]
pub(super) struct GroupFirst;

impl OptimizerRule for GroupFirst {
    fn name(&self) -> &'static str {
        "group_first"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Aggregate(aggregate) = &plan else { return Ok(Transformed::no(plan)) };
        match rewritten(aggregate)? {
            Some(better) => Ok(Transformed::yes(better)),
            None => Ok(Transformed::no(plan)),
        }
    }
}

fn rewritten(aggregate: &Aggregate) -> Result<Option<LogicalPlan>> {
    let (input, projection) = match aggregate.input.as_ref() {
        LogicalPlan::Projection(projection) => (projection.input.as_ref(), Some(projection)),
        other => (other, None),
    };
    // Grouped already, by this rule among others.
    if matches!(input, LogicalPlan::Aggregate(_)) || aggregate.group_expr.is_empty() {
        return Ok(None);
    }
    let keys = aggregate.group_expr.iter().map(|key| inlined(key, projection)).collect::<Result<Vec<_>>>()?;
    let Some(raw) = repeating_columns(&keys) else { return Ok(None) };
    let mut partial = Vec::new();
    let mut merged = Vec::new();
    for (position, call) in aggregate.aggr_expr.iter().enumerate() {
        let Some((part, merge)) = split(&inlined(call, projection)?, position) else { return Ok(None) };
        partial.push(part);
        merged.push(merge);
    }

    let raw: Vec<Expr> = raw.into_iter().map(Expr::Column).collect();
    let inner = LogicalPlanBuilder::from(input.clone()).aggregate(raw, partial)?.build()?;
    let outer_keys: Vec<Expr> =
        keys.into_iter().enumerate().map(|(position, key)| key.unalias().alias(format!("$group{position}"))).collect();
    let outer = LogicalPlanBuilder::from(inner).aggregate(outer_keys, merged)?;
    // The names are those the plan above knows.
    let (names, keys) = (aggregate.schema.iter(), aggregate.group_expr.len());
    let renamed = names.enumerate().map(|(position, (qualifier, field))| {
        let inside = if position < keys { format!("$group{position}") } else { format!("$merged{}", position - keys) };
        Expr::Column(Column::new_unqualified(inside)).alias_qualified(qualifier.cloned(), field.name())
    });
    let renamed: Vec<Expr> = renamed.collect();
    outer.project(renamed)?.build().map(Some)
}

/// The columns the keys depend on, if the schema says that all of them repeat themselves, and a key is worth computing once.
fn repeating_columns(keys: &[Expr]) -> Option<Vec<Column>> {
    if !keys.iter().any(is_costly) {
        return None;
    }
    let mut seen: HashSet<&Column> = HashSet::new();
    let mut columns: Vec<Column> = Vec::new();
    for key in keys {
        if key.is_volatile() {
            return None;
        }
        let mut of_key: Vec<&Column> = key.column_refs().into_iter().collect();
        of_key.sort();
        for column in of_key {
            if !repeats(column) {
                return None;
            }
            if seen.insert(column) {
                columns.push(column.clone());
            }
        }
    }
    // The product of many columns' values may be as many as the rows.
    (1..=2).contains(&columns.len()).then_some(columns)
}

/// True for a column of a documented table that holds a verdict as JSON or one of a closed set of values.
fn repeats(column: &Column) -> bool {
    let table = column.relation.as_ref().and_then(|table| Registry::builtin().table(table.table()));
    table.and_then(|table| table.column(&column.name)).is_some_and(|found| found.json || !found.values.is_empty())
}

fn is_costly(key: &Expr) -> bool {
    let found = key.exists(|node| {
        Ok(match node {
            Expr::ScalarFunction(call) => (call.func.inner().as_ref() as &dyn std::any::Any)
                .downcast_ref::<ScalarKernel>()
                .is_some_and(|kernel| kernel.function().cost == Cost::PerDistinct),
            _ => false,
        })
    });
    matches!(found, Ok(true))
}

/// An expression over the projection's input.
fn inlined(expr: &Expr, projection: Option<&Projection>) -> Result<Expr> {
    let Some(projection) = projection else { return Ok(expr.clone()) };
    let replaced = expr.clone().transform_up(|node| {
        if let Expr::Column(column) = &node
            && let Some(position) = projection.schema.maybe_index_of_column(column)
        {
            return Ok(Transformed::yes(projection.expr[position].clone().unalias()));
        }
        Ok(Transformed::no(node))
    })?;
    Ok(replaced.data)
}

/// An aggregate as one over the raw groups and one that merges those; `None` if it does not come apart.
fn split(call: &Expr, position: usize) -> Option<(Expr, Expr)> {
    let Expr::AggregateFunction(AggregateFunction { func, params }) = call.clone().unalias() else { return None };
    let AggregateFunctionParams { distinct: false, order_by, null_treatment: None, .. } = &params else { return None };
    if !order_by.is_empty() {
        return None;
    }
    let name = format!("$partial{position}");
    let part = Expr::Column(Column::new_unqualified(&name));
    let merge = match func.name() {
        "count" | "sum" => sum(part),
        "min" => min(part),
        "max" => max(part),
        _ => return None,
    };
    Some((Expr::AggregateFunction(AggregateFunction { func, params }).alias(name), merge.alias(format!("$merged{position}"))))
}
