//! The stand-in's clock: it stands still until a test moves it, or follows a clock it is given.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// A clock that can be moved forward. Copies are the same clock.
#[derive(Clone)]
pub struct Clock {
    base: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// How far it was moved, in milliseconds.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that stands at a moment.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self::following(move || moment)
    }

    /// A clock that goes as another does.
    pub fn following(base: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self { base: Arc::new(base), ahead: Arc::new(AtomicI64::new(0)) }
    }

    /// What it says.
    pub fn now(&self) -> DateTime<Utc> {
        shifted((self.base)(), TimeDelta::milliseconds(self.ahead.load(Ordering::SeqCst)))
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        let further = |ahead: i64| Some(ahead.saturating_add(by).min(i64::MAX / 4));
        // It always gives a value.
        let _ = self.ahead.fetch_update(Ordering::SeqCst, Ordering::SeqCst, further);
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// A moment so much later, or the last or first that there is.
pub(crate) fn shifted(moment: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    let end = if by < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    moment.checked_add_signed(by).unwrap_or(end)
}

/// A moment as Exchange writes it: seven digits of a second.
pub(crate) fn exchange(moment: DateTime<Utc>) -> String {
    format!("{}0000Z", moment.format("%Y-%m-%dT%H:%M:%S%.3f"))
}

/// A moment with milliseconds, as the activity feed and Graph write it.
pub(crate) fn precise(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A moment for a header (RFC 9110 section 5.6.7).
pub(crate) fn http(moment: DateTime<Utc>) -> String {
    moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{DateTime, Utc};

    use super::{Clock, exchange, http, precise};

    #[test]
    fn it_stands_still_until_it_is_moved() {
        let clock = Clock::at(DateTime::<Utc>::UNIX_EPOCH);
        assert_eq!(clock.now(), clock.now());
        clock.clone().advance(Duration::from_millis(1500));
        assert_eq!(precise(clock.now()), "1970-01-01T00:00:01.500Z");
        assert_eq!(exchange(clock.now()), "1970-01-01T00:00:01.5000000Z");
        assert_eq!(http(clock.now()), "Thu, 01 Jan 1970 00:00:01 GMT");
        for _ in 0..5 {
            clock.advance(Duration::MAX);
        }
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC);
    }
}
