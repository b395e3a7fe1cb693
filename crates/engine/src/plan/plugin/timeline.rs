//! What plugins over a timeline share: bins that begin at the start of the analysis, windows of whole bins, dimensions.

use functions::Typed;
use schema::Type;

use super::Invocation;
use crate::{
    error::{Result, codes, fault},
    plan::{Names, Planner},
    relation::Column,
};

/// A window may have this many bins: each row is counted in as many.
const MAX_BINS: i64 = 10_000;

/// A constant of the call, at the place of an argument.
pub(super) fn constant(planner: &Planner<'_>, call: &Invocation<'_>, position: usize) -> Result<Typed> {
    let expr = call.required(position)?;
    planner.constant(expr, Names::new(call.scope, &[]), "this argument")
}

/// The dimensions, from an argument on, under names of the plugin's own, and as they follow in a `by`: `, d0, d1`.
pub(super) fn dimensions<'a>(call: &'a Invocation<'_>, from: usize) -> Result<(Vec<(String, &'a Column)>, String)> {
    let mut dimensions = Vec::new();
    for (position, expr) in call.rest(from).iter().enumerate() {
        dimensions.push((format!("d{position}"), call.column(expr)?));
    }
    let names = dimensions.iter().map(|(name, _)| format!(", {name}")).collect();
    Ok((dimensions, names))
}

/// `dynamic([0,1,...])`: how many bins a row counts in after its own.
pub(super) fn offsets(planner: &Planner<'_>, call: &Invocation<'_>, window: Typed, bin: Typed) -> Result<Typed> {
    let bins = planner.apply("/", vec![window, bin], call.span)?;
    let bins = planner.apply("tolong", vec![bins], call.span)?;
    match bins.as_long() {
        Some(bins @ 1..=MAX_BINS) => offsets_of(bins, call),
        Some(1..) => fault(codes::TOO_LARGE, format!("a window has more than {MAX_BINS} bins"), call.span),
        _ => fault(codes::ARGUMENT_VALUE, "a window must be at least as long as a bin", call.span),
    }
}

/// `dynamic([0,1,...])` of `bins` numbers.
pub(super) fn offsets_of(bins: i64, call: &Invocation<'_>) -> Result<Typed> {
    if !(1..=MAX_BINS).contains(&bins) {
        return fault(codes::ARGUMENT_VALUE, format!("a window has 1 to {MAX_BINS} bins"), call.span);
    }
    let numbers: Vec<String> = (0..bins).map(|number| number.to_string()).collect();
    let text = format!("[{}]", numbers.join(","));
    Ok(Typed::constant(datafusion::common::ScalarValue::Utf8View(Some(text)), Type::Dynamic))
}
