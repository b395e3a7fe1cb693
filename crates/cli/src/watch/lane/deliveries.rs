//! Telling of new alerts.

use detect::{
    notify::{self, Sent},
    telemetry::Clock as _,
};

use crate::{failure::Failure, watch::House};

impl House {
    /// Tells of the alerts that wait to be told of.
    pub(crate) async fn deliver(&self) -> Result<(), Failure> {
        let now = self.watch.clock.now();
        let (_, waiting) = notify::deliver(&self.watch.state, &self.sender, &self.watch.targets, |_| None, now).await?;
        self.metrics.waiting(i64::try_from(waiting).unwrap_or(i64::MAX));
        Ok(())
    }

    /// Sends a target a notification that is marked as a test, which `who` asked for. Gives what the receiver said, or why it did not
    /// arrive; `None` where there is no such target.
    pub(crate) async fn try_target(&self, name: &str, who: &str) -> Option<Result<String, String>> {
        let target = self.watch.targets.iter().find(|target| target.name == name)?;
        Some(match notify::try_out(&self.sender, target, who, self.watch.clock.now()).await {
            Sent::Delivered { answer } => Ok(answer),
            Sent::Later { reason, .. } | Sent::Refused { reason } => Err(reason),
        })
    }
}
