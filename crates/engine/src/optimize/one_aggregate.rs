//! DataFusion's rule that answers aggregates from statistics, left out of plans with several aggregates without keys.
//!
//! DataFusion 55 looks for the part of an aggregate that reads rows below the part that merges them, and where that part has a filter it
//! looks on and finds another aggregate's: `summarize n = count() | summarize countif(n > 3)` would give the number of all rows.

use std::sync::Arc;

use datafusion::{
    common::{
        Result,
        config::ConfigOptions,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan,
        aggregates::{AggregateExec, AggregateInputMode},
    },
};

/// `rule`, corrected if it is the one that answers from statistics.
pub(super) fn of(rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>) -> Arc<dyn PhysicalOptimizerRule + Send + Sync> {
    if rule.name() == "aggregate_statistics" { Arc::new(OneAggregate(rule)) } else { rule }
}

#[derive(Debug)]
struct OneAggregate(Arc<dyn PhysicalOptimizerRule + Send + Sync>);

impl PhysicalOptimizerRule for OneAggregate {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if aggregates(&plan)? > 1 { Ok(plan) } else { self.0.optimize(plan, config) }
    }

    fn name(&self) -> &str {
        self.0.name()
    }

    fn schema_check(&self) -> bool {
        self.0.schema_check()
    }
}

/// How many aggregates without keys read rows.
fn aggregates(plan: &Arc<dyn ExecutionPlan>) -> Result<usize> {
    let mut found = 0_usize;
    plan.apply(|node| {
        let aggregate = node.downcast_ref::<AggregateExec>();
        let reads = |aggregate: &AggregateExec| {
            aggregate.mode().input_mode() == AggregateInputMode::Raw && aggregate.group_expr().is_empty()
        };
        found += usize::from(aggregate.is_some_and(reads));
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}
