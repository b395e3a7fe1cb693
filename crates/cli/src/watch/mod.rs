//! What a running watch is made of here: queries run by the engine over the lake, the machine's clock, webhooks over HTTP, the state
//! beside the data.

mod moments;
mod state_at;
mod telemetry;
mod webhook;

pub(crate) use moments::Moments;
pub(crate) use state_at::StateUrl;
pub(crate) use telemetry::{Lake, Machine};
pub(crate) use webhook::Webhooks;
