//! Aggregates that keep one summary a group, which is also the result: `hll`, `tdigest`, `buildschema`.
//!
//! A summary is written as JSON, both as the result and on the way between partitions.

use std::{fmt::Debug, hash::Hash, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, StringViewBuilder},
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::{EmitTo, GroupsAccumulator};
use schema::Type;

use super::{GroupState, Grouping, element, emitted, passes, states_of_rows};

/// A kind of summary.
pub trait Sketch: Debug + Clone + PartialEq + Eq + Hash + Send + Sync + 'static {
    /// The summary of one group.
    type Summary: Debug + Send + Sync;

    /// Name of the aggregate in plans.
    fn name(&self) -> &'static str;

    /// Number of arguments: the value, and perhaps its weight.
    fn arity(&self) -> usize;

    /// The summary of nothing.
    fn start(&self) -> Self::Summary;

    /// Adds a value that is not null, in the bytes that [`element::elements`] makes of it.
    fn add(&self, summary: &mut Self::Summary, value: &[u8], weight: i64);

    /// Adds another summary as [`Sketch::write`] wrote it; anything else changes nothing.
    fn merge(&self, summary: &mut Self::Summary, written: &str);

    /// Appends the summary as JSON.
    fn write(&self, summary: &Self::Summary, out: &mut String);

    /// Bytes that a summary holds beside itself.
    fn size(summary: &Self::Summary) -> usize;
}

/// The aggregate that keeps summaries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Summarize<S>(pub S);

impl<S: Sketch> Grouping for Summarize<S> {
    type State = Summaries<S>;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn arity(&self) -> usize {
        self.0.arity()
    }

    fn returns(&self, _arguments: &[DataType]) -> DataType {
        Type::Dynamic.engine_type()
    }

    fn state(&self, _arguments: &[DataType]) -> Vec<(&'static str, DataType)> {
        vec![("summary", DataType::Utf8View)]
    }

    fn start(&self, _arguments: &[DataType]) -> Summaries<S> {
        Summaries { sketch: self.0.clone(), groups: Vec::new() }
    }

    fn empty(&self, _returns: &DataType) -> Result<ScalarValue> {
        let mut empty = String::new();
        self.0.write(&self.0.start(), &mut empty);
        Ok(ScalarValue::Utf8View(Some(empty)))
    }
}

/// The summaries of all groups.
#[derive(Debug)]
pub struct Summaries<S: Sketch> {
    sketch: S,
    groups: Vec<S::Summary>,
}

impl<S: Sketch> GroupState for Summaries<S> {
    fn grow(&mut self, total: usize) {
        if self.groups.len() < total {
            self.groups.resize_with(total, || self.sketch.start());
        }
    }
}

impl<S: Sketch> GroupsAccumulator for Summaries<S> {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.grow(total);
        let Some(array) = values.first() else { return Ok(()) };
        let weights = values.get(1).map(|array| cast(array, &DataType::Int64)).transpose()?;
        let weights = weights.as_ref().map(|array| array.as_primitive::<Int64Type>());
        element::elements(array, |row, value| {
            let weight = weights.map_or(1, |weights| if weights.is_valid(row) { weights.value(row) } else { 0 });
            if let (Some(value), true) = (value, weight > 0 && passes(filter, row)) {
                self.sketch.add(&mut self.groups[groups[row]], value, weight);
            }
            Ok(())
        })
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        let Some(array) = values.first() else { return Ok(()) };
        let written = cast(array, &DataType::Utf8View)?;
        let written = written.as_string_view();
        for (row, &group) in groups.iter().enumerate().filter(|(row, _)| written.is_valid(*row)) {
            self.sketch.merge(&mut self.groups[group], written.value(row));
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let count = emitted(emit_to, self.groups.len());
        let mut builder = StringViewBuilder::with_capacity(count);
        let mut buffer = String::new();
        for summary in self.groups.drain(..count) {
            buffer.clear();
            self.sketch.write(&summary, &mut buffer);
            builder.append_value(&buffer);
        }
        Ok(Arc::new(builder.finish()))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.evaluate(emit_to)?])
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        states_of_rows(Self { sketch: self.sketch.clone(), groups: Vec::new() }, values, filter)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.groups.iter().map(|summary| size_of_val(summary) + S::size(summary)).sum::<usize>()
    }
}
