//! A `summarize` without `by`: the state of many groups used for one.

use arrow::array::{Array, ArrayRef};
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::{Accumulator, EmitTo};

use super::GroupState;

/// One group, which is there even when no row is.
#[derive(Debug)]
pub(super) struct SingleGroup<S> {
    state: S,
    groups: Vec<usize>,
}

impl<S: GroupState> SingleGroup<S> {
    pub(super) fn new(mut state: S) -> Self {
        state.grow(1);
        Self { state, groups: Vec::new() }
    }

    /// Provides a zero for each row.
    fn zeros(&mut self, rows: usize) {
        if self.groups.len() < rows {
            self.groups.resize(rows, 0);
        }
    }
}

fn rows(values: &[ArrayRef]) -> usize {
    values.first().map_or(0, |array| array.len())
}

impl<S: GroupState> Accumulator for SingleGroup<S> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = rows(values);
        self.zeros(rows);
        self.state.update_batch(values, &self.groups[..rows], None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = rows(states);
        self.zeros(rows);
        self.state.merge_batch(states, &self.groups[..rows], 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::try_from_array(&self.state.evaluate(EmitTo::All)?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.state.state(EmitTo::All)?.iter().map(|array| ScalarValue::try_from_array(array, 0)).collect()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.state.size() + self.groups.capacity() * size_of::<usize>()
    }
}
