//! `datetime` as text and as ticks.

/// Ticks in a microsecond.
pub const TICKS_PER_MICROSECOND: i64 = 10;
/// Ticks from 0001-01-01T00:00:00Z to 1970-01-01T00:00:00Z.
pub const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// The moment `micros` microseconds after the Unix epoch, in ticks; `None` outside the years 1 to 9999.
#[must_use]
pub fn from_unix_micros(micros: i64) -> Option<i64> {
    micros.checked_mul(TICKS_PER_MICROSECOND)?.checked_add(UNIX_EPOCH_TICKS).filter(|ticks| (0..=MAX_TICKS).contains(ticks))
}

/// 9999-12-31T23:59:59.9999999Z.
pub const MAX_TICKS: i64 = 3_155_378_975_999_999_999;

/// Whole microseconds from the Unix epoch to `ticks`, rounded towards the past.
#[must_use]
pub const fn to_unix_micros(ticks: i64) -> i64 {
    (ticks - UNIX_EPOCH_TICKS).div_euclid(TICKS_PER_MICROSECOND)
}
