//! Literals: their text read as values.

use datafusion::common::ScalarValue;
use diag::{Diagnostic, Span};
use functions::{Typed, null_of};
use kql::ast::{Json, Literal};
use schema::{Type, text};

use crate::error::{Result, codes};

/// The value of a literal, for a run that stands for the moment `clock`.
pub(crate) fn literal_at(literal: &Literal, clock: i64, span: Span) -> Result<Typed> {
    if let Literal::Datetime(Some(words)) = literal
        && let Some(ticks) = time_of_day(words, clock)
    {
        return Ok(Typed::constant(ScalarValue::Int64(Some(ticks)), Type::Datetime));
    }
    self::literal(literal, span)
}

/// A time of day without a date, such as `9:30` or `8:00:00 AM`, which .NET reads as that time today.
fn time_of_day(words: &str, clock: i64) -> Option<i64> {
    let words = words.trim();
    let half = |suffix: &str| words.get(words.len().checked_sub(2)?..).filter(|end| end.eq_ignore_ascii_case(suffix));
    let (afternoon, of_twelve) = (half("PM").is_some(), half("PM").or_else(|| half("AM")).is_some());
    let digits = if of_twelve { words[..words.len() - 2].trim_end() } else { words };
    let hours = digits.split_once(':')?.0;
    if !(1..=2).contains(&hours.len()) || !hours.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = text::timespan::parse(digits)?;
    let half_day = text::timespan::TICKS_PER_DAY / 2;
    let time = match (of_twelve, afternoon) {
        (false, _) => time,
        (true, false) => time % half_day,
        (true, true) => time % half_day + half_day,
    };
    (0..text::timespan::TICKS_PER_DAY).contains(&time).then(|| clock - clock.rem_euclid(text::timespan::TICKS_PER_DAY) + time)
}

/// The value of a literal.
fn literal(literal: &Literal, span: Span) -> Result<Typed> {
    let (value, ty) = match literal {
        Literal::Bool(value) => (ScalarValue::Boolean(*value), Type::Bool),
        Literal::Int(value) => (ScalarValue::Int32(*value), Type::Int),
        Literal::Long(value) => (ScalarValue::Int64(*value), Type::Long),
        Literal::Real(value) => (ScalarValue::Float64(*value), Type::Real),
        Literal::String { value, .. } => (ScalarValue::Utf8View(Some(value.clone())), Type::String),
        Literal::Decimal(digits) => return read(digits.as_deref(), Type::Decimal, span),
        Literal::Datetime(words) => return read(words.as_deref(), Type::Datetime, span),
        Literal::Timespan(words) => return read(words.as_deref(), Type::Timespan, span),
        Literal::Guid(words) => return read(words.as_deref(), Type::Guid, span),
        Literal::Dynamic(Json::Null) => (ScalarValue::Utf8View(None), Type::Dynamic),
        Literal::Dynamic(value) => {
            let mut out = String::new();
            write_json(value, &mut out, span)?;
            (ScalarValue::Utf8View(Some(out)), Type::Dynamic)
        }
    };
    Ok(Typed::constant(value, ty))
}

fn read(words: Option<&str>, ty: Type, span: Span) -> Result<Typed> {
    match words {
        None => Ok(Typed::constant(null_of(ty), ty)),
        Some(words) => parse_constant(words, ty, span),
    }
}

/// A constant of type `ty` from the text that stands for it.
pub(crate) fn parse_constant(words: &str, ty: Type, span: Span) -> Result<Typed> {
    let words = words.trim();
    let value = match ty {
        Type::Bool => text::bool::parse(words).map(|value| ScalarValue::Boolean(Some(value))),
        Type::Int => text::int::parse(words).map(|value| ScalarValue::Int32(Some(value))),
        Type::Long => text::long::parse(words).map(|value| ScalarValue::Int64(Some(value))),
        Type::Real => text::real::parse(words).map(|value| ScalarValue::Float64(Some(value))),
        Type::Decimal => text::decimal::parse(words)
            .map(|value| ScalarValue::Decimal128(Some(value), schema::DECIMAL_PRECISION, schema::DECIMAL_SCALE)),
        Type::Datetime => text::datetime::parse(words).map(|value| ScalarValue::Int64(Some(value))),
        Type::Timespan => text::timespan::parse_literal(words)
            .or_else(|| text::timespan::parse(words))
            .map(|value| ScalarValue::Int64(Some(value))),
        Type::Guid => text::guid::parse(words).map(|value| ScalarValue::Utf8View(Some(value))),
        Type::String | Type::Dynamic => Some(ScalarValue::Utf8View(Some(words.to_owned()))),
    };
    match value {
        Some(value) => Ok(Typed::constant(value, ty)),
        None => Err(Diagnostic::error(codes::LITERAL, format!("`{words}` is not a {ty}"), span).into()),
    }
}

/// Writes a `dynamic(...)` literal as compact JSON; typed values inside become texts, as Kusto prints them.
fn write_json(json: &Json, out: &mut String, span: Span) -> Result<()> {
    match json {
        Json::Null => out.push_str("null"),
        Json::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_json(item, out, span)?;
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (position, (key, value)) in members.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(key.as_str()).to_string());
                out.push(':');
                write_json(value, out, span)?;
            }
            out.push('}');
        }
        Json::Scalar(scalar) => {
            let value = literal(scalar, span)?;
            crate::value::write_constant_json(&value, out);
        }
    }
    Ok(())
}
