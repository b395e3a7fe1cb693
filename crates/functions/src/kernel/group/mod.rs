//! Aggregates of our own: a state for all groups of a `summarize` at once.
//!
//! A [`Grouping`] names an aggregate and starts its state, a DataFusion `GroupsAccumulator`; [`GroupUdf`] makes a DataFusion
//! aggregate of it, with partial states that merge across partitions. Start with [`distinct`].

mod arena;
pub mod arg_extreme;
pub mod collect;
pub mod distinct;
pub mod element;
pub mod percentile;
mod single;
pub mod sketch;
mod udf;

use std::fmt::Debug;

use arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion_common::{DataFusionError, Result};
use datafusion_expr::{EmitTo, GroupsAccumulator};

pub use arg_extreme::{any_row, any_row_if, arg_extreme};
pub use udf::{GroupUdf, Grouping, aggregate};

/// The state of all groups of one aggregate.
pub trait GroupState: GroupsAccumulator + Debug + Sync {
    /// Makes room for groups up to `total`; a group that never gets a row is an empty one.
    fn grow(&mut self, total: usize);
}

/// The partial states of a batch's rows, each a group of its own: what is sent on when grouping before the exchange does
/// not pay. `state` is empty.
fn states_of_rows(mut state: impl GroupState, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
    let rows = values.first().map_or(0, |array| array.len());
    let groups: Vec<usize> = (0..rows).collect();
    state.update_batch(values, &groups, filter, rows)?;
    state.state(EmitTo::All)
}

/// The number of groups that are emitted, of `total`.
fn emitted(emit_to: EmitTo, total: usize) -> usize {
    match emit_to {
        EmitTo::All => total,
        EmitTo::First(groups) => groups.min(total),
    }
}

/// Whether a row passes the aggregate's `FILTER`.
fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

/// A group's number in the compact form that states keep.
fn number(group: usize) -> Result<u32> {
    u32::try_from(group).map_err(|_| DataFusionError::ResourcesExhausted("summarize has more than 4 billion groups".to_owned()))
}

/// Positions of `groups` (one group number an entry) gathered by group: entries of group g are
/// `order[starts[g]..starts[g + 1]]`, in their original order.
fn by_group(groups: impl Iterator<Item = u32> + Clone, total: usize) -> (Vec<usize>, Vec<u32>) {
    let mut starts = vec![0_usize; total + 1];
    let mut count = 0_usize;
    for group in groups.clone() {
        starts[group as usize + 1] += 1;
        count += 1;
    }
    for group in 0..total {
        starts[group + 1] += starts[group];
    }
    let mut next = starts.clone();
    let mut order = vec![0_u32; count];
    for (entry, group) in groups.enumerate() {
        let place = &mut next[group as usize];
        // Entries are counted in u32 by every state that calls this.
        order[*place] = entry as u32;
        *place += 1;
    }
    (starts, order)
}

#[cfg(test)]
mod tests;
