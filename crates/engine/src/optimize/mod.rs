//! Optimiser rules of our own, run after DataFusion's: one file each.

mod as_stored;
mod group_first;
mod yielding;

use std::sync::Arc;

use datafusion::{optimizer::OptimizerRule, physical_optimizer::PhysicalOptimizerRule};

/// The rules, in the order they run.
pub(crate) fn rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    vec![Arc::new(group_first::GroupFirst), Arc::new(as_stored::AsStored)]
}

/// Rules over the plan as it is executed, in the order they run.
pub(crate) fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    vec![Arc::new(yielding::Yielding)]
}
