//! Telling of new alerts.

use detect::{notify, telemetry::Clock as _};

use crate::{failure::Failure, watch::House};

impl House {
    /// Tells of the alerts that wait to be told of.
    pub(crate) async fn deliver(&self) -> Result<(), Failure> {
        let now = self.watch.clock.now();
        let (_, waiting) = notify::deliver(&self.watch.state, &self.sender, &self.watch.targets, |_| None, now).await?;
        self.metrics.waiting(i64::try_from(waiting).unwrap_or(i64::MAX));
        Ok(())
    }
}
