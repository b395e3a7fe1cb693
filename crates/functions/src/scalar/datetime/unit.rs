//! The periods that `datetime_diff` and `datetime_add` take by name.

use schema::text::{
    datetime::TICKS_PER_MICROSECOND,
    timespan::{TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MILLISECOND, TICKS_PER_MINUTE, TICKS_PER_SECOND},
};

use crate::{Call, CallError};

/// A period of the calendar or the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    /// A day or less: so many ticks.
    Span(i64),
    /// Less than a tick.
    Nanosecond,
}

impl Unit {
    /// The unit of a name, in any case.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "year" => Self::Year,
            "quarter" => Self::Quarter,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Span(TICKS_PER_DAY),
            "hour" => Self::Span(TICKS_PER_HOUR),
            "minute" => Self::Span(TICKS_PER_MINUTE),
            "second" => Self::Span(TICKS_PER_SECOND),
            "millisecond" => Self::Span(TICKS_PER_MILLISECOND),
            "microsecond" => Self::Span(TICKS_PER_MICROSECOND),
            "nanosecond" => Self::Nanosecond,
            _ => return None,
        })
    }

    /// The unit that the first argument, a constant text, names.
    pub(super) fn of_constant(function: &'static str, call: &Call) -> Result<Self, CallError> {
        let name = call.args.first().and_then(crate::Typed::as_text).unwrap_or_default();
        Self::parse(name).ok_or_else(|| CallError::ArgumentValue {
            function,
            position: 1,
            parameter: "period",
            problem: "must be year, quarter, month, week, day, hour, minute, second, millisecond, microsecond or nanosecond"
                .to_owned(),
        })
    }
}
