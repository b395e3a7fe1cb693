//! `arg_max`, `arg_min` and any row of a group: whole rows kept, told apart by one value.
//!
//! Rows are kept where they arrived, as (batch, row), and gathered only when the batches kept hold far more than the rows
//! that still win: moving the columns of a row each time it is beaten would cost more than all the comparing.

use std::{cmp::Ordering, collections::HashSet, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, StructArray, new_empty_array, new_null_array},
    compute::{cast, interleave},
    datatypes::{DataType, Decimal128Type, Field, Fields, Float64Type, Int32Type, Int64Type},
};
use datafusion_common::{DataFusionError, Result};
use datafusion_expr::{EmitTo, Expr, GroupsAccumulator};

use super::{GroupState, Grouping, aggregate, emitted, passes, states_of_rows};

/// The row of the group with the greatest (least) `value`, as a struct of `c0`, that value, and `c1`, `c2`, ..., the columns.
///
/// Of equal values the row seen first counts, and a null value only where all are null (reference page
/// `arg-max-aggregation-function`). A group without rows gives nulls.
#[must_use]
pub fn arg_extreme(max: bool, value: Expr, columns: Vec<Expr>) -> Expr {
    let pick = if max { Pick::Greatest } else { Pick::Least };
    let args: Vec<Expr> = std::iter::once(value).chain(columns).collect();
    aggregate(ArgExtreme { pick, arity: args.len() }, args, None)
}

/// The first row of the group, as a struct of `c0`, `c1`, ....
#[must_use]
pub fn any_row(columns: Vec<Expr>) -> Expr {
    any_row_if(columns, None)
}

/// The first row of the group for which the predicate is true, as [`any_row`].
#[must_use]
pub fn any_row_if(columns: Vec<Expr>, predicate: Option<Expr>) -> Expr {
    aggregate(ArgExtreme { pick: Pick::First, arity: columns.len() }, columns, predicate)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Pick {
    Greatest,
    Least,
    First,
}

/// The grouping behind [`arg_extreme`] over so many arguments.
#[cfg(test)]
pub(super) fn grouping(max: bool, arity: usize) -> impl Grouping<State = RowsState> {
    ArgExtreme { pick: if max { Pick::Greatest } else { Pick::Least }, arity }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ArgExtreme {
    pick: Pick,
    arity: usize,
}

impl Grouping for ArgExtreme {
    type State = RowsState;

    fn name(&self) -> &'static str {
        match self.pick {
            Pick::Greatest => "arg_max",
            Pick::Least => "arg_min",
            Pick::First => "any_row",
        }
    }

    fn arity(&self) -> usize {
        self.arity
    }

    fn returns(&self, arguments: &[DataType]) -> DataType {
        DataType::Struct(fields(arguments))
    }

    fn state(&self, arguments: &[DataType]) -> Vec<(&'static str, DataType)> {
        vec![("found", DataType::Boolean), ("row", DataType::Struct(fields(arguments)))]
    }

    fn start(&self, arguments: &[DataType]) -> RowsState {
        RowsState::new(self.pick, arguments.to_vec())
    }
}

fn fields(arguments: &[DataType]) -> Fields {
    arguments.iter().enumerate().map(|(position, ty)| Field::new(format!("c{position}"), ty.clone(), true)).collect()
}

/// Where a group's row stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    batch: u32,
    row: u32,
}

/// No row yet.
const NOWHERE: Place = Place { batch: u32::MAX, row: 0 };

impl Place {
    const fn is_somewhere(self) -> bool {
        self.batch != u32::MAX
    }
}

/// The value a group's row was chosen by, where it fits into eight bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Best {
    Null,
    Long(i64),
    Real(f64),
    /// To be read from the row.
    Wide,
}

/// The best rows of all groups.
#[derive(Debug)]
pub struct RowsState {
    pick: Pick,
    types: Vec<DataType>,
    batches: Vec<Vec<ArrayRef>>,
    rows: usize,
    places: Vec<Place>,
    best: Vec<Best>,
    /// Buffers the batches hold, by address, so that one shared by several batches is counted once.
    buffers: HashSet<usize>,
    bytes: usize,
    /// Bytes after the last gathering.
    gathered_bytes: usize,
}

/// Rows kept before gathering them is considered.
const MIN_ROWS: usize = 1 << 16;
/// Batches kept at most.
const MAX_BATCHES: usize = 1024;
/// Bytes kept before gathering them is considered.
const MIN_BYTES: usize = 64 << 20;

impl RowsState {
    fn new(pick: Pick, types: Vec<DataType>) -> Self {
        Self {
            pick,
            types,
            batches: Vec::new(),
            rows: 0,
            places: Vec::new(),
            best: Vec::new(),
            buffers: HashSet::new(),
            bytes: 0,
            gathered_bytes: 0,
        }
    }

    /// Lets the rows of a batch compete; keeps the batch if one of them wins.
    fn compete(&mut self, columns: &[ArrayRef], groups: &[usize], enters: impl Fn(usize) -> bool) -> Result<()> {
        let keys = Keys::of(columns.first(), self.pick)?;
        let batch = u32::try_from(self.batches.len()).unwrap_or(u32::MAX - 1);
        let mut wins = false;
        for (row, &group) in groups.iter().enumerate() {
            if !enters(row) {
                continue;
            }
            let before = self.places[group];
            if before.is_somewhere() && !self.beats(&keys, row, group, batch) {
                continue;
            }
            self.places[group] = Place { batch, row: u32::try_from(row).unwrap_or(0) };
            self.best[group] = keys.get(row);
            wins = true;
        }
        if wins {
            self.keep(columns);
            if self.rows > 2 * self.places.len() + MIN_ROWS
                || self.batches.len() > MAX_BATCHES
                || self.bytes > 2 * self.gathered_bytes + MIN_BYTES
            {
                self.gather()?;
            }
        }
        Ok(())
    }

    /// Whether a row is better than the row its group has.
    fn beats(&self, keys: &Keys, row: usize, group: usize, batch: u32) -> bool {
        let order = match (keys.get(row), self.best[group]) {
            (Best::Null, _) => return false,
            (_, Best::Null) => return true,
            (Best::Long(new), Best::Long(old)) => new.cmp(&old),
            // NaN is the least of all, so that it never hides a number from arg_max.
            (Best::Real(new), Best::Real(old)) => new.partial_cmp(&old).unwrap_or_else(|| old.is_nan().cmp(&new.is_nan())),
            _ => {
                let place = self.places[group];
                let held =
                    if place.batch == batch { None } else { self.batches.get(place.batch as usize).and_then(|b| b.first()) };
                keys.compare_wide(row, held, place.row as usize)
            }
        };
        match self.pick {
            Pick::Greatest => order == Ordering::Greater,
            Pick::Least => order == Ordering::Less,
            Pick::First => false,
        }
    }

    fn keep(&mut self, columns: &[ArrayRef]) {
        for column in columns {
            self.bytes += new_bytes(column, &mut self.buffers);
        }
        self.rows += columns.first().map_or(0, |column| column.len());
        self.batches.push(columns.to_vec());
    }

    /// The rows of the given groups, one array a column; a group without a row gives nulls.
    fn rows_of(&self, groups: std::ops::Range<usize>) -> Result<Vec<ArrayRef>> {
        let places = &self.places[groups];
        self.types
            .iter()
            .enumerate()
            .map(|(column, ty)| {
                let nothing = new_null_array(ty, 1);
                let mut sources: Vec<&dyn Array> = self.batches.iter().map(|batch| batch[column].as_ref()).collect();
                sources.push(nothing.as_ref());
                let last = sources.len() - 1;
                let indices: Vec<(usize, usize)> = places
                    .iter()
                    .map(|place| if place.is_somewhere() { (place.batch as usize, place.row as usize) } else { (last, 0) })
                    .collect();
                if indices.is_empty() { Ok(new_empty_array(ty)) } else { Ok(interleave(&sources, &indices)?) }
            })
            .collect()
    }

    /// Copies the winning rows into one batch and lets all others go.
    fn gather(&mut self) -> Result<()> {
        let columns: Vec<ArrayRef> = self.rows_of(0..self.places.len())?.into_iter().map(without_waste).collect();
        (self.batches, self.rows, self.bytes) = (Vec::new(), 0, 0);
        self.buffers.clear();
        self.keep(&columns);
        self.gathered_bytes = self.bytes;
        for (row, place) in self.places.iter_mut().enumerate() {
            if place.is_somewhere() {
                *place = Place { batch: 0, row: u32::try_from(row).unwrap_or(u32::MAX) };
            }
        }
        Ok(())
    }

    /// Takes the rows of the first groups out, and for each group whether it has one.
    fn take(&mut self, emit_to: EmitTo) -> Result<(BooleanArray, StructArray)> {
        let groups = emitted(emit_to, self.places.len());
        let columns = self.rows_of(0..groups)?;
        let found: BooleanArray = self.places[..groups].iter().map(|place| Some(place.is_somewhere())).collect();
        self.places.drain(..groups);
        self.best.drain(..groups);
        if self.places.is_empty() {
            *self = Self::new(self.pick, std::mem::take(&mut self.types));
        }
        Ok((found, StructArray::try_new(fields_of(&columns), columns, None)?))
    }
}

fn fields_of(columns: &[ArrayRef]) -> Fields {
    fields(&columns.iter().map(|column| column.data_type().clone()).collect::<Vec<_>>())
}

/// Bytes of the buffers of an array that were not seen before.
fn new_bytes(array: &ArrayRef, seen: &mut HashSet<usize>) -> usize {
    let data = array.to_data();
    let children = data.child_data().iter().flat_map(|child| child.buffers());
    data.buffers()
        .iter()
        .chain(children)
        .filter(|buffer| seen.insert(buffer.data_ptr().as_ptr() as usize))
        .map(arrow::buffer::Buffer::capacity)
        .sum()
}

/// Copies the texts of a column if it keeps buffers alive that are mostly other rows' texts.
fn without_waste(array: ArrayRef) -> ArrayRef {
    let Some(texts) = array.as_string_view_opt() else { return array };
    let held: usize = texts.data_buffers().iter().map(arrow::buffer::Buffer::capacity).sum();
    let used: usize = texts.lengths().map(|length| length as usize).sum();
    if held > 2 * used + (1 << 16) { Arc::new(texts.gc()) } else { array }
}

/// The values of a batch that rows are chosen by.
enum Keys {
    None,
    Longs(arrow::array::Int64Array),
    Reals(arrow::array::Float64Array),
    Wide(ArrayRef),
}

impl Keys {
    fn of(array: Option<&ArrayRef>, pick: Pick) -> Result<Self> {
        let Some(array) = array.filter(|_| pick != Pick::First) else { return Ok(Self::None) };
        Ok(match array.data_type() {
            DataType::Int64 => Self::Longs(array.as_primitive::<Int64Type>().clone()),
            DataType::Int32 => Self::Longs(array.as_primitive::<Int32Type>().unary(i64::from)),
            DataType::Boolean => Self::Longs(cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone()),
            DataType::Float64 => Self::Reals(array.as_primitive::<Float64Type>().clone()),
            DataType::Decimal128(..) | DataType::Utf8View => Self::Wide(Arc::clone(array)),
            other => return Err(DataFusionError::Internal(format!("values held as {other} have no order"))),
        })
    }

    fn get(&self, row: usize) -> Best {
        match self {
            Self::None => Best::Null,
            Self::Longs(values) => {
                if values.is_null(row) {
                    Best::Null
                } else {
                    Best::Long(values.value(row))
                }
            }
            Self::Reals(values) => {
                if values.is_null(row) {
                    Best::Null
                } else {
                    Best::Real(values.value(row))
                }
            }
            Self::Wide(values) => {
                if values.is_null(row) {
                    Best::Null
                } else {
                    Best::Wide
                }
            }
        }
    }

    /// Compares a row with a row of a batch held before, or of this batch if `held` is none.
    fn compare_wide(&self, row: usize, held: Option<&ArrayRef>, held_row: usize) -> Ordering {
        let Self::Wide(new) = self else { return Ordering::Equal };
        let old = held.unwrap_or(new);
        match (new.as_string_view_opt(), old.as_string_view_opt()) {
            (Some(new), Some(old)) => new.value(row).cmp(old.value(held_row)),
            _ => match (new.as_primitive_opt::<Decimal128Type>(), old.as_primitive_opt::<Decimal128Type>()) {
                (Some(new), Some(old)) => new.value(row).cmp(&old.value(held_row)),
                _ => Ordering::Equal,
            },
        }
    }
}

impl GroupState for RowsState {
    fn grow(&mut self, total: usize) {
        if self.places.len() < total {
            self.places.resize(total, NOWHERE);
            self.best.resize(total, Best::Null);
        }
    }
}

impl GroupsAccumulator for RowsState {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.grow(total);
        self.compete(values, groups, |row| passes(filter, row))
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        let [found, rows] = values else {
            return Err(DataFusionError::Internal("the state of arg_max is two columns".to_owned()));
        };
        let (found, rows) = (found.as_boolean(), rows.as_struct());
        self.compete(rows.columns(), groups, |row| found.is_valid(row) && found.value(row))
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        Ok(Arc::new(self.take(emit_to)?.1))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let (found, rows) = self.take(emit_to)?;
        Ok(vec![Arc::new(found), Arc::new(rows)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        states_of_rows(Self::new(self.pick, self.types.clone()), values, filter)
    }

    fn size(&self) -> usize {
        size_of::<Self>()
            + self.bytes
            + self.places.capacity() * size_of::<Place>()
            + self.best.capacity() * size_of::<Best>()
            + self.buffers.capacity() * 2 * size_of::<usize>()
    }
}
