//! What a running watch is made of here: queries run by the engine over the lake, the machine's clock, notifications over HTTP, SMTP and syslog, the state
//! beside the data, and the lanes that work side by side.

mod alert_tables;
pub(crate) mod came;
mod exclusions;
pub(crate) mod feeds;
mod house;
mod intake;
mod lane;
mod mailer;
mod met;
mod moments;
mod retention;
mod route;
mod rule_set;
pub(crate) mod search;
mod senders;
mod state_at;
mod syslog;
mod tables;
mod telemetry;
mod threads;
mod troubles;
mod webhook;
mod whole;

pub(crate) use alert_tables::AlertTables;
pub(crate) use came::Came;
pub(crate) use exclusions::{Exclusions, NamedLists, kept as kept_exclusion, meaning as exclusion};
pub(crate) use feeds::Feeds;
pub(crate) use house::{House, Readings};
pub(crate) use intake::{Receiving, Rows};
pub(crate) use lane::rules::found_text;
pub(crate) use lane::{Continuous, Folders, Late, Rotations};
pub(crate) use moments::Moments;
pub(crate) use retention::Retention;
pub(crate) use rule_set::{Live, RuleSet};
pub(crate) use senders::Senders;
pub(crate) use state_at::StateUrl;
pub(crate) use tables::View;
pub(crate) use telemetry::{Lake, Machine};
pub(crate) use threads::Threads;
pub(crate) use troubles::Troubles;
use webhook::Webhooks;
pub(crate) use whole::Whole;
