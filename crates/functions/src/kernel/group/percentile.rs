//! `percentile`: exact percentiles by the nearest rank, weighted or not.
//!
//! A value is kept as an integer whose order is the value's order, so that all types sort alike.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int32Array, Int64Array, ListArray, StringViewArray},
    buffer::OffsetBuffer,
    datatypes::{DataType, Field, Float64Type, Int32Type, Int64Type},
};
use datafusion_common::{DataFusionError, Result};
use datafusion_expr::{EmitTo, GroupsAccumulator};

use schema::Type;

use super::{GroupState, Grouping, by_group, element, emitted, number, passes, states_of_rows};

/// The percentiles of the first argument, weighted by the second if there is one, as a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Percentiles {
    /// Percentages, 0 to 100, as the bits of reals.
    percents: Vec<u64>,
    weighted: bool,
    /// The Kusto type of the values if the result is a dynamic array and not a list.
    dynamic: Option<Type>,
}

impl Percentiles {
    /// Percentiles at these percentages, 0 to 100.
    #[must_use]
    pub fn new(percents: &[f64], weighted: bool) -> Self {
        Self { percents: percents.iter().map(|percent| percent.to_bits()).collect(), weighted, dynamic: None }
    }

    /// The same as a dynamic array of values of a Kusto type.
    #[must_use]
    pub fn into_dynamic(self, ty: Type) -> Self {
        Self { dynamic: Some(ty), ..self }
    }
}

impl Grouping for Percentiles {
    type State = PercentilesState;

    fn name(&self) -> &'static str {
        if self.weighted { "percentilesw" } else { "percentiles" }
    }

    fn arity(&self) -> usize {
        1 + usize::from(self.weighted)
    }

    fn returns(&self, arguments: &[DataType]) -> DataType {
        match self.dynamic {
            Some(_) => Type::Dynamic.engine_type(),
            None => DataType::List(Arc::new(element_field(arguments.first().unwrap_or(&DataType::Int64).clone()))),
        }
    }

    fn state(&self, _arguments: &[DataType]) -> Vec<(&'static str, DataType)> {
        let longs = DataType::List(Arc::new(element_field(DataType::Int64)));
        vec![("keys", longs.clone()), ("weights", longs)]
    }

    fn start(&self, arguments: &[DataType]) -> PercentilesState {
        let ty = arguments.first().unwrap_or(&DataType::Int64).clone();
        PercentilesState { options: self.clone(), ty, groups: 0, entries: Vec::new() }
    }
}

fn element_field(ty: DataType) -> Field {
    Field::new_list_field(ty, true)
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    group: u32,
    key: i64,
    weight: i64,
}

/// The values of all groups.
#[derive(Debug)]
pub struct PercentilesState {
    options: Percentiles,
    ty: DataType,
    groups: usize,
    entries: Vec<Entry>,
}

/// Reals as integers of the same order; its own inverse on the bits.
const fn fold(bits: i64) -> i64 {
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// The values of a column as integers of the same order.
fn keys(array: &ArrayRef) -> Result<Int64Array> {
    Ok(match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().clone(),
        DataType::Int32 => array.as_primitive::<Int32Type>().unary(i64::from),
        DataType::Float64 => array.as_primitive::<Float64Type>().unary(|value| fold(value.to_bits().cast_signed())),
        other => return Err(DataFusionError::Internal(format!("there are no percentiles of {other}"))),
    })
}

impl PercentilesState {
    /// The entries of the first groups, gathered by group; the groups after them move up.
    fn take(&mut self, groups: usize) -> Vec<Vec<(i64, i64)>> {
        let (starts, order) = by_group(self.entries.iter().map(|entry| entry.group), self.groups);
        let taken = (0..groups)
            .map(|group| {
                let entries = &order[starts[group]..starts[group + 1]];
                entries.iter().map(|&entry| &self.entries[entry as usize]).map(|entry| (entry.key, entry.weight)).collect()
            })
            .collect();
        let gone = u32::try_from(groups).unwrap_or(u32::MAX);
        self.entries.retain(|entry| entry.group >= gone);
        self.entries.iter_mut().for_each(|entry| entry.group -= gone);
        self.groups -= groups;
        taken
    }

    fn push(&mut self, group: usize, key: i64, weight: i64) -> Result<()> {
        if self.entries.len() >= u32::MAX as usize {
            return Err(DataFusionError::ResourcesExhausted("percentiles hold more than 4 billion values".to_owned()));
        }
        self.entries.push(Entry { group: number(group)?, key, weight });
        Ok(())
    }

    /// The list's elements from keys.
    fn values(&self, keys: Vec<Option<i64>>) -> Result<ArrayRef> {
        Ok(match &self.ty {
            DataType::Int64 => Arc::new(Int64Array::from(keys)),
            DataType::Int32 => {
                Arc::new(keys.into_iter().map(|key| key.and_then(|key| i32::try_from(key).ok())).collect::<Int32Array>())
            }
            DataType::Float64 => {
                let real = |key: i64| f64::from_bits(fold(key).cast_unsigned());
                Arc::new(keys.into_iter().map(|key| key.map(real)).collect::<Float64Array>())
            }
            other => return Err(DataFusionError::Internal(format!("there are no percentiles of {other}"))),
        })
    }
}

impl PercentilesState {
    /// A dynamic array for each group; null for a group without values.
    fn arrays(&self, keys: Vec<Option<i64>>, ty: Type) -> Result<ArrayRef> {
        let values = self.values(keys)?;
        let mut arrays: Vec<Option<String>> = Vec::with_capacity(values.len() / self.options.percents.len().max(1));
        element::elements(&values, |place, bytes| {
            let first = place % self.options.percents.len() == 0;
            match (bytes, arrays.last_mut()) {
                (None, _) if first => arrays.push(None),
                (Some(bytes), _) if first => {
                    let mut array = "[".to_owned();
                    element::write(ty, bytes, &mut array);
                    arrays.push(Some(array));
                }
                (Some(bytes), Some(Some(array))) => {
                    array.push(',');
                    element::write(ty, bytes, array);
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(Arc::new(arrays.into_iter().map(|array| array.map(|array| array + "]")).collect::<StringViewArray>()))
    }
}

/// The rank of a percentile among `total`; a percentage such as 99.9 is no binary number, and must not push it one further.
fn rank(percent: f64, total: f64) -> f64 {
    (percent * total / 100.0 - 1e-9).ceil().max(1.0)
}

/// The least value that at least `percent` of the total weight does not exceed; `entries` are sorted.
fn nearest_rank(entries: &[(i64, i64)], percent: f64) -> Option<i64> {
    let total: i128 = entries.iter().map(|&(_, weight)| i128::from(weight)).sum();
    let rank = rank(percent, total as f64);
    let mut before = 0_i128;
    for &(key, weight) in entries {
        before += i128::from(weight);
        if before as f64 >= rank {
            return Some(key);
        }
    }
    entries.last().map(|&(key, _)| key)
}

/// As [`nearest_rank`] for weights of one, without walking.
fn nearest_rank_unweighted(entries: &[(i64, i64)], percent: f64) -> Option<i64> {
    let rank = rank(percent, entries.len() as f64) as usize;
    entries.get(rank.clamp(1, entries.len().max(1)) - 1).map(|&(key, _)| key)
}

impl GroupState for PercentilesState {
    fn grow(&mut self, total: usize) {
        self.groups = self.groups.max(total);
    }
}

impl GroupsAccumulator for PercentilesState {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.grow(total);
        let Some(array) = values.first() else { return Ok(()) };
        let keys = keys(array)?;
        let weights = values.get(1).and_then(|weights| weights.as_primitive_opt::<Int64Type>());
        for (row, &group) in groups.iter().enumerate() {
            let weight = weights.map_or(1, |weights| if weights.is_null(row) { 0 } else { weights.value(row) });
            if passes(filter, row) && keys.is_valid(row) && weight > 0 {
                self.push(group, keys.value(row), weight)?;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        let lists: Vec<&ListArray> = values.iter().filter_map(|array| array.as_list_opt::<i32>()).collect();
        let [keys, weights] = lists.as_slice() else {
            return Err(DataFusionError::Internal("the state of percentiles is two lists".to_owned()));
        };
        let (keys_of, weights_of) = (keys.values().as_primitive::<Int64Type>(), weights.values().as_primitive::<Int64Type>());
        for (row, &group) in groups.iter().enumerate() {
            for (nth, at) in (keys.value_offsets()[row] as usize..keys.value_offsets()[row + 1] as usize).enumerate() {
                let weight =
                    if self.options.weighted { weights_of.value(weights.value_offsets()[row] as usize + nth) } else { 1 };
                self.push(group, keys_of.value(at), weight)?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = emitted(emit_to, self.groups);
        let mut found: Vec<Option<i64>> = Vec::with_capacity(groups * self.options.percents.len());
        for mut entries in self.take(groups) {
            entries.sort_unstable_by_key(|&(key, _)| key);
            for &percent in &self.options.percents {
                let percent = f64::from_bits(percent);
                found.push(if self.options.weighted {
                    nearest_rank(&entries, percent)
                } else {
                    nearest_rank_unweighted(&entries, percent)
                });
            }
        }
        if let Some(ty) = self.options.dynamic {
            return self.arrays(found, ty);
        }
        let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(self.options.percents.len(), groups));
        Ok(Arc::new(ListArray::try_new(Arc::new(element_field(self.ty.clone())), offsets, self.values(found)?, None)?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = emitted(emit_to, self.groups);
        let entries = self.take(groups);
        let list = |with: bool, part: fn(&(i64, i64)) -> i64| -> Result<ArrayRef> {
            let offsets = OffsetBuffer::from_lengths(entries.iter().map(|entries| if with { entries.len() } else { 0 }));
            let values = if with { entries.iter().flatten().map(part).collect() } else { Vec::new() };
            let field = Arc::new(element_field(DataType::Int64));
            Ok(Arc::new(ListArray::try_new(field, offsets, Arc::new(Int64Array::from(values)), None)?))
        };
        Ok(vec![list(true, |&(key, _)| key)?, list(self.options.weighted, |&(_, weight)| weight)?])
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let fresh = Self { options: self.options.clone(), ty: self.ty.clone(), groups: 0, entries: Vec::new() };
        states_of_rows(fresh, values, filter)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.entries.capacity() * size_of::<Entry>()
    }
}
