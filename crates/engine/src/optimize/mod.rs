//! Optimiser rules of our own: one file each.

mod as_stored;
mod bounded_physical;
mod bounded_push_down;
mod group_first;
mod one_aggregate;
mod sorted_unions;
mod yielding;

use std::sync::Arc;

use datafusion::{
    optimizer::{Optimizer, OptimizerRule},
    physical_optimizer::{PhysicalOptimizerRule, optimizer::PhysicalOptimizer},
};

/// Rules of DataFusion 55 that move the reading of struct fields towards the scan, for Parquet files with structs, which our
/// tables are not. Where `parse`, whose kernel yields a struct, stands between filters of a stored table, they leave a plan
/// that has a column twice, qualified and not, and is refused.
const LEFT_OUT: [&str; 2] = ["extract_leaf_expressions", "push_down_leaf_projections"];

/// DataFusion's rules with ours among them, in the order they run.
pub(crate) fn rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let mut rules: Vec<_> = Optimizer::new()
        .rules
        .into_iter()
        .filter(|rule| !LEFT_OUT.contains(&rule.name()))
        .map(bounded_push_down::Bounded::of)
        .collect();
    // Filters have reached what they filter, and what they have in common is not yet taken out of them.
    let pushed = rules.iter().position(|rule| rule.name() == "push_down_filter").map_or(rules.len(), |place| place + 1);
    rules.insert(pushed, Arc::new(as_stored::AsStored));
    rules.push(Arc::new(group_first::GroupFirst));
    rules
}

/// The same over the plan as it is executed.
pub(crate) fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules: Vec<_> = PhysicalOptimizer::new()
        .rules
        .into_iter()
        .map(bounded_physical::of)
        .map(one_aggregate::of)
        .map(sorted_unions::of)
        .collect();
    rules.push(Arc::new(yielding::Yielding));
    rules
}
