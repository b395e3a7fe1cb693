//! Optimiser rules of our own: one file each.

mod as_stored;
mod bounded_physical;
mod bounded_push_down;
mod group_first;
mod yielding;

use std::sync::Arc;

use datafusion::{
    optimizer::{Optimizer, OptimizerRule},
    physical_optimizer::{PhysicalOptimizerRule, optimizer::PhysicalOptimizer},
};

/// DataFusion's rules and then ours, in the order they run.
pub(crate) fn rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let mut rules: Vec<_> = Optimizer::new().rules.into_iter().map(bounded_push_down::Bounded::of).collect();
    rules.push(Arc::new(group_first::GroupFirst));
    rules.push(Arc::new(as_stored::AsStored));
    rules
}

/// The same over the plan as it is executed.
pub(crate) fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules: Vec<_> = PhysicalOptimizer::new().rules.into_iter().map(bounded_physical::of).collect();
    rules.push(Arc::new(yielding::Yielding));
    rules
}
