//! Telling others about alerts: what is said, and when it is tried again. Sending itself is behind [`Sender`].

mod generic;
mod slack;
mod teams;

use std::collections::BTreeSet;

use serde_json::Value;
use state::{Alert, LONGEST_WAIT, State, StateError};

use crate::schedule::Moment;

/// The form of a webhook's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// The alert as JSON.
    Generic,
    /// Slack's blocks.
    Slack,
    /// A Teams workflow's adaptive card.
    Teams,
}

impl Shape {
    /// The body of a request that tells of an alert. `link` is where it can be opened, if anywhere.
    #[must_use]
    pub fn body(self, alert: &Alert, link: Option<&str>) -> Value {
        match self {
            Self::Generic => generic::body(alert, link),
            Self::Slack => slack::body(alert, link),
            Self::Teams => teams::body(alert, link),
        }
    }
}

/// Where alerts are told about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name in the configuration.
    pub name: String,
    /// Where it is sent to. Often a secret: never in a message or a log.
    pub url: String,
    /// The form of the body.
    pub shape: Shape,
    /// Only alerts at least so severe.
    pub minimum: Option<String>,
}

/// How a try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It arrived.
    Delivered,
    /// It did not arrive and may later; where the receiver said when, in microseconds from now.
    Later {
        /// What was met, without the address.
        reason: String,
        /// How long the receiver asks to wait.
        wait: Option<i64>,
    },
    /// It will never arrive.
    Refused {
        /// What was met, without the address.
        reason: String,
    },
}

/// Sends a body to a target. The id is the same each time the same notification is tried, so that a receiver can tell.
pub trait Sender: Send + Sync {
    /// Sends once.
    fn send(&self, target: &Target, id: &str, body: &Value) -> impl Future<Output = Sent> + Send;
}

/// How often a notification is tried before it is given up: with the waits of [`wait_after`], for about three days.
pub const TRIES: i64 = 30;

/// How long to wait after the n-th try: ten seconds, doubling, at most three hours.
#[must_use]
pub fn wait_after(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 12)).unwrap_or(12);
    (10_000_000_i64 << doublings).min(3 * 3_600_000_000)
}

/// Tries every notification that is due once, the oldest first. A target that did not take one is left alone for this time: it is likely
/// to be down, and what is behind must not arrive before. Gives how many arrived and how many were tried and did not.
///
/// # Errors
/// When the state's database fails.
pub async fn deliver<S: Sender>(
    state: &State,
    sender: &S,
    targets: &[Target],
    link: impl Fn(&Alert) -> Option<String>,
    now: Moment,
) -> Result<(usize, usize), StateError> {
    let (mut arrived, mut waiting) = (0, 0);
    let mut down = BTreeSet::new();
    for (delivery, alert) in state.due_deliveries(now, 100).await? {
        if down.contains(&delivery.target) {
            continue;
        }
        let sent = match targets.iter().find(|target| target.name == delivery.target) {
            Some(target) => {
                let body = target.shape.body(&alert, link(&alert).as_deref());
                sender.send(target, &delivery.id, &body).await
            }
            None => Sent::Refused { reason: format!("the configuration has no notification target `{}`", delivery.target) },
        };
        match sent {
            Sent::Delivered => {
                arrived += 1;
                state.delivered(&delivery.id, now).await?;
            }
            Sent::Later { reason, wait } => {
                waiting += 1;
                down.insert(delivery.target.clone());
                let pause = wait.unwrap_or_default().max(wait_after(delivery.attempts)).min(LONGEST_WAIT);
                let again = (delivery.attempts + 1 < TRIES).then(|| now.saturating_add(pause));
                state.not_delivered(&delivery.id, &reason, again).await?;
            }
            Sent::Refused { reason } => {
                waiting += 1;
                state.not_delivered(&delivery.id, &reason, None).await?;
            }
        }
    }
    Ok((arrived, waiting))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_three_hours() {
        let seconds: Vec<i64> = (0..14).map(|attempt| wait_after(attempt) / 1_000_000).collect();
        assert_eq!(seconds[..4], [10, 20, 40, 80]);
        assert_eq!(seconds[12..], [10_800, 10_800]);
        assert!(wait_after(i64::MAX) > 0);
        let days = (0..TRIES).map(wait_after).sum::<i64>() / 86_400_000_000;
        assert!((2..=4).contains(&days), "{days} days");
    }
}
