//! One column being filled: values as they stand in the input to the column's type.
//!
//! Must not know which table or file it is in. Start with [`Column::push`].

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, BooleanBuilder, Decimal128Builder, Float64Builder, Int32Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use schema::{DECIMAL_PRECISION, DECIMAL_SCALE, Type, text};

use crate::field::{Raw, moment_text};
use crate::json::{self, Tokenizer};

/// A column being filled. Rows without a value are made null when the next value, or the end, comes.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) ty: Type,
    values: Values,
    scratch: String,
}

#[derive(Debug)]
enum Values {
    Bool(BooleanBuilder),
    Int(Int32Builder),
    Long(Int64Builder),
    Real(Float64Builder),
    Decimal(Decimal128Builder),
    Datetime(TimestampMicrosecondBuilder),
    Timespan(Int64Builder),
    Text(StringBuilder),
    Guid(StringBuilder),
    Dynamic(StringBuilder),
}

/// Why a value was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The row already has a value in this column.
    Twice,
    /// The value is none of the column's type.
    Type,
}

impl Column {
    pub(crate) fn new(name: String, ty: Type) -> Self {
        Self { name, ty, values: Values::new(ty, 0, 0), scratch: String::new() }
    }

    /// Whether the row has a value here.
    pub(crate) fn filled(&self, row: usize) -> bool {
        self.values.len() > row
    }

    /// Whether any row has a value here.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.len() == 0
    }

    /// Gives the row a value; JSON null, and empty text in a column that is not of type `string`, give none.
    #[inline]
    pub(crate) fn push(&mut self, row: usize, raw: Raw<'_>) -> Result<(), Refused> {
        if raw == Raw::Null {
            return Ok(());
        }
        let length = self.values.len();
        if length > row {
            return Err(Refused::Twice);
        }
        if length < row {
            self.values.nulls(row - length);
        }
        match raw {
            Raw::Escaped(body) => {
                self.scratch.clear();
                json::unescape(body, &mut self.scratch);
                let text = std::mem::take(&mut self.scratch);
                let taken = self.value(Raw::Text(&text));
                self.scratch = text;
                taken
            }
            other => self.value(other),
        }
    }

    fn value(&mut self, raw: Raw<'_>) -> Result<(), Refused> {
        match &mut self.values {
            Values::Text(values) => match raw {
                Raw::Text(text) | Raw::Cell(text) | Raw::Number(text) => values.append_value(text),
                Raw::Nested { json, compact } => append_json(values, json, compact, &mut self.scratch),
                other => {
                    let mut text = String::new();
                    if write(other, &mut text) {
                        values.append_value(text);
                    }
                }
            },
            Values::Dynamic(values) => dynamic(values, raw, &mut self.scratch),
            typed => return typed.value(raw),
        }
        Ok(())
    }

    /// The column of `rows` values, and a fresh start with room for as much again.
    pub(crate) fn finish(&mut self, rows: usize) -> ArrayRef {
        let missing = rows.saturating_sub(self.values.len());
        self.values.nulls(missing);
        let bytes = self.values.text_bytes();
        let fresh = Values::new(self.ty, rows, bytes);
        std::mem::replace(&mut self.values, fresh).finish()
    }
}

/// Writes a value that is neither text nor JSON as Kusto does; false if there is none.
fn write(raw: Raw<'_>, out: &mut String) -> bool {
    match raw {
        Raw::Bool(value) => text::bool::write(value, out),
        Raw::Integer(value) => text::long::write(value, out),
        Raw::Real(value) => text::real::write(value, out),
        Raw::Moment(micros) => out.push_str(&moment_text(micros)),
        Raw::Null | Raw::Number(_) | Raw::Text(_) | Raw::Escaped(_) | Raw::Nested { .. } | Raw::Cell(_) => return false,
    }
    true
}

/// JSON as `dynamic` holds it. Text is JSON where it is an object or array, as Log Analytics writes dynamic columns as
/// strings; in CSV, where all is text, it is any JSON; otherwise it is a string.
fn dynamic(values: &mut StringBuilder, raw: Raw<'_>, scratch: &mut String) {
    let mut quoted = String::new();
    match raw {
        Raw::Null | Raw::Escaped(_) => {}
        Raw::Text(text) | Raw::Cell(text) if text.trim().is_empty() => {}
        Raw::Text(text) | Raw::Cell(text) => match Tokenizer::new(text).whole() {
            Ok(Raw::Nested { json, compact }) => append_json(values, json, compact, scratch),
            Ok(Raw::Null) if matches!(raw, Raw::Cell(_)) => {}
            Ok(_) if matches!(raw, Raw::Cell(_)) => values.append_value(text.trim()),
            _ => {
                json::quote(text, &mut quoted);
                values.append_value(quoted);
            }
        },
        Raw::Number(text) => values.append_value(text),
        Raw::Nested { json, compact } => append_json(values, json, compact, scratch),
        Raw::Moment(micros) => {
            json::quote(&moment_text(micros), &mut quoted);
            values.append_value(quoted);
        }
        Raw::Real(value) if !value.is_finite() => {
            // JSON has no such number; Kusto writes its name.
            let mut name = String::new();
            text::real::write(value, &mut name);
            json::quote(&name, &mut quoted);
            values.append_value(quoted);
        }
        Raw::Bool(_) | Raw::Integer(_) | Raw::Real(_) => {
            write(raw, &mut quoted);
            values.append_value(quoted);
        }
    }
}

fn append_json(values: &mut StringBuilder, json: &str, compact: bool, scratch: &mut String) {
    if compact {
        return values.append_value(json);
    }
    scratch.clear();
    json::compact(json, scratch);
    values.append_value(&scratch);
}

/// A whole number, also where it is written with a point or exponent (`1.0`, `1e3`).
fn integer(text: &str) -> Option<i64> {
    if let Some(value) = text::long::parse(text) {
        return Some(value);
    }
    // 2^53: beyond it a floating point number does not say which whole number was meant.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value: f64 = text.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}

impl Values {
    fn new(ty: Type, rows: usize, bytes: usize) -> Self {
        let text = || StringBuilder::with_capacity(rows, bytes);
        match ty {
            Type::Bool => Self::Bool(BooleanBuilder::with_capacity(rows)),
            Type::Int => Self::Int(Int32Builder::with_capacity(rows)),
            Type::Long => Self::Long(Int64Builder::with_capacity(rows)),
            Type::Real => Self::Real(Float64Builder::with_capacity(rows)),
            Type::Decimal => {
                let decimal = arrow::datatypes::DataType::Decimal128(DECIMAL_PRECISION, DECIMAL_SCALE);
                Self::Decimal(Decimal128Builder::with_capacity(rows).with_data_type(decimal))
            }
            Type::Datetime => Self::Datetime(TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC")),
            Type::Timespan => Self::Timespan(Int64Builder::with_capacity(rows)),
            Type::String => Self::Text(text()),
            Type::Guid => Self::Guid(text()),
            Type::Dynamic => Self::Dynamic(text()),
        }
    }

    /// Appends a value to a column that holds neither text nor JSON. Empty text is no value.
    fn value(&mut self, raw: Raw<'_>) -> Result<(), Refused> {
        match (self, raw) {
            (_, Raw::Null | Raw::Escaped(_)) => {}
            (_, Raw::Text(text) | Raw::Cell(text)) if text.trim().is_empty() => {}
            (typed, Raw::Text(text) | Raw::Cell(text)) => return typed.typed(text).ok_or(Refused::Type),
            (Self::Bool(values), Raw::Bool(value)) => values.append_value(value),
            (Self::Bool(values), Raw::Integer(value)) => values.append_value(value != 0),
            (Self::Long(values), Raw::Integer(value)) => values.append_value(value),
            // As the lake itself stores a timespan; JSON and CSV have no bare numbers in such a column.
            (Self::Timespan(values), Raw::Integer(ticks)) => values.append_value(ticks),
            (Self::Real(values), Raw::Real(value)) => values.append_value(value),
            (Self::Datetime(values), Raw::Moment(micros)) if text::datetime::from_unix_micros(micros).is_some() => {
                values.append_value(micros);
            }
            // A number in a column of moments, spans or identifiers has no unit and no meaning.
            (Self::Datetime(_) | Self::Timespan(_) | Self::Guid(_), _) => return Err(Refused::Type),
            (typed, Raw::Number(text)) => return typed.typed(text).ok_or(Refused::Type),
            (typed @ (Self::Int(_) | Self::Real(_) | Self::Decimal(_)), Raw::Integer(_) | Raw::Real(_))
            | (typed @ Self::Long(_), Raw::Real(_)) => {
                let mut text = String::new();
                write(raw, &mut text);
                return typed.typed(&text).ok_or(Refused::Type);
            }
            _ => return Err(Refused::Type),
        }
        Ok(())
    }

    /// Appends what `text` says in the column's type; `None` when it says nothing in that type.
    fn typed(&mut self, text: &str) -> Option<()> {
        match self {
            Self::Bool(values) => values.append_value(text::bool::parse(text)?),
            Self::Int(values) => values.append_value(i32::try_from(integer(text)?).ok()?),
            Self::Long(values) => values.append_value(integer(text)?),
            Self::Real(values) => values.append_value(text::real::parse(text)?),
            Self::Decimal(values) => values.append_value(text::decimal::parse(text)?),
            Self::Datetime(values) => values.append_value(text::datetime::to_unix_micros(text::datetime::parse(text)?)),
            Self::Timespan(values) => values.append_value(text::timespan::parse(text)?),
            Self::Guid(values) => values.append_value(text::guid::parse(text)?),
            Self::Text(values) | Self::Dynamic(values) => values.append_value(text),
        }
        Some(())
    }

    #[inline]
    fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Long(values) | Self::Timespan(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Decimal(values) => values.len(),
            Self::Datetime(values) => values.len(),
            Self::Text(values) | Self::Guid(values) | Self::Dynamic(values) => values.len(),
        }
    }

    fn nulls(&mut self, count: usize) {
        match self {
            Self::Bool(values) => values.append_nulls(count),
            Self::Int(values) => values.append_nulls(count),
            Self::Long(values) | Self::Timespan(values) => values.append_nulls(count),
            Self::Real(values) => values.append_nulls(count),
            Self::Decimal(values) => values.append_nulls(count),
            Self::Datetime(values) => values.append_nulls(count),
            Self::Text(values) | Self::Guid(values) | Self::Dynamic(values) => values.append_nulls(count),
        }
    }

    fn text_bytes(&self) -> usize {
        match self {
            Self::Text(values) | Self::Guid(values) | Self::Dynamic(values) => values.values_slice().len(),
            _ => 0,
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Bool(mut values) => Arc::new(values.finish()),
            Self::Int(mut values) => Arc::new(values.finish()),
            Self::Long(mut values) | Self::Timespan(mut values) => Arc::new(values.finish()),
            Self::Real(mut values) => Arc::new(values.finish()),
            Self::Decimal(mut values) => Arc::new(values.finish()),
            Self::Datetime(mut values) => Arc::new(values.finish()),
            Self::Text(mut values) | Self::Guid(mut values) | Self::Dynamic(mut values) => Arc::new(values.finish()),
        }
    }
}
