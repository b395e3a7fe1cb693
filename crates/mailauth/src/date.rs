//! Moments as headers write them: RFC 5322 sections 3.3 and 4.3 with the zones of old, and what hosts write instead.

/// Microseconds of a second.
pub(crate) const SECOND: i64 = 1_000_000;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The moment that a text names, in microseconds since 1970. Comments, the day of the week and what follows the zone do not matter; a zone that is
/// not known, or missing, is UTC (RFC 5322 section 4.3). Also read: `2026-11-21 04:00:00.5 +0000`. `None` if it is no moment.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let plain = without_comments(text);
    let mut words = plain.split([' ', '\t', ',', '\r', '\n']).filter(|word| !word.is_empty()).peekable();
    let first = *words.peek()?;
    let (year, month, day) = if let Some(date) = iso_date(first) {
        words.next();
        date
    } else {
        if first.starts_with(|c: char| c.is_ascii_alphabetic()) {
            words.next();
        }
        day_month_year(&mut words)?
    };
    let micros = time(words.next()?)?;
    let zone = words.next().map_or(0, zone);
    let days = days_since_1970(year, month, day)?;
    Some(days * 86_400 * SECOND + micros - zone * SECOND)
}

/// The moment in seconds since 1970.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    moment(text).map(|micros| micros.div_euclid(SECOND))
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    let keep = |c: &char| {
        depth += usize::from(*c == '(');
        let inside = depth > 0;
        depth = depth.saturating_sub(usize::from(*c == ')'));
        !inside
    };
    // A date is short: whatever is long is something else.
    text.chars().take(200).filter(keep).collect()
}

fn iso_date(word: &str) -> Option<(i64, u32, u32)> {
    let mut parts = word.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    Some((number(year)?, u32::try_from(number(month)?).ok()?, u32::try_from(number(day)?).ok()?))
}

fn day_month_year<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<(i64, u32, u32)> {
    let first = words.next()?;
    // `21-Nov-2026`, as some write it.
    let mut joined = first.split('-');
    let (day, month, year) = match (joined.next(), joined.next(), joined.next()) {
        (Some(day), Some(month), Some(year)) => (day, month, year),
        _ => (first, words.next()?, words.next()?),
    };
    let month = month.get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|known| **known == month)?;
    let written = number(year)?;
    // RFC 5322 section 4.3: years of two and three digits.
    let year = match (year.len(), written) {
        (2, 0..50) => 2000 + written,
        (2 | 3, _) => 1900 + written,
        (4, _) => written,
        _ => return None,
    };
    Some((year, u32::try_from(month).ok()? + 1, u32::try_from(number(day)?).ok()?))
}

/// `hh:mm`, `hh:mm:ss` or with a fraction, in microseconds of a day.
fn time(word: &str) -> Option<i64> {
    let word = word.trim_end_matches('Z');
    let (clock, fraction) = word.split_once('.').unwrap_or((word, ""));
    let mut parts = clock.split(':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let second = parts.next().map_or(Some(0), number)?;
    let valid =
        hour < 24 && minute < 60 && second <= 60 && parts.next().is_none() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    valid.then(|| ((hour * 60 + minute) * 60 + second) * SECOND + digits.parse::<i64>().unwrap_or_default())
}

/// What a zone is ahead of UTC, in seconds.
fn zone(word: &str) -> i64 {
    let signed = |sign: i64, digits: &str| {
        let digits: String = digits.chars().filter(|c| *c != ':').collect();
        let value = digits.get(..4).filter(|_| digits.len() == 4).and_then(number).unwrap_or_default();
        sign * ((value / 100) * 3600 + (value % 100) * 60)
    };
    if let Some(digits) = word.strip_prefix('+') {
        return signed(1, digits);
    }
    if let Some(digits) = word.strip_prefix('-') {
        return signed(-1, digits);
    }
    let hours = match word.to_ascii_uppercase().as_str() {
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => 0,
    };
    hours * 3600
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Days since 1970 of a date of the Gregorian calendar; `None` if there is none such.
fn days_since_1970(year: i64, month: u32, day: u32) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March have their odd day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * i64::from(month) + 2) / 5 + i64::from(day) - 1;
    Some(year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::{moment, seconds};

    /// 21 November 2026, 04:00:00 UTC.
    const NOON: i64 = 1_795_233_600;

    #[test]
    fn a_moment_is_read_in_every_usual_form() {
        let cases = [
            "Sat, 21 Nov 2026 04:00:00 +0000",
            "Sat, 21 Nov 2026 04:00:00 +0000 (UTC)",
            "Sat, 21 Nov 2026 05:30:00 +0130",
            "Fri, 20 Nov 2026 23:00:00 -0500 (EST)",
            "21 Nov 2026 04:00:00 GMT",
            "21 Nov 26 04:00 UT",
            "Fri, 20 Nov 2026 23:00:00 EST",
            "Fri, 20 Nov 2026 20:00:00 PST",
            "21-Nov-2026 04:00:00 Z",
            "Sat (a day), 21 November 2026 (a comment (in one)) 04:00:00",
            "2026-11-21 04:00:00.0 +0000 UTC m=+12.5",
            "Sat,21 Nov 2026 04:00:00 +00:00",
        ];
        for text in cases {
            assert_eq!(seconds(text), Some(NOON), "{text}");
        }
        assert_eq!(moment("21 Nov 2026 04:00:00.1234 (UTC)"), Some(NOON * 1_000_000 + 123_400));
        assert_eq!(seconds("Thu, 1 Jan 1970 00:00:00 +0000"), Some(0));
        assert_eq!(seconds("29 Feb 2024 00:00:00 +0000"), Some(1_709_164_800));
        assert_eq!(seconds("31 Dec 1969 23:59:59 +0000"), Some(-1));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "yesterday",
            "32 Nov 2026 00:00:00",
            "29 Feb 2025 00:00:00",
            "21 Nov 2026",
            "21 Nov 2026 25:00:00",
            "a b c d",
            "1 2 3 4",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
        assert_eq!(moment("é é é é é"), None);
    }
}
