//! Telemetry of mail by hunting: the tables' rows, taken over and over from where one was, for tenants without a streaming export.
//!
//! Rows are found by `Timestamp`, and appear minutes to hours after it. So the last hours before the high-water mark are read again each time, and a
//! longer span every few hours; rows that come twice are told apart by who stores them. Start with [`HuntFeed::pull`].

mod checkpoint;
mod pull;

pub use checkpoint::{Checkpoint, HuntSettings, Progress};
pub use pull::{Batch, Pull};

use crate::graph::Graph;

/// The tables that tell about mail.
pub const TABLES: [&str; 5] = ["EmailEvents", "EmailUrlInfo", "EmailAttachmentInfo", "EmailPostDeliveryEvents", "UrlClickEvents"];

/// Takes tables' rows.
#[derive(Debug, Clone)]
pub struct HuntFeed {
    graph: Graph,
    settings: HuntSettings,
}

impl HuntFeed {
    /// The tables of Graph's tenant.
    #[must_use]
    pub const fn new(graph: Graph, settings: HuntSettings) -> Self {
        Self { graph, settings }
    }
}
