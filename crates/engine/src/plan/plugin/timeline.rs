//! What plugins over a timeline share: windows that begin at the start of the analysis or with the calendar, dimensions.

use functions::Typed;
use kql::ast::Expr;
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
    dimensions_of(call, call.rest(from))
}

/// The same, of given arguments.
pub(super) fn dimensions_of<'a>(call: &'a Invocation<'_>, given: &[&Expr]) -> Result<(Vec<(String, &'a Column)>, String)> {
    let mut dimensions = Vec::new();
    for (position, expr) in given.iter().enumerate() {
        dimensions.push((format!("d{position}"), call.column(expr)?));
    }
    let names = dimensions.iter().map(|(name, _)| format!(", {name}")).collect();
    Ok((dimensions, names))
}

/// How a timeline is cut into windows. The queries of plugins call the step `Step` and the bounds `First` and `Last`.
#[derive(Debug, Clone)]
pub(super) enum Windows {
    /// Of one length, from `First` on.
    Even(Typed),
    /// Weeks, months or years.
    Calendar(&'static str),
}

impl Windows {
    /// The step that a call gives at the place of an argument: a length, or the name of a unit of the calendar.
    pub(super) fn of(planner: &Planner<'_>, call: &Invocation<'_>, position: usize) -> Result<Self> {
        let step = constant(planner, call, position)?;
        if step.ty != Type::String {
            return Ok(Self::Even(step));
        }
        let word = step.as_constant().and_then(|word| word.try_as_str().flatten().map(str::to_lowercase));
        match ["week", "month", "year"].into_iter().find(|unit| word.as_deref() == Some(unit)) {
            Some(unit) => Ok(Self::Calendar(unit)),
            None => {
                let message = "a step is a length, or one of the texts week, month and year";
                fault(codes::ARGUMENT_VALUE, message, call.required(position)?.span)
            }
        }
    }

    /// What `Step` stands for.
    pub(super) fn step(&self) -> Typed {
        match self {
            Self::Even(step) => step.clone(),
            Self::Calendar(_) => Typed::constant(functions::null_of(Type::Timespan), Type::Timespan),
        }
    }

    /// The start of the window in which a moment lies, as an expression.
    pub(super) fn start(&self, moment: &str) -> String {
        match self {
            Self::Even(_) => format!("bin_at({moment}, Step, First)"),
            Self::Calendar(unit) => format!("startof{unit}({moment})"),
        }
    }

    /// The start of the window that follows the one which begins at a moment.
    pub(super) fn next(&self, start: &str) -> String {
        match self {
            Self::Even(_) => format!("{start} + Step"),
            Self::Calendar(unit) => format!("startof{unit}({start}, 1)"),
        }
    }

    /// A query that gives the start of every window from `First` to `Last` in a column.
    pub(super) fn all(&self, column: &str) -> String {
        match self {
            Self::Even(_) => format!("range {column} from First to Last step Step"),
            Self::Calendar(unit) => format!(
                "range number from 0 to datetime_diff('{unit}', Last, First) step 1
                | project {column} = startof{unit}(First, toint(number))"
            ),
        }
    }
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

/// A sequence of states may have this many.
const MAX_STATES: usize = 100;

/// The constant array of states at the place of an argument, and how many it has.
pub(super) fn states(planner: &Planner<'_>, call: &Invocation<'_>, position: usize) -> Result<(Typed, usize)> {
    let sequence = planner.converted(constant(planner, call, position)?, Type::Dynamic, call.span)?;
    let length = planner.apply("array_length", vec![sequence.clone()], call.span)?.as_long();
    match length.and_then(|length| usize::try_from(length).ok()) {
        Some(length @ 1..=MAX_STATES) => Ok((sequence, length)),
        _ => fault(
            codes::ARGUMENT_VALUE,
            format!("a sequence is an array of 1 to {MAX_STATES} states"),
            call.required(position)?.span,
        ),
    }
}
