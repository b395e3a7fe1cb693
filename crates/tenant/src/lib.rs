//! A Microsoft 365 tenant over HTTP: Exchange Online's administration interface, Microsoft Graph, the Management Activity API.
//!
//! Must not know what findings, fixes or tables are: it asks, changes what it is told to, and says what came of it. Start with [`Snapshot`].

mod snapshot;

pub use snapshot::*;
