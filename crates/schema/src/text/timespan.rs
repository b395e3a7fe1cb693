//! `timespan` as text and as ticks.
//!
//! Source: Microsoft's reference, pages `scalar-data-types/timespan` and `totimespan-function`; .NET, "Standard TimeSpan
//! format strings", constant format.

use std::fmt::Write as _;

/// Ticks in a millisecond.
pub const TICKS_PER_MILLISECOND: i64 = 10_000;
/// Ticks in a second.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
/// Ticks in a minute.
pub const TICKS_PER_MINUTE: i64 = 60 * TICKS_PER_SECOND;
/// Ticks in an hour.
pub const TICKS_PER_HOUR: i64 = 60 * TICKS_PER_MINUTE;
/// Ticks in a day.
pub const TICKS_PER_DAY: i64 = 24 * TICKS_PER_HOUR;

/// Appends the constant format: `[-][d.]hh:mm:ss[.fffffff]`, seven fraction digits or none.
pub fn write(ticks: i64, out: &mut String) {
    const SECOND: u64 = TICKS_PER_SECOND.unsigned_abs();
    if ticks < 0 {
        out.push('-');
    }
    let (seconds, fraction) = (ticks.unsigned_abs() / SECOND, ticks.unsigned_abs() % SECOND);
    let (days, hour, minute, second) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    // Writing to a String cannot fail.
    if days > 0 {
        let _ = write!(out, "{days}.");
    }
    let _ = write!(out, "{hour:02}:{minute:02}:{second:02}");
    if fraction > 0 {
        let _ = write!(out, ".{fraction:07}");
    }
}

/// What `totimespan(text)` and `timespan(text)` give, in ticks: `1.02:03:04.5`, `hh:mm`, a number with a unit (`90m`,
/// `15 seconds`), or a bare whole number of days. `None` stands for null.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let ticks = if text.contains(':') {
        clock(text)?
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse::<i128>().ok()?.checked_mul(i128::from(TICKS_PER_DAY))?
    } else {
        quantity(text)?
    };
    i64::try_from(if negative { -ticks } else { ticks }).ok()
}

/// The ticks of a literal in a query: an unsigned number directly followed by a unit, `2d`, `1.5h`, `100ms`.
#[must_use]
pub fn parse_literal(text: &str) -> Option<i64> {
    if text.contains(char::is_whitespace) {
        return None;
    }
    i64::try_from(quantity(text)?).ok()
}

/// A number and a unit, blanks between them allowed.
fn quantity(text: &str) -> Option<i128> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(end);
    let nanoseconds = nanoseconds(unit.trim_start())?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let fraction = &fraction[..fraction.len().min(18)];
    let scale = 10i128.pow(u32::try_from(fraction.len()).ok()?);
    let digits: i128 = format!("0{whole}{fraction}").parse().ok()?;
    Some(digits.checked_mul(nanoseconds)? / (100 * scale))
}

/// Nanoseconds in a unit; the spellings the language's literals take.
fn nanoseconds(unit: &str) -> Option<i128> {
    Some(match unit {
        "d" | "day" | "days" => 86_400_000_000_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000_000_000,
        "m" | "min" | "minute" | "minutes" => 60_000_000_000,
        "s" | "sec" | "second" | "seconds" => 1_000_000_000,
        "ms" | "milli" | "millis" | "millisec" | "millisecond" | "milliseconds" => 1_000_000,
        "micro" | "micros" | "microsec" | "microsecond" | "microseconds" => 1000,
        "tick" | "ticks" => 100,
        "nano" | "nanos" | "nanosec" | "nanosecond" | "nanoseconds" => 1,
        _ => return None,
    })
}

/// `[d.]hh:mm[:ss[.f]]` or `d:hh:mm:ss[.f]`; hours, minutes and seconds in their ranges, as .NET demands.
fn clock(text: &str) -> Option<i128> {
    let parts: Vec<&str> = text.split(':').collect();
    let (head, minute, second) = match parts.as_slice() {
        [head, minute] => ((*head).to_owned(), *minute, "0"),
        [head, minute, second] => ((*head).to_owned(), *minute, *second),
        [days, hour, minute, second] if !days.contains('.') => (format!("{days}.{hour}"), *minute, *second),
        _ => return None,
    };
    let (days, hour) = head.split_once('.').unwrap_or(("0", &head));
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let fraction = fraction.get(..7).unwrap_or(fraction);
    let padding = 10i128.pow(7u32.saturating_sub(u32::try_from(fraction.len()).ok()?));
    let seconds = digits(days, 99_999_999)? * 86_400 + digits(hour, 23)? * 3600 + digits(minute, 59)? * 60 + digits(second, 59)?;
    Some(seconds * i128::from(TICKS_PER_SECOND) + digits(fraction, 9_999_999)? * padding)
}

/// A run of digits no greater than `most`.
fn digits(text: &str, most: i128) -> Option<i128> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|&value| value <= most)
}

#[cfg(test)]
mod tests {
    use super::{TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND, parse, parse_literal, write};

    fn text(ticks: i64) -> String {
        let mut out = String::new();
        write(ticks, &mut out);
        out
    }

    #[test]
    fn the_constant_format_is_written_and_read_back() {
        let table = [
            (0, "00:00:00"),
            (1, "00:00:00.0000001"),
            (2 * TICKS_PER_SECOND, "00:00:02"),
            (-12 * TICKS_PER_HOUR, "-12:00:00"),
            (TICKS_PER_DAY, "1.00:00:00"),
            (TICKS_PER_DAY + 2 * TICKS_PER_HOUR + 3 * TICKS_PER_MINUTE + 45_000_000, "1.02:03:04.5000000"),
            (i64::MAX, "10675199.02:48:05.4775807"),
            (i64::MIN, "-10675199.02:48:05.4775808"),
        ];
        for (ticks, expected) in table {
            assert_eq!(text(ticks), expected);
            assert_eq!(parse(expected), Some(ticks), "{expected}");
        }
    }

    #[test]
    fn totimespan_reads_clock_forms_and_quantities() {
        let table = [
            ("1.02:03:04.5", "1.02:03:04.5000000"),
            ("1:02:03:04", "1.02:03:04"),
            ("1.02:03", "1.02:03:00"),
            ("12:30", "12:30:00"),
            ("0:05", "00:05:00"),
            (" 01:02:03 ", "01:02:03"),
            ("-00:00:10", "-00:00:10"),
            ("00:00:00.123456789", "00:00:00.1234567"),
            ("2", "2.00:00:00"),
            ("2d", "2.00:00:00"),
            ("1.5h", "01:30:00"),
            ("90m", "01:30:00"),
            ("10s", "00:00:10"),
            ("-10s", "-00:00:10"),
            ("100ms", "00:00:00.1000000"),
            ("10microsecond", "00:00:00.0000100"),
            ("10micros", "00:00:00.0000100"),
            ("1tick", "00:00:00.0000001"),
            ("150nanoseconds", "00:00:00.0000001"),
            ("15 seconds", "00:00:15"),
            ("0.1d", "02:24:00"),
        ];
        for (input, expected) in table {
            assert_eq!(parse(input).map(text).as_deref(), Some(expected), "{input:?}");
        }
    }

    #[test]
    fn anything_else_is_null() {
        for input in [
            "",
            "-",
            ":",
            "24:00:00",
            "00:60:00",
            "1.5",
            "1x",
            "d",
            ".d",
            "1.2.3h",
            "1:2:3:4:5",
            "1.2:3:4:5",
            "99999999999d",
            "1e3s",
            "1D",
            "1m2s",
        ] {
            assert_eq!(parse(input), None, "{input:?}");
        }
    }

    #[test]
    fn a_literal_is_a_number_with_its_unit_and_nothing_else() {
        for (literal, expected) in [
            ("1d", TICKS_PER_DAY),
            ("1day", TICKS_PER_DAY),
            ("3hrs", 3 * TICKS_PER_HOUR),
            ("1.5min", 90 * TICKS_PER_SECOND),
            ("7ticks", 7),
        ] {
            assert_eq!(parse_literal(literal), Some(expected), "{literal}");
        }
        for other in ["1", "1 d", "-1d", "00:00:01", ""] {
            assert_eq!(parse_literal(other), None, "{other:?}");
        }
    }
}
