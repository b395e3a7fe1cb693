//! A part of every day: from 06:00 to 06:15 in a time zone. The clocks of the zone count, summer time included.

use std::fmt;

use chrono::{DateTime, Timelike as _};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Ticks of 100 ns from the year 1 to 1970.
const UNIX_EPOCH: i64 = 621_355_968_000_000_000;

/// From a time of the day to another, the latter not included. One that ends before it begins runs over midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Daily {
    /// Seconds since midnight.
    from: u32,
    /// Seconds since midnight.
    to: u32,
    zone: Tz,
}

/// As files and interfaces have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: String,
    to: String,
    #[serde(default = "utc")]
    time_zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// A part of the day that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DailyError {
    /// A text that is no time of the day.
    Time(String),
    /// A text that is no time zone.
    Zone(String),
    /// It begins when it ends.
    Empty,
}

impl fmt::Display for DailyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(text) => write!(formatter, "`{text}` is no time of the day; write 06:15"),
            Self::Zone(text) => write!(formatter, "`{text}` is no time zone; write Europe/Berlin or UTC"),
            Self::Empty => formatter.write_str("the daily window begins when it ends"),
        }
    }
}

impl std::error::Error for DailyError {}

impl Daily {
    /// From `from` to `to`, such as `06:00` and `06:15`, in a zone such as `Europe/Berlin`.
    ///
    /// # Errors
    ///
    /// When one of the texts is no time or no zone, or both times are the same.
    pub fn new(from: &str, to: &str, zone: &str) -> Result<Self, DailyError> {
        let zone = Tz::from_str_insensitive(zone.trim()).map_err(|_| DailyError::Zone(zone.to_owned()))?;
        let (from, to) = (time(from)?, time(to)?);
        if from == to { Err(DailyError::Empty) } else { Ok(Self { from, to, zone }) }
    }

    /// Whether the moment, as results write it, is in this part of its day.
    pub(super) fn contains(&self, moment: &str) -> bool {
        let ticks = schema::text::datetime::parse(moment);
        let micros = ticks.and_then(|ticks| ticks.checked_sub(UNIX_EPOCH)).map(|ticks| ticks.div_euclid(10));
        let Some(moment) = micros.and_then(DateTime::from_timestamp_micros) else { return false };
        let second = moment.with_timezone(&self.zone).num_seconds_from_midnight();
        if self.from < self.to { (self.from..self.to).contains(&second) } else { second >= self.from || second < self.to }
    }
}

impl fmt::Display for Daily {
    /// `from 06:00 to 06:15 (Europe/Berlin)`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Written { from, to, time_zone } = self.clone().into();
        write!(formatter, "from {from} to {to} ({time_zone})")
    }
}

/// Seconds since midnight of `06:15` or `06:15:30`; `24:00` is the end of the day.
fn time(text: &str) -> Result<u32, DailyError> {
    let wrong = || DailyError::Time(text.to_owned());
    let parts: Vec<u32> = text.trim().split(':').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
    match parts.as_slice() {
        [24, 0] | [24, 0, 0] => Ok(86_400),
        [hour @ 0..24, minute @ 0..60] => Ok(hour * 3_600 + minute * 60),
        [hour @ 0..24, minute @ 0..60, second @ 0..60] => Ok(hour * 3_600 + minute * 60 + second),
        _ => Err(wrong()),
    }
}

impl TryFrom<Written> for Daily {
    type Error = DailyError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        Self::new(&written.from, &written.to, &written.time_zone)
    }
}

impl From<Daily> for Written {
    fn from(daily: Daily) -> Self {
        let clock = |second: u32| match (second / 3_600, second / 60 % 60, second % 60) {
            (hour, minute, 0) => format!("{hour:02}:{minute:02}"),
            (hour, minute, second) => format!("{hour:02}:{minute:02}:{second:02}"),
        };
        Self { from: clock(daily.from), to: clock(daily.to), time_zone: daily.zone.name().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Daily, DailyError};

    #[test]
    fn the_end_is_not_included() -> Result<(), DailyError> {
        let daily = Daily::new("06:00", "06:15", "UTC")?;
        assert!(daily.contains("2026-11-20T06:00:00.0000000Z"));
        assert!(daily.contains("2026-11-20T06:14:59.9999999Z"));
        assert!(!daily.contains("2026-11-20T06:15:00.0000000Z"));
        assert!(!daily.contains("2026-11-20T05:59:59.9999999Z"));
        Ok(())
    }

    #[test]
    fn the_clock_of_the_zone_counts_summer_and_winter() -> Result<(), DailyError> {
        let daily = Daily::new("06:00", "06:15", "europe/berlin")?;
        assert!(daily.contains("2026-01-20T05:05:00Z"), "winter is one hour ahead of UTC");
        assert!(daily.contains("2026-07-20T04:05:00Z"), "summer two");
        assert!(!daily.contains("2026-07-20T06:05:00Z"));
        Ok(())
    }

    #[test]
    fn a_window_may_run_over_midnight() -> Result<(), DailyError> {
        let daily = Daily::new("23:30", "00:30", "UTC")?;
        assert!(daily.contains("2026-11-20T23:45:00Z") && daily.contains("2026-11-20T00:10:00Z"));
        assert!(!daily.contains("2026-11-20T12:00:00Z") && !daily.contains("") && !daily.contains("soon"));
        Ok(())
    }

    #[test]
    fn what_is_no_time_or_zone_is_refused() {
        assert!(matches!(Daily::new("6", "07:00", "UTC"), Err(DailyError::Time(_))));
        assert!(matches!(Daily::new("06:60", "07:00", "UTC"), Err(DailyError::Time(_))));
        assert!(matches!(Daily::new("06:00", "07:00", "Berlin"), Err(DailyError::Zone(_))));
        assert_eq!(Daily::new("06:00", "06:00", "UTC"), Err(DailyError::Empty));
        assert!(Daily::new("00:00", "24:00", "UTC").is_ok_and(|daily| daily.contains("2026-11-20T12:00:00Z")));
    }
}
