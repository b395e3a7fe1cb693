//! Days, hours and dates of a moment, in integers. Moments are microseconds since 1970-01-01T00:00:00Z, as Arrow stores them.
//!
//! Must not know time zones by name: a site's offset is fixed the year round, which is believable enough and the same everywhere.

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub(crate) const DAY: i64 = 24 * HOUR;
/// Kusto's ticks (100 ns since year 1) at 1970-01-01T00:00:00Z.
const EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// The moment of a tick, rounded down to the microsecond.
pub(crate) const fn from_ticks(ticks: i64) -> i64 {
    ticks.saturating_sub(EPOCH_TICKS).div_euclid(10)
}

/// Hour of the day, 0 to 23, `offset` minutes east of UTC.
pub(crate) fn hour(moment: i64, offset: i64) -> usize {
    usize::try_from((moment + offset * MINUTE).rem_euclid(DAY) / HOUR).unwrap_or(0)
}

/// Day of the week, Monday = 0, `offset` minutes east of UTC.
pub(crate) fn weekday(moment: i64, offset: i64) -> u8 {
    // 1970-01-01 was a Thursday.
    u8::try_from(((moment + offset * MINUTE).div_euclid(DAY) + 3).rem_euclid(7)).unwrap_or(0)
}

/// Year, month and day of the month in UTC, of the proleptic Gregorian calendar.
pub(crate) const fn date(moment: i64) -> (i64, i64, i64) {
    // Years are counted from 1 March, so that the leap day ends one: 146,097 days make 400 years.
    let days = moment.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = year_of_era + era * 400 + if month >= 10 { 1 } else { 0 };
    (year, if month < 10 { month + 3 } else { month - 9 }, day)
}

/// The English name of the month.
pub(crate) fn month_name(moment: i64) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(date(moment).1 - 1).ok().and_then(|month| NAMES.get(month)).copied().unwrap_or("")
}

/// The quarter of the year: `Q1` to `Q4`.
pub(crate) const fn quarter_name(moment: i64) -> &'static str {
    match date(moment).1 {
        1..=3 => "Q1",
        4..=6 => "Q2",
        7..=9 => "Q3",
        _ => "Q4",
    }
}

/// The week of the year by ISO 8601, 1 to 53.
pub(crate) fn week(moment: i64) -> u64 {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    // A week belongs to the year of its Thursday.
    let (year, month, day) = date(moment + (3 - i64::from(weekday(moment, 0))) * DAY);
    let leap = i64::from(month > 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let before = usize::try_from(month - 1).ok().and_then(|month| BEFORE.get(month)).copied().unwrap_or(0);
    u64::try_from((before + leap + day - 1) / 7 + 1).unwrap_or(1)
}

/// The moment as ISO 8601 text with whole seconds and `Z`, as audit records write `CreationTime`.
pub(crate) fn iso(moment: i64) -> String {
    let (year, month, day) = date(moment);
    let second = moment.rem_euclid(DAY) / SECOND;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::{DAY, date, from_ticks, hour, iso, month_name, quarter_name, week, weekday};

    #[test]
    fn moments_have_the_date_weekday_and_hour_of_the_calendar() {
        let leap_day = 1_709_210_096_000_000;
        assert_eq!(iso(leap_day), "2024-02-29T12:34:56Z");
        assert_eq!(date(leap_day), (2024, 2, 29));
        assert_eq!(weekday(leap_day, 0), 3);
        assert_eq!(hour(leap_day, 0), 12);
        assert_eq!(hour(leap_day, -13 * 60), 23);
        assert_eq!(weekday(leap_day, -13 * 60), 2);
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(-1), (1969, 12, 31));
        assert_eq!(date(951_782_400_000_000), (2000, 2, 29));
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        let new_year_2027 = 1_798_761_600_000_000;
        assert_eq!(iso(new_year_2027), "2027-01-01T00:00:00Z");
        assert_eq!(week(new_year_2027), 53);
        assert_eq!(week(new_year_2027 + 3 * DAY), 1);
        assert_eq!((month_name(new_year_2027), quarter_name(new_year_2027 - DAY)), ("January", "Q4"));
    }

    #[test]
    fn ticks_count_from_year_one() {
        assert_eq!(from_ticks(621_355_968_000_000_000), 0);
        assert_eq!(from_ticks(621_355_968_000_000_019), 1);
        assert_eq!(date(from_ticks(0)), (1, 1, 1));
    }
}
