//! What a running watch is made of here: queries run by the engine over the lake, the machine's clock, webhooks over HTTP, the state
//! beside the data.

mod alert_tables;
mod exclusions;
mod intake;
pub(crate) mod search;
mod state_at;
mod telemetry;
mod webhook;

pub(crate) use alert_tables::AlertTables;
pub(crate) use exclusions::{Exclusions, NamedLists, kept as kept_exclusion, meaning as exclusion};
pub(crate) use intake::Receiving;
pub(crate) use state_at::StateUrl;
pub(crate) use telemetry::{Lake, Machine};
pub(crate) use webhook::Webhooks;
