//! Optimiser rules of our own, run after DataFusion's: one file each.

mod group_first;

use std::sync::Arc;

use datafusion::optimizer::OptimizerRule;

/// The rules, in the order they run.
pub(crate) fn rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    vec![Arc::new(group_first::GroupFirst)]
}
