//! The arguments of a kernel, read row by row without asking which of them are constants.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, StringArray, StringViewArray},
    compute::cast,
    datatypes::{DataType, Decimal128Type, Float64Type, Int32Type, Int64Type},
};
use datafusion_expr::ColumnarValue;
use schema::Type;

use super::KernelError;

/// The arguments of one evaluation.
#[derive(Debug)]
pub struct Args<'a> {
    values: &'a [ColumnarValue],
    types: &'a [Type],
    returns: Type,
    rows: usize,
}

impl<'a> Args<'a> {
    /// Arguments of the given Kusto types over `rows` rows.
    #[must_use]
    pub const fn new(values: &'a [ColumnarValue], types: &'a [Type], returns: Type, rows: usize) -> Self {
        Self { values, types, returns, rows }
    }

    /// Number of rows to answer.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Number of arguments.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// True without arguments.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The Kusto type of argument `position` (from 0).
    #[must_use]
    pub fn ty(&self, position: usize) -> Type {
        self.types.get(position).copied().unwrap_or(Type::Dynamic)
    }

    /// The Kusto type of the result.
    #[must_use]
    pub const fn returns(&self) -> Type {
        self.returns
    }

    /// True if argument `position` is the same for all rows.
    #[must_use]
    pub fn is_constant(&self, position: usize) -> bool {
        matches!(self.values.get(position), Some(ColumnarValue::Scalar(_)))
    }

    /// The constant text of argument `position`; `None` if it is a column, null or no text.
    #[must_use]
    pub fn constant_text(&self, position: usize) -> Option<&str> {
        match self.values.get(position)? {
            ColumnarValue::Scalar(value) => value.try_as_str().flatten(),
            ColumnarValue::Array(_) => None,
        }
    }

    /// Argument `position` as an array: of `rows` values, or of one value when it is constant.
    fn array(&self, position: usize) -> Result<(ArrayRef, bool), KernelError> {
        match self.values.get(position) {
            Some(ColumnarValue::Array(array)) => Ok((Arc::clone(array), false)),
            Some(ColumnarValue::Scalar(value)) => {
                let array = value.to_array().map_err(|error| arrow::error::ArrowError::ComputeError(error.to_string()))?;
                Ok((array, true))
            }
            None => Err(layout(position, &DataType::Null, "argument")),
        }
    }

    /// A text, guid or dynamic argument.
    ///
    /// # Errors
    /// The argument holds no text.
    pub fn texts(&self, position: usize) -> Result<Texts, KernelError> {
        let (array, constant) = self.array(position)?;
        let values = match array.data_type() {
            DataType::Utf8View => TextValues::View(array.as_string_view().clone()),
            DataType::Utf8 => TextValues::Offsets(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 | DataType::Dictionary(..) | DataType::Null => {
                TextValues::View(cast(&array, &DataType::Utf8View)?.as_string_view().clone())
            }
            other => return Err(layout(position, other, "text")),
        };
        Ok(Texts { values, constant })
    }

    /// An `int`, `long`, `datetime` or `timespan` argument (the last two in ticks).
    ///
    /// # Errors
    /// The argument holds no integers.
    pub fn longs(&self, position: usize) -> Result<Longs, KernelError> {
        let (array, constant) = self.array(position)?;
        let values = match array.data_type() {
            DataType::Int64 => array.as_primitive::<Int64Type>().clone(),
            DataType::Int32 => array.as_primitive::<Int32Type>().iter().map(|value| value.map(i64::from)).collect(),
            DataType::Null => cast(&array, &DataType::Int64)?.as_primitive::<Int64Type>().clone(),
            other => return Err(layout(position, other, "integer")),
        };
        Ok(Longs { values, constant })
    }

    /// A numeric argument as `real`.
    ///
    /// # Errors
    /// The argument holds no numbers.
    pub fn reals(&self, position: usize) -> Result<Reals, KernelError> {
        let (array, constant) = self.array(position)?;
        let values = match array.data_type() {
            DataType::Float64 => array.as_primitive::<Float64Type>().clone(),
            DataType::Int64 | DataType::Int32 | DataType::Decimal128(..) | DataType::Null => {
                cast(&array, &DataType::Float64)?.as_primitive::<Float64Type>().clone()
            }
            other => return Err(layout(position, other, "number")),
        };
        Ok(Reals { values, constant })
    }

    /// A `bool` argument.
    ///
    /// # Errors
    /// The argument holds no booleans.
    pub fn bools(&self, position: usize) -> Result<Bools, KernelError> {
        let (array, constant) = self.array(position)?;
        let values = match array.data_type() {
            DataType::Boolean => array.as_boolean().clone(),
            DataType::Null => cast(&array, &DataType::Boolean)?.as_boolean().clone(),
            other => return Err(layout(position, other, "bool")),
        };
        Ok(Bools { values, constant })
    }

    /// A `decimal` argument: digits scaled by `schema::DECIMAL_SCALE`, and whether it is constant (one value for all rows).
    ///
    /// # Errors
    /// The argument holds no decimals.
    pub fn decimals(&self, position: usize) -> Result<(Decimal128Array, bool), KernelError> {
        let (array, constant) = self.array(position)?;
        match array.data_type() {
            DataType::Decimal128(..) => Ok((array.as_primitive::<Decimal128Type>().clone(), constant)),
            other => Err(layout(position, other, "decimal")),
        }
    }

    /// A `decimal` argument, row by row.
    ///
    /// # Errors
    /// The argument holds no decimals.
    pub fn decimal_values(&self, position: usize) -> Result<Decimals, KernelError> {
        let (values, constant) = self.decimals(position)?;
        Ok(Decimals { values, constant })
    }
}

fn layout(position: usize, found: &DataType, expected: &'static str) -> KernelError {
    KernelError::Layout { position: position + 1, found: found.to_string(), expected }
}

#[derive(Debug)]
enum TextValues {
    View(StringViewArray),
    Offsets(StringArray),
}

/// Texts, one a row.
#[derive(Debug)]
pub struct Texts {
    values: TextValues,
    constant: bool,
}

impl Texts {
    /// The text of a row; `None` for null.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<&str> {
        let row = if self.constant { 0 } else { row };
        match &self.values {
            TextValues::View(array) => (!array.is_null(row)).then(|| array.value(row)),
            TextValues::Offsets(array) => (!array.is_null(row)).then(|| array.value(row)),
        }
    }

    /// The text of a row; `""` for null.
    #[must_use]
    #[inline]
    pub fn text(&self, row: usize) -> &str {
        self.get(row).unwrap_or("")
    }
}

/// Integers, datetimes or timespans, one a row.
#[derive(Debug)]
pub struct Longs {
    values: Int64Array,
    constant: bool,
}

impl Longs {
    /// All values, unless the argument is constant.
    #[must_use]
    pub const fn column(&self) -> Option<&Int64Array> {
        if self.constant { None } else { Some(&self.values) }
    }

    /// The value of a row; `None` for null.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<i64> {
        let row = if self.constant { 0 } else { row };
        (!self.values.is_null(row)).then(|| self.values.value(row))
    }
}

/// Reals, one a row.
#[derive(Debug)]
pub struct Reals {
    values: Float64Array,
    constant: bool,
}

impl Reals {
    /// The value of a row; `None` for null.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<f64> {
        let row = if self.constant { 0 } else { row };
        (!self.values.is_null(row)).then(|| self.values.value(row))
    }
}

/// Booleans, one a row.
#[derive(Debug)]
pub struct Bools {
    values: BooleanArray,
    constant: bool,
}

impl Bools {
    /// The value of a row; `None` for null.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<bool> {
        let row = if self.constant { 0 } else { row };
        (!self.values.is_null(row)).then(|| self.values.value(row))
    }
}

/// Decimals, one a row, in units of 10^-`schema::DECIMAL_SCALE`.
#[derive(Debug)]
pub struct Decimals {
    values: Decimal128Array,
    constant: bool,
}

impl Decimals {
    /// The value of a row; `None` for null.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<i128> {
        let row = if self.constant { 0 } else { row };
        (!self.values.is_null(row)).then(|| self.values.value(row))
    }
}
