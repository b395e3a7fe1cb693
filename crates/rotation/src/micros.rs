//! Moments: microseconds since 1970 in UTC, everywhere in this crate. They are inputs; nothing here reads a clock.

use chrono::{DateTime, Datelike, Utc};

/// A second.
pub(crate) const SECOND: i64 = 1_000_000;

/// A day.
pub(crate) const DAY: i64 = 86_400 * SECOND;

/// So many days, without ever wrapping.
pub(crate) fn days(count: u32) -> i64 {
    i64::from(count).saturating_mul(DAY)
}

/// So many seconds.
pub(crate) fn seconds(count: u32) -> i64 {
    i64::from(count).saturating_mul(SECOND)
}

/// As people read it, such as `2026-11-21 21:40 UTC`.
pub(crate) fn shown(moment: i64) -> String {
    match DateTime::<Utc>::from_timestamp_micros(moment) {
        Some(time) => time.format("%Y-%m-%d %H:%M UTC").to_string(),
        None => format!("{moment} microseconds since 1970"),
    }
}

/// As names of files have it, such as `20261121T214003Z`.
pub(crate) fn compact(moment: i64) -> String {
    match DateTime::<Utc>::from_timestamp_micros(moment) {
        Some(time) => time.format("%Y%m%dT%H%M%SZ").to_string(),
        None => moment.to_string(),
    }
}

/// Year, month and day; `None` outside of what calendars have.
pub(crate) fn date(moment: i64) -> Option<(i32, u32, u32)> {
    let time = DateTime::<Utc>::from_timestamp_micros(moment)?;
    Some((time.year(), time.month(), time.day()))
}

/// A span in words, such as `26 hours` or `9 days`.
pub(crate) fn span(micros: i64) -> String {
    let minutes = micros.max(0) / (60 * SECOND);
    match minutes {
        0..120 => format!("{minutes} minutes"),
        120..2_880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, SECOND, compact, date, shown, span};

    #[test]
    fn moments_in_words() {
        let moment = 1_795_297_203 * SECOND;
        assert_eq!(shown(moment), "2026-11-21 21:40 UTC");
        assert_eq!(compact(moment), "20261121T214003Z");
        assert_eq!(date(moment), Some((2026, 11, 21)));
        assert_eq!(date(i64::MAX), None);
        assert_eq!([span(-1), span(26 * 3600 * SECOND), span(9 * DAY)], ["0 minutes", "26 hours", "9 days"]);
    }
}
