//! Moments as text: RFC 3339, as Microsoft's interfaces and our tables write them. Microseconds since 1970 in UTC.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

/// Microseconds of a day.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// A moment from its text; one without a zone is in UTC, as Exchange Online writes them.
pub(crate) fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.timestamp_micros());
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|moment| moment.and_utc().timestamp_micros())
}

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
    use super::{day, minute, read, write};

    #[test]
    fn moments_are_read_in_the_forms_they_come_in() {
        let noon = Some(1_774_958_400_000_000);
        assert_eq!(read("2026-03-31T12:00:00Z"), noon);
        assert_eq!(read("2026-03-31T14:00:00+02:00"), noon);
        assert_eq!(read("2026-03-31T12:00:00.0000000"), noon);
        assert_eq!(read("31.03.2026"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn moments_are_written_for_tables_and_for_people() {
        let noon = 1_774_958_400_000_000;
        assert_eq!(write(noon), "2026-03-31T12:00:00.000000Z");
        assert_eq!(minute(noon), "2026-03-31 12:00 UTC");
        assert_eq!(day(noon), "2026-03-31");
        assert_eq!(write(i64::MAX), "");
    }
}
