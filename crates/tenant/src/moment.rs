//! Moments, as the interfaces write them: ISO 8601 with or without a fraction and a zone, and the dates of HTTP headers.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, SecondsFormat};

/// A moment, in microseconds since 1970 (UTC), as everywhere in this program.
pub type Moment = i64;

/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds of an hour.
pub const HOUR: i64 = 3600 * SECOND;
/// Microseconds of a day.
pub const DAY: i64 = 24 * HOUR;

/// Reads ISO 8601 (`2026-11-21T04:00:00.1234567Z`); without a zone it is UTC, as Microsoft's audit records have it. What is before 1970 is
/// nothing: .NET writes the year 1 where there is no date.
#[must_use]
pub fn parse(text: &str) -> Option<Moment> {
    let text = text.trim();
    let moment = match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => moment.timestamp_micros(),
        Err(_) => NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?.and_utc().timestamp_micros(),
    };
    (moment >= 0).then_some(moment)
}

/// Reads the date of an HTTP header (RFC 9110 section 5.6.7, the form that senders must use).
#[must_use]
pub fn http_date(text: &str) -> Option<Moment> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|moment| moment.timestamp_micros())
}

/// ISO 8601 to the microsecond: `2026-11-21T04:00:00.123456Z`. A moment that no calendar has is written as the number it is.
#[must_use]
pub fn iso(moment: Moment) -> String {
    DateTime::from_timestamp_micros(moment)
        .map_or_else(|| moment.to_string(), |moment| moment.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// ISO 8601 to the second, without a zone: `2026-11-21T04:00:00`, the form that the Management Activity API asks for. What is past the
/// second is cut off.
#[must_use]
pub fn seconds(moment: Moment) -> String {
    DateTime::from_timestamp_micros(moment)
        .map_or_else(|| moment.to_string(), |moment| moment.format("%Y-%m-%dT%H:%M:%S").to_string())
}

/// A span in microseconds.
#[must_use]
pub fn span(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// From one moment to a later one; nothing if it is not later.
#[must_use]
pub fn between(earlier: Moment, later: Moment) -> Duration {
    Duration::from_micros(u64::try_from(later.saturating_sub(earlier)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: Moment = 1_795_233_600 * SECOND;

    #[test]
    fn the_forms_that_interfaces_write_are_read() {
        assert_eq!(parse("2026-11-21T04:00:00Z"), Some(FOUR));
        assert_eq!(parse("2026-11-21T04:00:00"), Some(FOUR));
        assert_eq!(parse("2026-11-21T05:00:00+01:00"), Some(FOUR));
        assert_eq!(parse("2026-11-21T04:00:00.1234567Z"), Some(FOUR + 123_456));
        assert_eq!(http_date("Sat, 21 Nov 2026 04:00:00 GMT"), Some(FOUR));
    }

    #[test]
    fn no_date_is_nothing() {
        assert_eq!(parse("0001-01-01T00:00:00"), None);
        assert_eq!(parse("soon"), None);
        assert_eq!(http_date("120"), None);
    }

    #[test]
    fn written_as_they_are_asked_for() {
        assert_eq!(iso(FOUR + 5), "2026-11-21T04:00:00.000005Z");
        assert_eq!(seconds(FOUR + 999_999), "2026-11-21T04:00:00");
        assert_eq!(iso(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn spans_are_never_negative() {
        assert_eq!(between(0, SECOND), Duration::from_secs(1));
        assert_eq!(between(SECOND, 0), Duration::ZERO);
        assert_eq!(span(Duration::MAX), i64::MAX);
    }
}
