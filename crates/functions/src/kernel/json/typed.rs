//! A JSON value as a value of one of Kusto's other types: what `tolong()` and its sisters make of a dynamic.
//!
//! A JSON string counts as the text it holds. `None` is null.

use schema::text;

use super::{Kind, kind, string};

/// As `long`: fractions are cut off, `true` is 1.
#[must_use]
pub fn long(value: &str) -> Option<i64> {
    match kind(value) {
        Kind::Number => value.parse().ok().or_else(|| whole(value.parse().ok()?)),
        Kind::Bool => Some(i64::from(value == "true")),
        Kind::String => text::long::parse(&string(value)?),
        Kind::Null | Kind::Array | Kind::Bag => None,
    }
}

/// As `real`.
#[must_use]
pub fn real(value: &str) -> Option<f64> {
    match kind(value) {
        Kind::Number => value.parse().ok(),
        Kind::Bool => Some(f64::from(u8::from(value == "true"))),
        Kind::String => text::real::parse(&string(value)?),
        Kind::Null | Kind::Array | Kind::Bag => None,
    }
}

/// As `decimal`, in units of the scale.
#[must_use]
pub fn decimal(value: &str) -> Option<i128> {
    match kind(value) {
        Kind::Number => text::decimal::parse(value),
        Kind::Bool => text::decimal::parse(if value == "true" { "1" } else { "0" }),
        Kind::String => text::decimal::parse(&string(value)?),
        Kind::Null | Kind::Array | Kind::Bag => None,
    }
}

/// As `bool`: every number but 0 is true.
#[must_use]
pub fn bool(value: &str) -> Option<bool> {
    match kind(value) {
        Kind::Bool => Some(value == "true"),
        Kind::Number => real(value).map(|number| number != 0.0),
        Kind::String => text::bool::parse(&string(value)?),
        Kind::Null | Kind::Array | Kind::Bag => None,
    }
}

/// As `datetime`, in ticks; a whole number counts as ticks.
#[must_use]
pub fn datetime(value: &str) -> Option<i64> {
    match kind(value) {
        Kind::String => text::datetime::parse(&string(value)?),
        Kind::Number => value.parse().ok().filter(|&ticks| text::datetime::in_range(ticks)),
        Kind::Null | Kind::Bool | Kind::Array | Kind::Bag => None,
    }
}

/// As `timespan`, in ticks; a whole number counts as ticks.
#[must_use]
pub fn timespan(value: &str) -> Option<i64> {
    match kind(value) {
        Kind::String => text::timespan::parse(&string(value)?),
        Kind::Number => value.parse().ok(),
        Kind::Null | Kind::Bool | Kind::Array | Kind::Bag => None,
    }
}

/// As `guid`.
#[must_use]
pub fn guid(value: &str) -> Option<String> {
    text::guid::parse(&string(value)?)
}

/// The whole part of a real if it is a `long`.
#[must_use]
pub fn whole(value: f64) -> Option<i64> {
    let whole = value.trunc();
    // 2^63 itself is out: the nearest real to the largest long lies above it.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole).then_some(whole as i64)
}
