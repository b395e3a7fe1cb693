//! Answers remembered within a batch: a kernel runs once per distinct text (decision 6 of the design).
//!
//! Texts that a Parquet reader hands out from a dictionary page carry identical views, so that telling them apart takes a
//! 16-byte comparison and not a look at the text. Texts of up to twelve bytes are their own view.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringViewArray, UInt32Array},
    buffer::ScalarBuffer,
    compute::take,
    datatypes::DataType,
};
use datafusion_expr::ColumnarValue;
use hashbrown::HashTable;

use super::KernelError;

/// Below this many rows the bookkeeping costs more than it saves.
const MIN_ROWS: usize = 64;
/// After this many rows a column with mostly distinct texts is given up.
const PROBE_ROWS: usize = 1024;

/// The distinct texts of the one varying argument, and for each row which of them it holds.
#[derive(Debug)]
pub(super) struct Distinct {
    /// Position of the varying argument.
    position: usize,
    values: ArrayRef,
    rows: UInt32Array,
}

impl Distinct {
    /// Finds the distinct texts if exactly one argument varies, is text, and repeats itself.
    pub(super) fn find(values: &[ColumnarValue]) -> Option<Self> {
        let mut varying = values.iter().enumerate().filter_map(|(position, value)| match value {
            ColumnarValue::Array(array) => Some((position, array)),
            ColumnarValue::Scalar(_) => None,
        });
        let (position, array) = varying.next()?;
        if varying.next().is_some() || *array.data_type() != DataType::Utf8View || array.len() < MIN_ROWS {
            return None;
        }
        let array = array.as_string_view();
        let (firsts, rows) = distinct_views(array)?;
        let nulls = array.nulls().map(|nulls| firsts.iter().map(|&row| nulls.is_valid(row as usize)).collect());
        let views: ScalarBuffer<u128> = firsts.iter().map(|&row| array.views()[row as usize]).collect();
        let values = StringViewArray::try_new(views, array.data_buffers().to_vec(), nulls).ok()?;
        Some(Self { position, values: Arc::new(values), rows })
    }

    /// The arguments with the varying one replaced by its distinct texts, and how many those are.
    pub(super) fn arguments(&self, values: &[ColumnarValue]) -> (Vec<ColumnarValue>, usize) {
        let mut replaced = values.to_vec();
        replaced[self.position] = ColumnarValue::Array(Arc::clone(&self.values));
        (replaced, self.values.len())
    }

    /// The answers for the distinct texts, laid out for every row.
    pub(super) fn spread(&self, answers: &ArrayRef) -> Result<ArrayRef, KernelError> {
        Ok(take(answers, &self.rows, None)?)
    }
}

/// For each distinct view the first row that holds it, and for each row the number of its view; `None` when it does not pay.
#[must_use]
pub fn distinct_views(array: &StringViewArray) -> Option<(Vec<u32>, UInt32Array)> {
    // A null's view is arbitrary: nulls are told apart from texts by a bit no length can have.
    const NULL: u128 = u128::MAX;
    let mut seen: HashTable<(u128, u32)> = HashTable::with_capacity(256);
    let mut firsts: Vec<u32> = Vec::new();
    let mut rows: Vec<u32> = Vec::with_capacity(array.len());
    let mut last: Option<(u128, u32)> = None;
    for (row, &stored) in array.views().iter().enumerate() {
        let view = if array.is_null(row) { NULL } else { stored };
        let number = match last {
            Some((before, number)) if before == view => number,
            _ => {
                let hash = hash(view);
                match seen.find(hash, |&(known, _)| known == view) {
                    Some(&(_, number)) => number,
                    None => {
                        let number = u32::try_from(firsts.len()).ok()?;
                        firsts.push(u32::try_from(row).ok()?);
                        seen.insert_unique(hash, (view, number), |&(known, _)| self::hash(known));
                        number
                    }
                }
            }
        };
        last = Some((view, number));
        rows.push(number);
        if row + 1 == PROBE_ROWS && firsts.len() > PROBE_ROWS / 2 {
            return None;
        }
    }
    (firsts.len() * 2 <= array.len()).then(|| (firsts, UInt32Array::from(rows)))
}

/// Mixes a view into 64 bits: two multiplications are enough for keys that differ in few bits.
const fn hash(view: u128) -> u64 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let (low, high) = (view as u64, (view >> 64) as u64);
    let mixed = (low ^ high.rotate_left(32)).wrapping_mul(K) ^ high.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    mixed ^ (mixed >> 29)
}
