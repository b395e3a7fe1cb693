//! Optimiser rules of our own, run after DataFusion's: one file each.

mod group_first;
mod plain_text;
mod yielding;

use std::sync::Arc;

use datafusion::{optimizer::OptimizerRule, physical_optimizer::PhysicalOptimizerRule};

/// The rules, in the order they run.
pub(crate) fn rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    vec![Arc::new(group_first::GroupFirst), Arc::new(plain_text::PlainText)]
}

/// Rules over the plan as it is executed, in the order they run.
pub(crate) fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    vec![Arc::new(yielding::Yielding)]
}
