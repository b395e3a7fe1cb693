//! Moments as Elasticsearch writes them: dates with parts left out, milliseconds since 1970, and date math.
//!
//! Authority: <https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/mapping-date-format>, format
//! `strict_date_optional_time||epoch_millis`, and
//! <https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options> for date math. All in UTC.

use schema::text::datetime::{self, add_months, from_civil, start_of_day, start_of_month, start_of_year, weekday};

const SECOND: i64 = 10_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// How much Elasticsearch can tell apart. The last moment of a rounded stretch is so much before the next one.
const MILLISECOND: i64 = 10_000;

/// Which end of a stretch a text that leaves parts out stands for, such as a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Its beginning.
    Down,
    /// Its last millisecond.
    Up,
}

/// The moment, in ticks, that a text stands for when it is `now` in ticks: `now-1d/d`, `2026-11-20||+1M`, `2026-11-20T10:00Z`,
/// `1763632800000`. `None` if it stands for none.
#[must_use]
pub fn moment(text: &str, now: i64, round: Round) -> Option<i64> {
    let text = text.trim();
    if let Some(math) = text.strip_prefix("now") {
        return calculated(now, math, round);
    }
    match text.split_once("||") {
        Some((anchor, math)) => calculated(absolute(anchor, Round::Down)?, math, round),
        None => absolute(text, round),
    }
}

/// The moment that a value of a document stands for: no date math.
pub(crate) fn stored(text: &str) -> Option<i64> {
    absolute(text.trim(), Round::Down)
}

/// `+1M-2h/d` applied to a moment, left to right.
fn calculated(from: i64, math: &str, round: Round) -> Option<i64> {
    let mut at = from;
    let mut rest = math;
    while let Some(operator) = rest.chars().next() {
        rest = &rest[operator.len_utf8()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest.get(..digits)?;
        let unit = rest.get(digits..)?.chars().next()?;
        rest = rest.get(digits + unit.len_utf8()..)?;
        let count: i64 = if number.is_empty() { 1 } else { number.parse().ok()? };
        at = match operator {
            '+' => moved(at, count, unit)?,
            '-' => moved(at, count.checked_neg()?, unit)?,
            '/' if number.is_empty() => rounded(at, unit, round)?,
            _ => return None,
        };
    }
    datetime::in_range(at).then_some(at)
}

fn moved(at: i64, count: i64, unit: char) -> Option<i64> {
    let length = match unit {
        'y' => return add_months(at, count.checked_mul(12)?),
        'M' => return add_months(at, count),
        'w' => 7 * DAY,
        'd' => DAY,
        'h' | 'H' => HOUR,
        'm' => MINUTE,
        's' => SECOND,
        _ => return None,
    };
    at.checked_add(count.checked_mul(length)?).filter(|&moved| datetime::in_range(moved))
}

/// The first or last moment of the unit that holds a moment. Weeks begin on Monday.
fn rounded(at: i64, unit: char, round: Round) -> Option<i64> {
    let start = match unit {
        'y' => start_of_year(at),
        'M' => start_of_month(at),
        'w' => start_of_day(at) - (weekday(at) + 6) % 7 * DAY,
        'd' => start_of_day(at),
        'h' | 'H' => at - at.rem_euclid(HOUR),
        'm' => at - at.rem_euclid(MINUTE),
        's' => at - at.rem_euclid(SECOND),
        _ => return None,
    };
    match round {
        Round::Down => Some(start.max(0)),
        Round::Up => moved(start, 1, unit).map(|next| next - MILLISECOND),
    }
}

/// A date, or milliseconds since 1970. Months and days left out are the first ones; of a time left out it is the end that
/// `round` says.
fn absolute(text: &str, round: Round) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() != 4 && !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let millis: i64 = text.parse().ok()?;
        return datetime::from_unix_micros(millis.checked_mul(1000)?);
    }
    let (date, time) = text.split_once('T').map_or((text, ""), |(date, time)| (date, time));
    let mut parts = date.split('-');
    let year = whole(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |text| whole(text, 2))?;
    let day = parts.next().map_or(Some(1), |text| whole(text, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let (time, zone) = zone(time)?;
    let (clock, fraction) = match time.split_once(['.', ',']) {
        Some((clock, digits)) => (clock, Some(fraction(digits)?)),
        None => (time, None),
    };
    let mut clock = clock.split(':').filter(|part| !part.is_empty()).map(|part| whole(part, 2));
    let mut next = |largest: i64| match clock.next() {
        Some(value) => value,
        None => Some(if round == Round::Up { largest } else { 0 }),
    };
    let (hour, minute, second) = (next(23)?, next(59)?, next(59)?);
    if clock.next().is_some() {
        return None;
    }
    let ticks = fraction.unwrap_or(if round == Round::Up { SECOND - MILLISECOND } else { 0 });
    let local = from_civil(year, month, day, hour, minute, second, ticks)?;
    local.checked_sub(zone).filter(|&ticks| datetime::in_range(ticks))
}

/// Exactly so many digits.
fn whole(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|digit| digit.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Up to nine digits of a second, in ticks.
fn fraction(digits: &str) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").get(..7)?.parse().ok()
}

/// A time without its zone, and the zone's offset in ticks.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (time, offset) = time.split_at(at);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let offset = offset.get(1..)?;
    let (hours, minutes) = match offset.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if offset.len() == 4 => offset.split_at(2),
        None => (offset, "00"),
    };
    Some((time, sign * (whole(hours, 2)? * HOUR + whole(minutes, 2)? * MINUTE)))
}

#[cfg(test)]
mod tests {
    use schema::text::datetime;

    use super::{Round, moment};

    fn shown(text: &str, round: Round) -> String {
        let now = datetime::parse("2026-11-18T13:45:30.5Z").unwrap_or_default();
        let mut out = String::new();
        match moment(text, now, round) {
            Some(ticks) => datetime::write(ticks, &mut out),
            None => out.push_str("none"),
        }
        out
    }

    #[test]
    fn moments_are_read_and_rounded() {
        let table = [
            ("now", "2026-11-18T13:45:30.5000000Z", "2026-11-18T13:45:30.5000000Z"),
            ("now-9m", "2026-11-18T13:36:30.5000000Z", "2026-11-18T13:36:30.5000000Z"),
            ("now-1d/d", "2026-11-17T00:00:00.0000000Z", "2026-11-17T23:59:59.9990000Z"),
            ("now/w", "2026-11-16T00:00:00.0000000Z", "2026-11-22T23:59:59.9990000Z"),
            ("now+1M/M", "2026-12-01T00:00:00.0000000Z", "2026-12-31T23:59:59.9990000Z"),
            ("2026-11-20||+1y", "2027-11-20T00:00:00.0000000Z", "2027-11-20T00:00:00.0000000Z"),
            ("2026-11-20", "2026-11-20T00:00:00.0000000Z", "2026-11-20T23:59:59.9990000Z"),
            ("2026-11", "2026-11-01T00:00:00.0000000Z", "2026-11-01T23:59:59.9990000Z"),
            ("2026-11-20T10", "2026-11-20T10:00:00.0000000Z", "2026-11-20T10:59:59.9990000Z"),
            ("2026-11-20T10:30:15.25+02:00", "2026-11-20T08:30:15.2500000Z", "2026-11-20T08:30:15.2500000Z"),
            ("1763632800000", "2025-11-20T10:00:00.0000000Z", "2025-11-20T10:00:00.0000000Z"),
        ];
        for (text, down, up) in table {
            assert_eq!((shown(text, Round::Down), shown(text, Round::Up)), (down.to_owned(), up.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "yesterday",
            "now-",
            "now-1x",
            "now-1d/",
            "2026-13-01",
            "2026-11-20T25:00",
            "20-11-2026",
            "now99999999999y",
            "2026-11-20T10:00:00:00",
        ] {
            assert_eq!(shown(text, Round::Down), "none", "{text}");
        }
    }
}
