//! Operators that make many rows of few pause between batches, so that a time limit and Ctrl-C are heard while they run.
//!
//! DataFusion counts batches where rows are read and gives the thread back after so many (`EnsureCooperative`). A join on
//! few keys makes thousands of batches of one that was read, and would hold its thread for minutes.

use std::sync::Arc;

use datafusion::{
    common::{
        Result,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult as _, TreeNode as _},
    },
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{ExecutionPlan, coop::CooperativeExec},
};

/// The operators that can multiply rows.
const MULTIPLYING: [&str; 6] =
    ["CrossJoinExec", "HashJoinExec", "NestedLoopJoinExec", "PiecewiseMergeJoinExec", "SortMergeJoinExec", "UnnestExec"];

/// Counts the batches that multiplying operators make.
#[derive(Debug)]
pub(super) struct Yielding;

impl PhysicalOptimizerRule for Yielding {
    fn name(&self) -> &'static str {
        "yielding"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let wrapped = |plan: Arc<dyn ExecutionPlan>| {
            if MULTIPLYING.contains(&plan.name()) {
                return Ok(Transformed::yes(Arc::new(CooperativeExec::new(plan)) as Arc<dyn ExecutionPlan>));
            }
            Ok(Transformed::no(plan))
        };
        plan.transform_up(wrapped).data()
    }

    fn schema_check(&self) -> bool {
        true
    }
}
