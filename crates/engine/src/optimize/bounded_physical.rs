//! DataFusion's push-down of filters into scans, left out of plans in which predicates would grow without bound.
//!
//! The physical plan has the same trouble as the logical one (`bounded_push_down.rs`): a predicate takes the place of each
//! column it names on its way through a projection. There the rule rewrites a whole plan at once, so a plan in which any
//! column stands for more than [`MOST_NODES`] is left as it is: its scan reads rows that the filter above it drops.

use std::sync::Arc;

use datafusion::{
    common::{
        Result,
        config::ConfigOptions,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    physical_expr::{PhysicalExpr, expressions::Column},
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{ExecutionPlan, projection::ProjectionExec},
};

/// How many nodes a column may stand for: a `case` of a hundred branches stands for less.
const MOST_NODES: usize = 1_000;

/// `rule`, bounded if it is one that moves filters down.
pub(super) fn of(rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>) -> Arc<dyn PhysicalOptimizerRule + Send + Sync> {
    if rule.name().starts_with("FilterPushdown") { Arc::new(Bounded(rule)) } else { rule }
}

/// A rule of DataFusion that moves filters down, run where that is bounded.
#[derive(Debug)]
struct Bounded(Arc<dyn PhysicalOptimizerRule + Send + Sync>);

impl PhysicalOptimizerRule for Bounded {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let sizes = column_sizes(&plan)?;
        if sizes.largest > MOST_NODES { Ok(plan) } else { self.0.optimize(plan, config) }
    }

    fn name(&self) -> &str {
        self.0.name()
    }

    fn schema_check(&self) -> bool {
        self.0.schema_check()
    }
}

/// How many nodes the columns of a plan stand for, in terms of the columns of its scans.
struct Sizes {
    columns: Vec<usize>,
    /// The largest of any column within the plan.
    largest: usize,
}

#[recursive::recursive]
fn column_sizes(plan: &Arc<dyn ExecutionPlan>) -> Result<Sizes> {
    let inputs = plan.children().into_iter().map(column_sizes).collect::<Result<Vec<_>>>()?;
    let width = plan.schema().fields().len();
    let columns = match (plan.downcast_ref::<ProjectionExec>(), inputs.as_slice()) {
        (Some(projection), [input]) => {
            projection.expr().iter().map(|column| nodes(&column.expr, &input.columns)).collect::<Result<_>>()?
        }
        (None, [input]) if input.columns.len() == width => input.columns.clone(),
        // Which columns go through a join or an aggregate is its own affair: each may be the largest.
        _ => vec![inputs.iter().flat_map(|input| input.columns.iter().copied()).max().unwrap_or(1); width],
    };
    let below = inputs.iter().map(|input| input.largest).max().unwrap_or(1);
    let largest = columns.iter().copied().max().unwrap_or(1).max(below);
    Ok(Sizes { columns, largest })
}

/// How many nodes an expression has once each column is replaced by an expression of its size.
fn nodes(expr: &Arc<dyn PhysicalExpr>, sizes: &[usize]) -> Result<usize> {
    let mut found = 0_usize;
    expr.apply(|node| {
        let column = node.downcast_ref::<Column>();
        found = found.saturating_add(column.map_or(1, |column| sizes.get(column.index()).copied().unwrap_or(1)));
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}
