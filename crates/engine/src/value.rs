//! Cells of a result as text and as JSON, the way Kusto prints them.

use datafusion::{
    arrow::{
        array::{Array, AsArray},
        datatypes::{Decimal128Type, Float64Type, Int32Type, Int64Type},
    },
    common::ScalarValue,
};
use functions::Typed;
use schema::{Type, text};

/// Writes a cell as a person reads it: texts bare, null as nothing, dynamic as JSON but for a text that is the whole cell.
pub fn write_text(array: &dyn Array, ty: Type, row: usize, out: &mut String) {
    if array.is_null(row) {
        return;
    }
    match ty {
        Type::String | Type::Guid => out.push_str(array.as_string_view().value(row)),
        Type::Dynamic => out.push_str(&functions::kernel::json::text(array.as_string_view().value(row))),
        Type::Bool => out.push_str(if array.as_boolean().value(row) { "true" } else { "false" }),
        Type::Int => out.push_str(&array.as_primitive::<Int32Type>().value(row).to_string()),
        Type::Long => out.push_str(&array.as_primitive::<Int64Type>().value(row).to_string()),
        Type::Real => text::real::write(array.as_primitive::<Float64Type>().value(row), out),
        Type::Decimal => text::decimal::write(array.as_primitive::<Decimal128Type>().value(row), out),
        Type::Datetime => text::datetime::write(array.as_primitive::<Int64Type>().value(row), out),
        Type::Timespan => text::timespan::write(array.as_primitive::<Int64Type>().value(row), out),
    }
}

/// Writes a cell as JSON: numbers and booleans bare, dynamic as it is, null as `null`, the rest quoted.
pub fn write_json(array: &dyn Array, ty: Type, row: usize, out: &mut String) {
    if array.is_null(row) {
        out.push_str("null");
        return;
    }
    match ty {
        Type::Dynamic => out.push_str(array.as_string_view().value(row)),
        Type::Bool | Type::Int | Type::Long => write_text(array, ty, row, out),
        Type::Real => write_json_real(array.as_primitive::<Float64Type>().value(row), out),
        Type::String | Type::Guid => functions::kernel::json::quote(array.as_string_view().value(row), out),
        Type::Decimal | Type::Datetime | Type::Timespan => {
            out.push('"');
            write_text(array, ty, row, out);
            out.push('"');
        }
    }
}

/// A real is a JSON number; what JSON has no number for is a text.
fn write_json_real(value: f64, out: &mut String) {
    let quoted = !value.is_finite();
    if quoted {
        out.push('"');
    }
    text::real::write(value, out);
    if quoted {
        out.push('"');
    }
}

/// Writes a constant as an element of a dynamic value.
pub(crate) fn write_constant_json(constant: &Typed, out: &mut String) {
    match constant.as_constant().map(ScalarValue::to_array) {
        Some(Ok(array)) => match constant.ty {
            // Inside dynamic values decimals are numbers.
            Type::Decimal if !array.is_null(0) => write_text(&array, Type::Decimal, 0, out),
            // And reals are told from whole numbers: `dynamic([1.0, 2])` is `[1.0,2]`.
            Type::Real if !array.is_null(0) => {
                functions::kernel::json::write_real(array.as_primitive::<Float64Type>().value(0), out)
            }
            ty => write_json(&array, ty, 0, out),
        },
        _ => out.push_str("null"),
    }
}
