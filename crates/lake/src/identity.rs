//! Who a row is: a 128-bit hash of what it says, so that the same row is never stored twice.
//!
//! Must not know files. Start with [`Identities::of`].
//!
//! The hash covers the name and value of every column that says something (not null, not `""`), in the order of the names:
//! a column added later changes no identity, and neither does the order of the columns. Rows of one source that say the
//! same are told apart by their number of occurrence, so a file with two equal rows keeps both, and ingesting it again
//! adds none. Where a table's documentation says which columns name the event, these alone are hashed, and the same event is
//! one row wherever it comes from; the column that says when a row arrived is never hashed.

use std::hash::{BuildHasher, Hasher};

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use hashbrown::{HashMap, HashSet};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128, xxh3_128_with_seed};

/// An odd constant with its bits well spread: the multiplication of the combining step stays reversible.
const SPREAD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;

/// Gives the rows of one ingest their identities.
#[derive(Debug)]
pub(crate) struct Identities {
    seed: u64,
    /// Halves of the content hashes of the current source's rows. Half a hash is enough: a false match only gives a
    /// row the number of a second occurrence, and every ingest of the same source gives it the same one.
    seen: HashSet<u64, Plain>,
    /// How often each content has come again.
    again: HashMap<u64, u32, Plain>,
}

impl Identities {
    /// Identities for a table; `seed` is the table's own.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, seen: HashSet::with_hasher(Plain), again: HashMap::with_hasher(Plain) }
    }

    /// Begins another source: occurrences are counted from the start.
    pub(crate) fn next_source(&mut self) {
        self.seen.clear();
        self.again.clear();
    }

    /// The identities of `rows` rows, whose columns are given by their stored names.
    pub(crate) fn of(&mut self, columns: &mut [(&str, &ArrayRef)], rows: usize) -> Vec<u128> {
        let mut hashes = contents(self.seed, columns, rows);
        for hash in &mut hashes {
            let occurrence = self.occurrence(*hash);
            if occurrence > 0 {
                *hash = fold(*hash, u128::from(occurrence));
            }
        }
        hashes
    }

    /// As [`Identities::of`], of events that the columns `keys` name. A row that lacks one of them is who it says it is.
    pub(crate) fn keyed(&mut self, keys: &mut [(&str, &ArrayRef)], columns: &mut [(&str, &ArrayRef)], rows: usize) -> Vec<u128> {
        /// Keeps the hash of a key apart from that of a row with no other columns.
        const KEY: u128 = 1;
        let mut hashes = contents(self.seed, keys, rows);
        let named: Vec<bool> = (0..rows).map(|row| keys.iter().all(|(_, key)| says(key, row))).collect();
        if named.iter().all(|named| *named) {
            for hash in &mut hashes {
                *hash = fold(*hash, KEY << 64);
            }
            return hashes;
        }
        let whole = self.of(columns, rows);
        let chosen = hashes.into_iter().zip(whole).zip(named);
        chosen.map(|((key, whole), named)| if named { fold(key, KEY << 64) } else { whole }).collect()
    }

    fn occurrence(&mut self, content: u128) -> u32 {
        let half = half(content);
        if self.seen.insert(half) {
            return 0;
        }
        let count = self.again.entry(half).or_insert(0);
        *count += 1;
        *count
    }
}

/// The hashes of what the rows say.
fn contents(seed: u64, columns: &mut [(&str, &ArrayRef)], rows: usize) -> Vec<u128> {
    columns.sort_unstable_by_key(|(name, _)| *name);
    let mut hashes = vec![0_u128; rows];
    for (name, column) in columns.iter() {
        add_column(&mut hashes, xxh3_64_with_seed(name.as_bytes(), seed), column);
    }
    for hash in &mut hashes {
        *hash = fold(*hash, 0);
    }
    hashes
}

/// Whether a row has a value in a column.
fn says(column: &ArrayRef, row: usize) -> bool {
    match column.data_type() {
        DataType::Utf8 => column.is_valid(row) && !column.as_string::<i32>().value(row).is_empty(),
        _ => column.is_valid(row),
    }
}

/// Adds the values of one column to the hashes of their rows.
fn add_column(hashes: &mut [u128], seed: u64, column: &ArrayRef) {
    let bytes = |bytes: &[u8]| xxh3_128_with_seed(bytes, seed);
    let int = |value: i64| bytes(&value.to_le_bytes());
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            let offsets = texts.value_offsets();
            if offsets.first() == offsets.last() {
                return;
            }
            let mut last = ("", 0);
            each(hashes, column, |row| {
                let text = texts.value(row);
                // Neighbours are often equal; comparing is cheaper than hashing.
                if !text.is_empty() && last.0 != text {
                    last = (text, bytes(text.as_bytes()));
                }
                (!text.is_empty()).then_some(last.1)
            });
        }
        DataType::Boolean => {
            let values = column.as_boolean();
            let known = [bytes(&[0]), bytes(&[1])];
            each(hashes, column, |row| Some(known[usize::from(values.value(row))]));
        }
        // `int` and `long` of one value are one value: a column may be documented with either.
        DataType::Int32 => {
            let values = column.as_primitive::<Int32Type>();
            each(hashes, column, |row| Some(int(i64::from(values.value(row)))));
        }
        DataType::Int64 => {
            let values = column.as_primitive::<Int64Type>();
            each(hashes, column, |row| Some(int(values.value(row))));
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let values = column.as_primitive::<TimestampMicrosecondType>();
            each(hashes, column, |row| Some(int(values.value(row))));
        }
        DataType::Float64 => {
            let values = column.as_primitive::<Float64Type>();
            each(hashes, column, |row| {
                let value = values.value(row);
                let canonical = if value.is_nan() { f64::NAN } else { value + 0.0 };
                Some(bytes(&canonical.to_le_bytes()))
            });
        }
        DataType::Decimal128(..) => {
            let values = column.as_primitive::<Decimal128Type>();
            each(hashes, column, |row| Some(bytes(&values.value(row).to_le_bytes())));
        }
        // No other type is stored (`schema::Type::storage_type`).
        other => debug_assert!(false, "no identity for {other}"),
    }
}

fn each(hashes: &mut [u128], column: &ArrayRef, mut value: impl FnMut(usize) -> Option<u128>) {
    if column.null_count() == column.len() {
        return;
    }
    let nulls = column.nulls();
    for (row, hash) in hashes.iter_mut().enumerate() {
        if nulls.is_none_or(|nulls| nulls.is_valid(row))
            && let Some(value) = value(row)
        {
            *hash = (*hash ^ value).wrapping_mul(SPREAD).rotate_left(64);
        }
    }
}

fn fold(hash: u128, number: u128) -> u128 {
    let mut bytes = [0_u8; 32];
    bytes[..16].copy_from_slice(&hash.to_le_bytes());
    bytes[16..].copy_from_slice(&number.to_le_bytes());
    xxh3_128(&bytes)
}

/// The high and low half of an identity, as they are stored.
pub(crate) fn split(identity: u128) -> (i64, i64) {
    let [high, low] = [identity >> 64, identity & u128::from(u64::MAX)].map(|half| half as u64);
    (high.cast_signed(), low.cast_signed())
}

/// The identity of its two stored halves.
pub(crate) fn join(high: i64, low: i64) -> u128 {
    (u128::from(high.cast_unsigned()) << 64) | u128::from(low.cast_unsigned())
}

fn half(hash: u128) -> u64 {
    split(hash).1.cast_unsigned()
}

/// The hash function of sets of hashes: they are spread already.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Plain;

impl BuildHasher for Plain {
    type Hasher = PlainHasher;

    fn build_hasher(&self) -> PlainHasher {
        PlainHasher(0)
    }
}

/// Passes on the low half of what it is given.
#[derive(Debug)]
pub(crate) struct PlainHasher(u64);

impl Hasher for PlainHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }

    fn write_u128(&mut self, value: u128) {
        self.0 = half(value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{Int32Array, Int64Array, StringArray};

    use super::*;

    fn text(values: &[&str]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    fn ids(columns: &[(&str, ArrayRef)], rows: usize) -> Vec<u128> {
        let mut columns: Vec<(&str, &ArrayRef)> = columns.iter().map(|(name, column)| (*name, column)).collect();
        Identities::new(7).of(&mut columns, rows)
    }

    #[test]
    fn empty_columns_and_their_order_do_not_matter() {
        let plain = ids(&[("A", text(&["x"])), ("B", text(&["y"]))], 1);
        let widened = ids(&[("C", text(&[""])), ("B", text(&["y"])), ("A", text(&["x"]))], 1);
        assert_eq!(plain, widened);
        assert_ne!(plain, ids(&[("A", text(&["y"])), ("B", text(&["x"]))], 1));
        let null: ArrayRef = Arc::new(Int64Array::from(vec![None]));
        assert_eq!(plain, ids(&[("A", text(&["x"])), ("B", text(&["y"])), ("N", null)], 1));
    }

    #[test]
    fn a_value_in_another_column_is_another_row() {
        assert_ne!(ids(&[("A", text(&["x"]))], 1), ids(&[("B", text(&["x"]))], 1));
        let zero: ArrayRef = Arc::new(Int64Array::from(vec![0]));
        assert_ne!(ids(&[("A", text(&["x"]))], 1), ids(&[("A", text(&["x"])), ("N", zero)], 1));
    }

    #[test]
    fn int_and_long_of_one_value_are_one_value() {
        let int: ArrayRef = Arc::new(Int32Array::from(vec![5]));
        let long: ArrayRef = Arc::new(Int64Array::from(vec![5]));
        assert_eq!(ids(&[("N", int)], 1), ids(&[("N", long)], 1));
    }

    #[test]
    fn equal_rows_are_numbered_within_a_source_only() {
        let column = text(&["x", "x", "y"]);
        let mut identities = Identities::new(7);
        let first = identities.of(&mut [("A", &column)], 3);
        assert_ne!(first[0], first[1]);
        let more = identities.of(&mut [("A", &column)], 3);
        assert!(more.iter().all(|id| !first.contains(id)));
        identities.next_source();
        assert_eq!(identities.of(&mut [("A", &column)], 3), first);
    }

    #[test]
    fn an_event_that_is_named_is_one_wherever_it_comes_from() {
        let mut identities = Identities::new(7);
        let mut keyed = |ids: &[&str], texts: &[&str]| {
            let (key, text) = (text(ids), text(texts));
            identities.keyed(&mut [("Id", &key)], &mut [("Id", &key), ("A", &text)], ids.len())
        };
        let first = keyed(&["1", "1", "2"], &["x", "y", "x"]);
        assert_eq!(first[0], first[1]);
        assert_ne!(first[0], first[2]);
        // Without a name the rest counts, and equal rows are two.
        let nameless = keyed(&["", "", "1"], &["x", "x", "x"]);
        assert_ne!(nameless[0], nameless[1]);
        assert_eq!(nameless[2], first[0]);
    }

    #[test]
    fn halves_make_the_whole_again() {
        for identity in [0, 1, u128::MAX, 1 << 127, (1 << 64) - 1] {
            let (high, low) = split(identity);
            assert_eq!(join(high, low), identity);
        }
    }
}
