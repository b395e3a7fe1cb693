//! One Parquet column, its values one at a time as [`Raw`].

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array, Int64Array, StringArray, StructArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use arrow::error::ArrowError;

use crate::field::Raw;
use crate::json;

/// Structures inside structures that are written out; deeper ones become null.
const MAX_DEPTH: usize = 64;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The values of a column in one of a few forms.
pub(super) enum Cells {
    Nothing,
    Text(StringArray),
    Bytes(BinaryArray),
    Bool(BooleanArray),
    Integer(Int64Array),
    Real(Float64Array),
    /// Numbers whose digits neither of the two above holds.
    Number(StringArray),
    /// Counts, and the microseconds of one; or how many counts make a microsecond.
    Moment(Int64Array, Scale),
    Json(Vec<Option<String>>),
}

/// How counts become microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scale {
    Times(i64),
    Over(i64),
}

/// Why a value cannot be had.
#[derive(Debug, Clone, Copy)]
pub(super) enum BadCell {
    NotUtf8,
}

impl Cells {
    pub(super) fn new(array: &ArrayRef) -> Result<Self, ArrowError> {
        let integers =
            || -> Result<Int64Array, ArrowError> { Ok(cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone()) };
        let text = || -> Result<StringArray, ArrowError> { Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()) };
        Ok(match array.data_type() {
            DataType::Null => Self::Nothing,
            DataType::Boolean => Self::Bool(array.as_boolean().clone()),
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32 => Self::Integer(integers()?),
            DataType::UInt64
            | DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Self::Number(text()?),
            DataType::Float16 | DataType::Float32 | DataType::Float64 => {
                Self::Real(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
            }
            // A timestamp without a zone is UTC, as Kusto, Spark and DuckDB write it.
            DataType::Timestamp(unit, _) => Self::Moment(integers()?, scale(*unit)),
            DataType::Date32 => Self::Moment(
                cast(&cast(array, &DataType::Int32)?, &DataType::Int64)?.as_primitive::<Int64Type>().clone(),
                Scale::Times(MICROS_PER_DAY),
            ),
            DataType::Date64 => Self::Moment(integers()?, scale(TimeUnit::Millisecond)),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                Self::Bytes(cast(array, &DataType::Binary)?.as_binary::<i32>().clone())
            }
            DataType::Dictionary(_, values) => Self::new(&cast(array, values)?)?,
            DataType::List(_)
            | DataType::LargeList(_)
            | DataType::FixedSizeList(..)
            | DataType::Struct(_)
            | DataType::Map(..) => {
                Self::Json((0..array.len()).map(|row| written(array.as_ref(), row)).collect::<Result<_, _>>()?)
            }
            _ => Self::Text(text()?),
        })
    }

    /// The value of a row.
    pub(super) fn value(&self, row: usize) -> Result<Raw<'_>, BadCell> {
        Ok(match self {
            Self::Nothing => Raw::Null,
            Self::Text(values) if values.is_valid(row) => Raw::Cell(values.value(row)),
            Self::Bytes(values) if values.is_valid(row) => {
                Raw::Cell(std::str::from_utf8(values.value(row)).map_err(|_| BadCell::NotUtf8)?)
            }
            Self::Bool(values) if values.is_valid(row) => Raw::Bool(values.value(row)),
            Self::Integer(values) if values.is_valid(row) => Raw::Integer(values.value(row)),
            Self::Real(values) if values.is_valid(row) => Raw::Real(values.value(row)),
            Self::Number(values) if values.is_valid(row) => Raw::Number(values.value(row)),
            // A count too large for microseconds is far outside Kusto's years, and so is the nearest that fits.
            Self::Moment(values, Scale::Times(factor)) if values.is_valid(row) => {
                Raw::Moment(values.value(row).saturating_mul(*factor))
            }
            Self::Moment(values, Scale::Over(divisor)) if values.is_valid(row) => {
                Raw::Moment(values.value(row).div_euclid(*divisor))
            }
            Self::Json(values) => match values.get(row) {
                Some(Some(json)) => Raw::Nested { json, compact: true },
                _ => Raw::Null,
            },
            _ => Raw::Null,
        })
    }
}

const fn scale(unit: TimeUnit) -> Scale {
    match unit {
        TimeUnit::Second => Scale::Times(1_000_000),
        TimeUnit::Millisecond => Scale::Times(1_000),
        TimeUnit::Microsecond => Scale::Times(1),
        TimeUnit::Nanosecond => Scale::Over(1_000),
    }
}

/// A structured value as compact JSON.
fn written(array: &dyn Array, row: usize) -> Result<Option<String>, ArrowError> {
    if array.is_null(row) {
        return Ok(None);
    }
    let mut out = String::new();
    write(array, row, 0, &mut out)?;
    Ok(Some(out))
}

fn write(array: &dyn Array, row: usize, depth: usize, out: &mut String) -> Result<(), ArrowError> {
    if array.is_null(row) || depth > MAX_DEPTH {
        out.push_str("null");
        return Ok(());
    }
    match array.data_type() {
        DataType::List(_) => write_list(array.as_list::<i32>().value(row).as_ref(), depth, out),
        DataType::LargeList(_) => write_list(array.as_list::<i64>().value(row).as_ref(), depth, out),
        DataType::FixedSizeList(..) => write_list(array.as_fixed_size_list().value(row).as_ref(), depth, out),
        DataType::Struct(_) => write_struct(array.as_struct(), row, depth, out),
        DataType::Map(..) => write_map(&array.as_map().value(row), depth, out),
        _ => write_scalar(array, row, out),
    }
}

fn write_list(values: &dyn Array, depth: usize, out: &mut String) -> Result<(), ArrowError> {
    out.push('[');
    for row in 0..values.len() {
        if row > 0 {
            out.push(',');
        }
        write(values, row, depth + 1, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_struct(values: &StructArray, row: usize, depth: usize, out: &mut String) -> Result<(), ArrowError> {
    out.push('{');
    for (index, (name, column)) in values.column_names().iter().zip(values.columns()).enumerate() {
        if index > 0 {
            out.push(',');
        }
        json::quote(name, out);
        out.push(':');
        write(column.as_ref(), row, depth + 1, out)?;
    }
    out.push('}');
    Ok(())
}

/// A map as a property bag, its keys as text.
fn write_map(entries: &StructArray, depth: usize, out: &mut String) -> Result<(), ArrowError> {
    let [keys, values] = entries.columns() else {
        out.push_str("null");
        return Ok(());
    };
    let keys = cast(keys, &DataType::Utf8)?;
    let keys = keys.as_string::<i32>();
    out.push('{');
    for row in 0..entries.len() {
        if row > 0 {
            out.push(',');
        }
        json::quote(keys.value(row), out);
        out.push(':');
        write(values.as_ref(), row, depth + 1, out)?;
    }
    out.push('}');
    Ok(())
}

fn write_scalar(array: &dyn Array, row: usize, out: &mut String) -> Result<(), ArrowError> {
    let cells = Cells::new(&array.slice(row, 1))?;
    match cells.value(0) {
        Ok(Raw::Null) | Err(BadCell::NotUtf8) => out.push_str("null"),
        Ok(Raw::Cell(text)) => json::quote(text, out),
        Ok(Raw::Moment(micros)) => json::quote(&crate::field::moment_text(micros), out),
        Ok(Raw::Real(value)) if !value.is_finite() => out.push_str("null"),
        Ok(other) => out.push_str(&other.shown()),
    }
    Ok(())
}
