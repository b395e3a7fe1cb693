//! `dcount`: distinct values counted exactly, for many groups in one hash table.
//!
//! A value is known by 96 bits: numbers and times by their own bits, text by its hash. Two texts of a table of ten million
//! share a hash with a probability of 10^-15.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array, ListArray},
    buffer::OffsetBuffer,
    compute::cast,
    datatypes::{DataType, Decimal128Type, Field, Float64Type, Int32Type, Int64Type},
};
use datafusion_common::{DataFusionError, Result, ScalarValue};
use datafusion_expr::{EmitTo, GroupsAccumulator};
use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_128;

use super::{GroupState, Grouping, by_group, emitted, number, passes, states_of_rows};

/// Counts the distinct values of one argument; nulls are left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CountDistinct;

impl Grouping for CountDistinct {
    type State = DistinctState;

    fn name(&self) -> &'static str {
        "dcount"
    }

    fn arity(&self) -> usize {
        1
    }

    fn returns(&self, _arguments: &[DataType]) -> DataType {
        DataType::Int64
    }

    fn state(&self, _arguments: &[DataType]) -> Vec<(&'static str, DataType)> {
        vec![("values", DataType::List(Arc::new(element_field())))]
    }

    fn start(&self, _arguments: &[DataType]) -> DistinctState {
        DistinctState::default()
    }

    fn empty(&self, _returns: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(0)))
    }
}

fn element_field() -> Field {
    Field::new_list_field(DataType::Decimal128(38, 0), true)
}

const FINGERPRINT_BITS: u32 = 96;
const FINGERPRINT: u128 = (1 << FINGERPRINT_BITS) - 1;

/// The values of all groups: pairs of group (upper 32 bits) and fingerprint (96 bits), and their number a group.
#[derive(Debug, Default)]
pub struct DistinctState {
    pairs: HashTable<u128>,
    counts: Vec<i64>,
}

impl DistinctState {
    fn insert(&mut self, group: usize, fingerprint: u128) -> Result<()> {
        let pair = (u128::from(number(group)?) << FINGERPRINT_BITS) | (fingerprint & FINGERPRINT);
        let entry = self.pairs.entry(mix(pair), |&known| known == pair, |&known| mix(known));
        if let hashbrown::hash_table::Entry::Vacant(vacant) = entry {
            vacant.insert(pair);
            self.counts[group] += 1;
        }
        Ok(())
    }

    /// Takes the pairs of the first `groups` groups out; the groups after them move up.
    fn take(&mut self, groups: usize) -> Vec<u128> {
        let all = std::mem::take(&mut self.pairs);
        let total = self.counts.len();
        self.counts.drain(..groups);
        if groups == total {
            return all.into_iter().collect();
        }
        let mut taken = Vec::new();
        for pair in all {
            if group_of(pair) < groups {
                taken.push(pair);
            } else {
                let moved = pair - ((groups as u128) << FINGERPRINT_BITS);
                self.pairs.insert_unique(mix(moved), moved, |&known| mix(known));
            }
        }
        taken
    }
}

const fn group_of(pair: u128) -> usize {
    (pair >> FINGERPRINT_BITS) as usize
}

/// Spreads a pair over 64 bits: the high and low half of one 128-bit product.
const fn mix(pair: u128) -> u64 {
    let (low, high) = (pair as u64 ^ 0x9E37_79B9_7F4A_7C15, (pair >> 64) as u64 ^ 0xD6E8_FEB8_6659_FD93);
    let product = (low as u128).wrapping_mul(high as u128);
    product as u64 ^ (product >> 64) as u64 ^ low.rotate_left(32)
}

/// The bits by which a real is known: one zero, one NaN.
pub(super) fn real_bits(value: f64) -> u64 {
    if value == 0.0 {
        0
    } else if value.is_nan() {
        f64::NAN.to_bits()
    } else {
        value.to_bits()
    }
}

/// Calls `each` with the row and fingerprint of every value that is not null.
fn fingerprints(array: &ArrayRef, mut each: impl FnMut(usize, u128) -> Result<()>) -> Result<()> {
    let valid = |row: usize| array.is_valid(row);
    let rows = (0..array.len()).filter(|&row| valid(row));
    match array.data_type() {
        DataType::Int64 => {
            let values = array.as_primitive::<Int64Type>();
            for row in rows {
                each(row, u128::from(values.value(row).cast_unsigned()))?;
            }
        }
        DataType::Int32 => {
            let values = array.as_primitive::<Int32Type>();
            for row in rows {
                each(row, u128::from(values.value(row).cast_unsigned()))?;
            }
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>();
            for row in rows {
                each(row, u128::from(real_bits(values.value(row))))?;
            }
        }
        DataType::Decimal128(..) => {
            let values = array.as_primitive::<Decimal128Type>();
            for row in rows {
                each(row, xxh3_128(&values.value(row).to_le_bytes()))?;
            }
        }
        DataType::Boolean => {
            let values = array.as_boolean();
            for row in rows {
                each(row, u128::from(values.value(row)))?;
            }
        }
        DataType::Utf8View => {
            let values = array.as_string_view();
            for row in rows {
                each(row, xxh3_128(values.value(row).as_bytes()))?;
            }
        }
        _ => return fingerprints(&cast(array, &DataType::Utf8View)?, each),
    }
    Ok(())
}

impl GroupState for DistinctState {
    fn grow(&mut self, total: usize) {
        if self.counts.len() < total {
            self.counts.resize(total, 0);
        }
    }
}

impl GroupsAccumulator for DistinctState {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.grow(total);
        let Some(array) = values.first() else { return Ok(()) };
        fingerprints(array, |row, fingerprint| if passes(filter, row) { self.insert(groups[row], fingerprint) } else { Ok(()) })
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        let lists = values.first().and_then(|array| array.as_list_opt::<i32>());
        let lists = lists.ok_or_else(|| DataFusionError::Internal("dcount's state is no list".to_owned()))?;
        let fingerprints = lists.values().as_primitive::<Decimal128Type>();
        for (row, &group) in groups.iter().enumerate() {
            let (start, end) = (lists.value_offsets()[row] as usize, lists.value_offsets()[row + 1] as usize);
            for &fingerprint in &fingerprints.values()[start..end] {
                self.insert(group, fingerprint.cast_unsigned())?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = emitted(emit_to, self.counts.len());
        let counts = Int64Array::from(self.counts[..groups].to_vec());
        self.take(groups);
        Ok(Arc::new(counts))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = emitted(emit_to, self.counts.len());
        let pairs = self.take(groups);
        let (starts, order) = by_group(pairs.iter().map(|&pair| group_of(pair) as u32), groups);
        let values: Decimal128Array =
            order.iter().map(|&entry| Some((pairs[entry as usize] & FINGERPRINT).cast_signed())).collect();
        let values = values.with_precision_and_scale(38, 0)?;
        let offsets = OffsetBuffer::from_lengths(starts.windows(2).map(|pair| pair[1] - pair[0]));
        Ok(vec![Arc::new(ListArray::try_new(Arc::new(element_field()), offsets, Arc::new(values), None)?)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        states_of_rows(Self::default(), values, filter)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.pairs.allocation_size() + self.counts.capacity() * size_of::<i64>()
    }
}
