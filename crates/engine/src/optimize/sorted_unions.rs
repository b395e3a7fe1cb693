//! DataFusion's rule that puts sorts in place, told not to sort the parts of a union one by one.
//!
//! DataFusion 55 sorts each part of a union and merges them, then loses, at the union, that two columns are equal in every part
//! (`calculate_union` drops equivalence classes). `project Timestamp = TimeGenerated, TimeGenerated` makes such columns, and
//! published rules end with `union A, B | order by TimeGenerated`: the merge is taken for one of unsorted rows, and the plan is
//! refused. The rows of a union are sorted together instead.

use std::sync::Arc;

use datafusion::{
    common::{
        Result,
        config::ConfigOptions,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{ExecutionPlan, union::UnionExec},
};

/// `rule`, corrected if it is the one that puts sorts in place.
pub(super) fn of(rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>) -> Arc<dyn PhysicalOptimizerRule + Send + Sync> {
    if rule.name() == "EnsureRequirements" { Arc::new(SortedUnions(rule)) } else { rule }
}

#[derive(Debug)]
struct SortedUnions(Arc<dyn PhysicalOptimizerRule + Send + Sync>);

impl PhysicalOptimizerRule for SortedUnions {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if !has_union(&plan)? {
            return self.0.optimize(plan, config);
        }
        let mut config = config.clone();
        config.optimizer.repartition_sorts = false;
        self.0.optimize(plan, &config)
    }

    fn name(&self) -> &str {
        self.0.name()
    }

    fn schema_check(&self) -> bool {
        self.0.schema_check()
    }
}

fn has_union(plan: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let mut found = false;
    plan.apply(|node| {
        found |= node.is::<UnionExec>();
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(found)
}
