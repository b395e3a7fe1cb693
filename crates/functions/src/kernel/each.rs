//! Results built row by row.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int32Array, Int64Array, StringViewBuilder};
use schema::{DECIMAL_PRECISION, DECIMAL_SCALE};

use super::{Args, KernelError};

/// Most bytes of a text that a function builds: Kusto's limit of a value.
pub const MAX_TEXT: usize = 1 << 20;

/// Cuts a text off at [`MAX_TEXT`] bytes.
pub fn truncate(text: &mut String) {
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
    }
}

/// A `bool` for each row.
pub fn each_bool(args: &Args, mut value: impl FnMut(usize) -> Option<bool>) -> ArrayRef {
    Arc::new((0..args.rows()).map(&mut value).collect::<BooleanArray>())
}

/// An `int` for each row.
pub fn each_int(args: &Args, mut value: impl FnMut(usize) -> Option<i32>) -> ArrayRef {
    Arc::new((0..args.rows()).map(&mut value).collect::<Int32Array>())
}

/// A `long`, `datetime` or `timespan` for each row.
pub fn each_long(args: &Args, mut value: impl FnMut(usize) -> Option<i64>) -> ArrayRef {
    Arc::new((0..args.rows()).map(&mut value).collect::<Int64Array>())
}

/// A `real` for each row.
pub fn each_real(args: &Args, mut value: impl FnMut(usize) -> Option<f64>) -> ArrayRef {
    Arc::new((0..args.rows()).map(&mut value).collect::<Float64Array>())
}

/// A `decimal` for each row.
///
/// # Errors
/// Never for values within the declared precision, which Arrow checks once for the whole array.
pub fn each_decimal(args: &Args, mut value: impl FnMut(usize) -> Option<i128>) -> Result<ArrayRef, KernelError> {
    let values: Decimal128Array = (0..args.rows()).map(&mut value).collect();
    Ok(Arc::new(values.with_precision_and_scale(DECIMAL_PRECISION, DECIMAL_SCALE)?))
}

/// A `string` for each row: `value` writes it into an empty buffer.
pub fn each_text(args: &Args, mut value: impl FnMut(usize, &mut String)) -> ArrayRef {
    each_text_or_null(args, |row, out| {
        value(row, out);
        true
    })
}

/// A `dynamic` or `guid` for each row: `value` writes it into an empty buffer, or returns false for null.
pub fn each_text_or_null(args: &Args, mut value: impl FnMut(usize, &mut String) -> bool) -> ArrayRef {
    let mut builder = StringViewBuilder::with_capacity(args.rows());
    let mut buffer = String::new();
    for row in 0..args.rows() {
        buffer.clear();
        if value(row, &mut buffer) {
            builder.append_value(&buffer);
        } else {
            builder.append_null();
        }
    }
    Arc::new(builder.finish())
}
