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

/// A moment, in microseconds since 1970, as a message has it (RFC 5322 section 3.3).
pub(crate) fn mail_date(micros: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut text = String::new();
    datetime::write(datetime::from_unix_micros(micros).unwrap_or_default(), &mut text);
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let number = |text: &str| text.parse::<usize>().unwrap_or_default();
    // The first of January 1970 was a Thursday.
    let day = usize::try_from(micros.div_euclid(86_400_000_000).rem_euclid(7)).unwrap_or_default();
    let month = MONTHS.get(number(part(5..7)).saturating_sub(1)).copied().unwrap_or_default();
    let day = DAYS.get(day).copied().unwrap_or_default();
    format!("{day}, {} {month} {} {} +0000", number(part(8..10)), part(0..4), part(11..19))
}

#[cfg(test)]
mod tests {
    use super::mail_date;

    #[test]
    fn a_moment_is_written_as_messages_have_it() {
        assert_eq!(mail_date(0), "Thu, 1 Jan 1970 00:00:00 +0000");
        assert_eq!(mail_date(1_795_284_000_000_000), "Sat, 21 Nov 2026 18:00:00 +0000");
    }
}
