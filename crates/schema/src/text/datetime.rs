//! `datetime` as text, as ticks and as a civil date in UTC.
//!
//! Years 1 to 9999 of the proleptic Gregorian calendar, as in .NET. Start with [`write()`], [`parse()`] and [`Civil`].
//! Source: Microsoft's reference, page `scalar-data-types/datetime`.

mod parse;

pub use parse::parse;

use super::timespan::{TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND};

/// Ticks in a microsecond.
pub const TICKS_PER_MICROSECOND: i64 = 10;
/// Ticks from 0001-01-01T00:00:00Z to 1970-01-01T00:00:00Z.
pub const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// The moment `micros` microseconds after the Unix epoch, in ticks; `None` outside the years 1 to 9999.
#[must_use]
pub fn from_unix_micros(micros: i64) -> Option<i64> {
    micros.checked_mul(TICKS_PER_MICROSECOND)?.checked_add(UNIX_EPOCH_TICKS).filter(|&ticks| in_range(ticks))
}

/// 9999-12-31T23:59:59.9999999Z.
pub const MAX_TICKS: i64 = 3_155_378_975_999_999_999;

/// Whole microseconds from the Unix epoch to `ticks`, rounded towards the past.
#[must_use]
pub const fn to_unix_micros(ticks: i64) -> i64 {
    ticks.saturating_sub(UNIX_EPOCH_TICKS).div_euclid(TICKS_PER_MICROSECOND)
}

/// Whether `ticks` is a moment of the years 1 to 9999.
#[must_use]
pub const fn in_range(ticks: i64) -> bool {
    0 <= ticks && ticks <= MAX_TICKS
}

/// A moment in UTC by its calendar and clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// 1 to 9999.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// Ticks within the second, 0 to 9,999,999.
    pub ticks: i64,
}

/// The moment in ticks; `None` when a part is out of its range (30 February, 24 o'clock, year 0).
#[must_use]
pub const fn from_civil(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64, ticks: i64) -> Option<i64> {
    if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || ticks < 0 || ticks >= TICKS_PER_SECOND {
        return None;
    }
    Some(
        days_before(year, month, day) * TICKS_PER_DAY
            + hour * TICKS_PER_HOUR
            + minute * TICKS_PER_MINUTE
            + second * TICKS_PER_SECOND
            + ticks,
    )
}

/// Calendar and clock of a moment. Ticks outside the years 1 to 9999 count as the nearest moment inside.
#[must_use]
pub const fn to_civil(ticks: i64) -> Civil {
    let ticks = clamp(ticks);
    let (year, month, day) = date_of(ticks / TICKS_PER_DAY);
    Civil {
        year,
        month,
        day,
        hour: ticks / TICKS_PER_HOUR % 24,
        minute: ticks / TICKS_PER_MINUTE % 60,
        second: ticks / TICKS_PER_SECOND % 60,
        ticks: ticks % TICKS_PER_SECOND,
    }
}

/// The year, 1 to 9999.
#[must_use]
pub const fn year(ticks: i64) -> i64 {
    to_civil(ticks).year
}

/// The month, 1 to 12.
#[must_use]
pub const fn month(ticks: i64) -> i64 {
    to_civil(ticks).month
}

/// The day of the month, 1 to 31.
#[must_use]
pub const fn day(ticks: i64) -> i64 {
    to_civil(ticks).day
}

/// The day of the week, 0 for Sunday to 6 for Saturday.
#[must_use]
pub const fn weekday(ticks: i64) -> i64 {
    // 0001-01-01 was a Monday.
    (clamp(ticks) / TICKS_PER_DAY + 1) % 7
}

/// The day of the year, 1 to 366.
#[must_use]
pub const fn day_of_year(ticks: i64) -> i64 {
    clamp(ticks) / TICKS_PER_DAY - days_before(year(ticks), 1, 1) + 1
}

/// Year and number of the ISO 8601 week: weeks begin on Monday, week 1 holds the year's first Thursday.
///
/// The first days of January may belong to the last week of the year before, and the last of December to the next year's first.
#[must_use]
pub const fn iso_week(ticks: i64) -> (i64, i64) {
    let days = clamp(ticks) / TICKS_PER_DAY;
    // The year of a week is the year of its Thursday; day 0 was a Monday.
    let thursday = days - days % 7 + 3;
    let year = date_of(thursday).0;
    (year, (thursday - days_before(year, 1, 1)) / 7 + 1)
}

/// Midnight of the day.
#[must_use]
pub const fn start_of_day(ticks: i64) -> i64 {
    let ticks = clamp(ticks);
    ticks - ticks % TICKS_PER_DAY
}

/// Midnight of the Sunday the week begins with; `None` for the week before the first Sunday of year 1.
#[must_use]
pub const fn start_of_week(ticks: i64) -> Option<i64> {
    let start = start_of_day(ticks) - weekday(ticks) * TICKS_PER_DAY;
    if start < 0 { None } else { Some(start) }
}

/// Midnight of the month's first day.
#[must_use]
pub const fn start_of_month(ticks: i64) -> i64 {
    let civil = to_civil(ticks);
    days_before(civil.year, civil.month, 1) * TICKS_PER_DAY
}

/// Midnight of 1 January.
#[must_use]
pub const fn start_of_year(ticks: i64) -> i64 {
    days_before(year(ticks), 1, 1) * TICKS_PER_DAY
}

/// The same day and time `months` months on, or the month's last day where it is shorter; `None` outside the years 1 to 9999.
#[must_use]
pub fn add_months(ticks: i64, months: i64) -> Option<i64> {
    let civil = to_civil(ticks);
    let count = (civil.year * 12 + civil.month - 1).checked_add(months)?;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    if !(1..=9999).contains(&year) {
        return None;
    }
    let day = civil.day.min(days_in_month(year, month));
    Some(days_before(year, month, day) * TICKS_PER_DAY + clamp(ticks) % TICKS_PER_DAY)
}

/// Whether the year has a 29 February.
#[must_use]
pub const fn is_leap_year(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days in a month of a year, 28 to 31; 0 for a month that is not 1 to 12.
#[must_use]
pub const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap_year(year) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Appends `2026-11-20T23:00:00.0000000Z`. Ticks outside the years 1 to 9999 count as the nearest moment inside.
pub fn write(ticks: i64, out: &mut String) {
    let civil = to_civil(ticks);
    let mut text = *b"0000-00-00T00:00:00.0000000Z";
    digits(&mut text[0..4], civil.year);
    digits(&mut text[5..7], civil.month);
    digits(&mut text[8..10], civil.day);
    digits(&mut text[11..13], civil.hour);
    digits(&mut text[14..16], civil.minute);
    digits(&mut text[17..19], civil.second);
    digits(&mut text[20..27], civil.ticks);
    // The bytes are ASCII: nothing is lost, and nothing can fail.
    out.push_str(std::str::from_utf8(&text).unwrap_or_default());
}

/// Fills `text` with the last decimal digits of `value`, which is not negative.
fn digits(text: &mut [u8], mut value: i64) {
    for place in text.iter_mut().rev() {
        *place = b'0' + (value % 10).unsigned_abs() as u8;
        value /= 10;
    }
}

const fn clamp(ticks: i64) -> i64 {
    if ticks < 0 {
        0
    } else if ticks > MAX_TICKS {
        MAX_TICKS
    } else {
        ticks
    }
}

/// Days from 0001-01-01 to a valid date. Years are counted from March, so that the leap day comes last in its year.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    // 153 days in five months from March; 306 days from 0000-03-01 to 0001-01-01.
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 306
}

/// Year, month and day of the date `days` days after 0001-01-01; the inverse of [`days_before`].
const fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 306;
    let (cycle, day) = (days / 146_097, days % 146_097);
    // The corrections take out the leap days of 4, 100 and 400 years that came before `day` in its cycle of 400 years.
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = year + cycle * 400;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests;
