//! Values on their way into a dynamic array: kept as bytes while groups are gathered, written as JSON at the end.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Decimal128Type, Float64Type, Int32Type, Int64Type},
};
use datafusion_common::{DataFusionError, Result};
use schema::{Type, text};

use crate::kernel::json;

/// Calls `each` with the row and bytes of every value, or `None` for null.
///
/// Text, guids and dynamic values are their own bytes; numbers and times are little-endian, integers always eight bytes.
///
/// # Errors
/// What `each` reports, or a column that is no Kusto type.
pub(crate) fn elements(array: &ArrayRef, mut each: impl FnMut(usize, Option<&[u8]>) -> Result<()>) -> Result<()> {
    let valid = |row: usize| array.is_valid(row);
    match array.data_type() {
        DataType::Utf8View => {
            let values = array.as_string_view();
            (0..array.len()).try_for_each(|row| each(row, valid(row).then(|| values.value(row).as_bytes())))
        }
        DataType::Int64 => {
            let values = array.as_primitive::<Int64Type>();
            (0..array.len()).try_for_each(|row| {
                each(row, valid(row).then(|| values.value(row).to_le_bytes()).as_ref().map(<[u8; 8]>::as_slice))
            })
        }
        DataType::Int32 => {
            let values = array.as_primitive::<Int32Type>();
            (0..array.len()).try_for_each(|row| {
                each(row, valid(row).then(|| i64::from(values.value(row)).to_le_bytes()).as_ref().map(<[u8; 8]>::as_slice))
            })
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>();
            (0..array.len()).try_for_each(|row| {
                let bytes = valid(row).then(|| super::distinct::real_bits(values.value(row)).to_le_bytes());
                each(row, bytes.as_ref().map(<[u8; 8]>::as_slice))
            })
        }
        DataType::Decimal128(..) => {
            let values = array.as_primitive::<Decimal128Type>();
            (0..array.len()).try_for_each(|row| {
                each(row, valid(row).then(|| values.value(row).to_le_bytes()).as_ref().map(<[u8; 16]>::as_slice))
            })
        }
        DataType::Boolean => {
            let values = array.as_boolean();
            (0..array.len()).try_for_each(|row| {
                each(row, valid(row).then(|| [u8::from(values.value(row))]).as_ref().map(<[u8; 1]>::as_slice))
            })
        }
        DataType::Null => (0..array.len()).try_for_each(|row| each(row, None)),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Dictionary(..) => elements(&cast(array, &DataType::Utf8View)?, each),
        other => Err(DataFusionError::Internal(format!("a value cannot be held as {other}"))),
    }
}

/// Appends the JSON of a value of type `ty` that [`elements`] gave.
pub(crate) fn write(ty: Type, bytes: &[u8], out: &mut String) {
    // The bytes of a text came from a text.
    let text = || std::str::from_utf8(bytes).unwrap_or_default();
    let long = || bytes.try_into().map_or(0, i64::from_le_bytes);
    let quoted = |out: &mut String, write: &dyn Fn(&mut String)| {
        out.push('"');
        write(out);
        out.push('"');
    };
    match ty {
        Type::String | Type::Guid => json::quote(text(), out),
        Type::Dynamic => out.push_str(text()),
        Type::Bool => out.push_str(if bytes == [1] { "true" } else { "false" }),
        Type::Int | Type::Long => text::long::write(long(), out),
        Type::Real => json::write_real(bytes.try_into().map_or(0.0, f64::from_le_bytes), out),
        Type::Decimal => quoted(out, &|out| text::decimal::write(bytes.try_into().map_or(0, i128::from_le_bytes), out)),
        Type::Datetime => quoted(out, &|out| text::datetime::write(long(), out)),
        Type::Timespan => quoted(out, &|out| text::timespan::write(long(), out)),
    }
}
