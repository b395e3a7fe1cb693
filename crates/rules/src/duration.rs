//! Lengths of time as rules write them: `5m`, `1d`, `PT1H`, `01:30:00`, and Elastic's `now-30m`.
//!
//! Authorities: ISO 8601 durations (Sentinel's exports), the short forms of Sentinel's repository and of Microsoft Graph's
//! `schedule.period`, Elasticsearch's date math. Pure.

use crate::model::Micros;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;
const HOUR: Micros = 60 * MINUTE;
const DAY: Micros = 24 * HOUR;
const WEEK: Micros = 7 * DAY;
/// Ticks of 100 ns in a microsecond.
const TICKS: i64 = 10;

/// Reads a length of time; `None` for anything else, also for one below zero or beyond what 64 bits hold.
///
/// Upper and lower case are the same: Graph writes `12H`, Sentinel `12h`. Months and years have no fixed length and are refused.
#[must_use]
pub(crate) fn parse(text: &str) -> Option<Micros> {
    let text = text.trim();
    if text.contains(':') {
        let ticks = schema::text::timespan::parse(text)?;
        return (ticks >= 0).then_some(ticks / TICKS);
    }
    match text.strip_prefix(['P', 'p']) {
        Some(rest) => iso(rest),
        None => sum(text),
    }
}

/// Reads a moment before now, such as `now-30m`, as the time from it to now: below zero for a later one.
///
/// `None` for what has no fixed distance from now: rounding (`now/d`), months, years.
#[must_use]
pub(crate) fn before_now(text: &str) -> Option<Micros> {
    let mut rest = text.trim().strip_prefix("now")?;
    let mut total: Micros = 0;
    while !rest.is_empty() {
        let (sign, after) = match rest.split_at_checked(1)? {
            ("-", after) => (1, after),
            ("+", after) => (-1, after),
            _ => return None,
        };
        let end = after.find(['-', '+']).unwrap_or(after.len());
        let (term, next) = after.split_at(end);
        // In date math `M` is the month.
        if term.ends_with('M') {
            return None;
        }
        total = total.checked_add(sum(term)?.checked_mul(sign)?)?;
        rest = next;
    }
    Some(total)
}

/// `1d12h` and the like: numbers, each with its unit.
fn sum(text: &str) -> Option<Micros> {
    let mut total: Micros = 0;
    let mut rest = text;
    loop {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let count: Micros = rest[..digits].parse().ok()?;
        let after = &rest[digits..];
        let letters = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(letters);
        total = total.checked_add(count.checked_mul(unit_of(unit)?)?)?;
        if next.is_empty() {
            return Some(total);
        }
        rest = next;
    }
}

fn unit_of(unit: &str) -> Option<Micros> {
    match unit.trim().to_ascii_lowercase().as_str() {
        "ms" => Some(1_000),
        "s" | "sec" | "second" | "seconds" => Some(SECOND),
        "m" | "min" | "minute" | "minutes" => Some(MINUTE),
        "h" | "hour" | "hours" => Some(HOUR),
        "d" | "day" | "days" => Some(DAY),
        "w" | "week" | "weeks" => Some(WEEK),
        _ => None,
    }
}

/// What follows the `P` of an ISO 8601 duration; `M` counts as minutes, and only after the `T`.
fn iso(rest: &str) -> Option<Micros> {
    let upper = rest.to_ascii_uppercase();
    let (days, time) = upper.split_once('T').unwrap_or((&upper, ""));
    if days.contains('M') || days.contains('H') || days.contains('S') || (days.is_empty() && time.is_empty()) {
        return None;
    }
    let part = |text: &str| if text.is_empty() { Some(0) } else { sum(text) };
    part(days)?.checked_add(part(time)?)
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, SECOND, WEEK, before_now, parse};

    #[test]
    fn lengths_of_time_are_read_in_every_form_that_rules_use() {
        for (text, length) in [
            ("5m", 5 * MINUTE),
            ("14d", 14 * DAY),
            ("12H", 12 * HOUR),
            ("30s", 30 * SECOND),
            ("1w", WEEK),
            ("1d12h", 36 * HOUR),
            ("5 min", 5 * MINUTE),
            ("PT1H", HOUR),
            ("P1D", DAY),
            ("P1DT12H30M", 36 * HOUR + 30 * MINUTE),
            ("pt5m", 5 * MINUTE),
            ("P2W", 2 * WEEK),
            ("01:30:00", 90 * MINUTE),
            ("1.00:00:00", DAY),
            ("0m", 0),
        ] {
            assert_eq!(parse(text), Some(length), "{text}");
        }
    }

    #[test]
    fn what_has_no_length_is_refused() {
        for text in [
            "",
            "h",
            "5",
            "5x",
            "P",
            "PT",
            "P1M",
            "P1Y",
            "1.5h",
            "-5m",
            "-01:00:00",
            "99999999999999999999d",
            "9999999999999d",
            "PT1D1",
            "1dT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn date_math_counts_back_from_now() {
        assert_eq!(before_now("now"), Some(0));
        assert_eq!(before_now("now-30m"), Some(30 * MINUTE));
        assert_eq!(before_now("now-7205m"), Some(7205 * MINUTE));
        assert_eq!(before_now("now-1d-2h+30m"), Some(26 * HOUR - 30 * MINUTE));
        assert_eq!(before_now("now+5m"), Some(-5 * MINUTE));
        for text in ["now/d", "now-1d/d", "now-1M", "2026-01-01", "now-", "now5m", "", "nowé"] {
            assert_eq!(before_now(text), None, "{text}");
        }
    }
}
