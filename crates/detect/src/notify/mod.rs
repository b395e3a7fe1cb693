//! Telling others about alerts: what is said, and when it is tried again. Sending itself is behind [`Sender`].
//!
//! | shape | file | how it is sent |
//! | --- | --- | --- |
//! | JSON of one's own, Slack, Teams | `generic`, `slack`, `teams` | HTTP |
//! | e-mail | [`email`] | SMTP |
//! | syslog as structured data or JSON, CEF | [`syslog`], `cef` | syslog over UDP, TCP, TLS |

mod cef;
pub mod email;
mod generic;
mod slack;
pub mod syslog;
mod teams;
mod trial;

use std::collections::BTreeSet;

use rules::model::Severity;
use serde_json::Value;
use state::{Alert, LONGEST_WAIT, State, StateError};

pub use trial::try_out;

use crate::schedule::Moment;

/// The form in which an alert is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// The alert as JSON.
    Generic,
    /// Slack's blocks.
    Slack,
    /// A Teams workflow's adaptive card.
    Teams,
    /// A message of e-mail.
    Email,
    /// A line of syslog with structured data.
    Syslog,
    /// A line of syslog with CEF.
    Cef,
    /// A line of syslog with the alert as JSON.
    Json,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// The body of a request.
    Json(Value),
    /// A message.
    Email(email::Email),
    /// A line of syslog.
    Syslog(syslog::Syslog),
}

impl Shape {
    /// Every shape, by the name that configurations write.
    pub const ALL: [(&'static str, Self); 7] = [
        ("generic", Self::Generic),
        ("slack", Self::Slack),
        ("teams", Self::Teams),
        ("email", Self::Email),
        ("syslog", Self::Syslog),
        ("cef", Self::Cef),
        ("json", Self::Json),
    ];

    /// What tells of an alert. `link` is where it can be opened, if anywhere.
    #[must_use]
    pub fn body(self, alert: &Alert, link: Option<&str>) -> Body {
        match self {
            Self::Generic => Body::Json(generic::body(alert, link)),
            Self::Slack => Body::Json(slack::body(alert, link)),
            Self::Teams => Body::Json(teams::body(alert, link)),
            Self::Email => Body::Email(email::Email::of(alert, link)),
            Self::Syslog => Body::Syslog(syslog::Syslog::of(alert, link, syslog::Form::Text)),
            Self::Cef => Body::Syslog(syslog::Syslog::of(alert, link, syslog::Form::Cef)),
            Self::Json => Body::Syslog(syslog::Syslog::of(alert, link, syslog::Form::Json)),
        }
    }

    /// As configurations write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, shape)| *shape == self).map_or("", |(name, _)| name)
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
    /// Only alerts of these rules, by key or name; empty: of all.
    pub rules: Vec<String>,
}

impl Target {
    /// Whether it wants to hear of alerts of a rule, the gravest of which is so severe.
    #[must_use]
    pub fn wants(&self, rule_key: &str, rule_name: &str, severity: Option<Severity>) -> bool {
        let minimum = self.minimum.as_deref().and_then(Severity::parse);
        let grave = minimum.is_none_or(|minimum| severity.is_some_and(|severity| severity >= minimum));
        grave && (self.rules.is_empty() || self.rules.iter().any(|rule| rule == rule_key || rule == rule_name))
    }
}

/// How a try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It arrived.
    Delivered {
        /// What the receiver said to it, without the address.
        answer: String,
    },
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
    fn send(&self, target: &Target, id: &str, body: &Body) -> impl Future<Output = Sent> + Send;
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
            Sent::Delivered { .. } => {
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

/// A text without control characters, which are spaces, and with so many letters at most.
pub(crate) fn plain(text: &str, longest: usize) -> String {
    text.chars().take(longest).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_hears_of_what_it_asked_for() {
        let target = |minimum: Option<&str>, rules: &[&str]| Target {
            name: "soc".to_owned(),
            url: String::new(),
            shape: Shape::Email,
            minimum: minimum.map(str::to_owned),
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
        };
        for (minimum, rules, wanted) in [
            (None, &[][..], true),
            (Some("medium"), &[], true),
            (Some("high"), &[], false),
            (None, &["key"], true),
            (None, &["A name"], true),
            (None, &["other"], false),
            (Some("high"), &["key"], false),
        ] {
            let wants = target(minimum, rules).wants("key", "A name", Some(Severity::Medium));
            assert_eq!(wants, wanted, "{minimum:?} {rules:?}");
        }
    }

    #[test]
    fn shapes_are_known_by_their_names() {
        for (name, shape) in Shape::ALL {
            assert_eq!(shape.name(), name);
        }
    }

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
