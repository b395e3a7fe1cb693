//! Moments as text, for tables and for people. Microseconds since 1970 in UTC; what Microsoft writes is read by [`tenant::moment`].

use chrono::{DateTime, SecondsFormat, Utc};

/// A moment as `2026-11-20T23:00:00.000000Z`; nothing where it is outside what dates can say.
pub(crate) fn write(moment: i64) -> String {
    date(moment).map(|moment| moment.to_rfc3339_opts(SecondsFormat::Micros, true)).unwrap_or_default()
}

/// A moment for people, to the minute: `2026-11-20 23:00 UTC`.
pub(crate) fn minute(moment: i64) -> String {
    date(moment).map(|moment| moment.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
}

/// The day of a moment: `2026-11-20`.
pub(crate) fn day(moment: i64) -> String {
    date(moment).map(|moment| moment.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

fn date(moment: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(moment)
}

#[cfg(test)]
mod tests {
    use super::{day, minute, write};

    #[test]
    fn moments_are_written_for_tables_and_for_people() {
        let noon = 1_774_958_400_000_000;
        assert_eq!(write(noon), "2026-03-31T12:00:00.000000Z");
        assert_eq!(minute(noon), "2026-03-31 12:00 UTC");
        assert_eq!(day(noon), "2026-03-31");
        assert_eq!(write(i64::MAX), "");
    }
}
