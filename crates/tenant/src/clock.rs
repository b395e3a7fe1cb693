//! Who knows the time, and waits.

use std::{fmt, time::Duration};

use async_trait::async_trait;

use crate::moment::Moment;

/// Who knows the time and waits. In the program it is the machine's clock; in tests, one that waits no longer than it takes to add.
#[async_trait]
pub trait Clock: Send + Sync + fmt::Debug {
    /// The moment.
    fn now(&self) -> Moment;

    /// Comes back after this long.
    async fn sleep(&self, wait: Duration);
}

/// A clock of the machine: the moment from outside, waiting by Tokio's timer.
#[derive(Clone, Copy)]
pub struct Ticking<F> {
    now: F,
}

impl<F: Fn() -> Moment + Send + Sync> Ticking<F> {
    /// A clock that asks `now` what time it is.
    pub const fn new(now: F) -> Self {
        Self { now }
    }
}

impl<F> fmt::Debug for Ticking<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticking")
    }
}

#[async_trait]
impl<F: Fn() -> Moment + Send + Sync> Clock for Ticking<F> {
    fn now(&self) -> Moment {
        (self.now)()
    }

    async fn sleep(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }
}
