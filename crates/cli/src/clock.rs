//! The clock: the one place that asks the operating system what time it is.

use std::time::SystemTime;

use schema::text::datetime;

use crate::failure::Failure;

/// The moment a run stands for, in ticks: what `--as-of` says, else now.
pub(crate) fn as_of(given: Option<&str>) -> Result<i64, Failure> {
    match given {
        Some(text) => datetime::parse(text)
            .ok_or_else(|| Failure::input(format!("error: `{text}` is no time; write one such as 2026-11-20T23:00:00Z"))),
        None => Ok(now()),
    }
}

/// Now, in ticks.
pub(crate) fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the only clock; everything else is handed the time")]
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    datetime::from_unix_micros(micros).unwrap_or(datetime::MAX_TICKS)
}

/// A moment of the file system, in microseconds since 1970.
pub(crate) fn micros_of(moment: SystemTime) -> i64 {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or_default()
}

/// A moment in ticks as microseconds since 1970.
pub(crate) const fn micros(ticks: i64) -> i64 {
    datetime::to_unix_micros(ticks)
}

/// A clock that only goes forward, for what is remembered for a time.
pub(crate) fn steady() -> mailauth::dns::Clock {
    #[expect(clippy::disallowed_methods, reason = "the only clock; everything else is handed the time")]
    let start = std::time::Instant::now();
    std::sync::Arc::new(move || start.elapsed())
}
