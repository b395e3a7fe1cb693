//! What a running spoofwatch keeps apart from telemetry: alerts, incidents, runs of rules, exclusions, notifications, who may come in,
//! and who did what. In SQLite by default, in PostgreSQL by address.
//!
//! Must not know DataFusion, rules or HTTP: values come and go as plain data ([`model`]). What a run of a rule found is kept in one
//! transaction ([`State::commit`]): either its alerts, what it has seen, its notifications and how far it has come are all there,
//! or none of them. That, and keys made of the rule and the event, is why nothing is lost and nothing comes twice.

pub mod access;
mod alerts;
mod around;
mod arrivals;
mod audit;
mod checkpoints;
mod commit;
mod conditions;
mod deliveries;
mod error;
mod exclusions;
mod fixes;
mod hits;
mod hunts;
mod incidents;
mod model;
mod open;
mod overview;
mod queue;
mod rows;
mod rule_days;
mod rule_health;
mod rule_texts;
mod rules;
mod select;

pub use alerts::{AlertChange, AlertFilter, Done};
pub use around::EntityPast;
pub use audit::{AuditFilter, AuditLine};
pub use conditions::{
    Comparison, Condition, MOST_CONDITIONS, Piece, QueueField, open as open_alerts, severity as severity_compared,
};
pub use deliveries::{IN_LINE, LONGEST_WAIT};
pub use error::StateError;
pub use fixes::{FIX_STATUSES, Fix, FixFilter, FixStep};
pub use hits::{HitFilter, KeptRow};
pub use hunts::{Hunt, PAST_HUNTS, Ran};
pub use model::*;
pub use open::State;
pub use queue::{QueueAsk, QueueCount, QueuePage};
pub use rule_health::{RuleHealth, Since};
pub use rule_texts::RuleText;
