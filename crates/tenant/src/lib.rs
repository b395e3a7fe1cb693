//! A Microsoft 365 tenant over HTTP: Exchange Online's administration interface, Microsoft Graph, the Management Activity API.
//!
//! Must not know what findings, fixes or tables are: it asks, changes what it is told to, and says what came of it. Start with [`Client`], which
//! signs in and sends; [`Exchange`], [`Graph`], [`Feed`] and [`HuntFeed`] ask through it. [`snapshot`] reads all that the tenant is configured
//! with; [`dkim_rotation`] says, without asking anybody, what is to be done about DKIM keys.
//!
//! Nothing here reads the clock or waits by itself: both are a [`Clock`], given from outside.

mod array;
mod client;
mod clock;
mod collect;
mod credentials;
pub mod dkim_rotation;
mod endpoints;
mod error;
mod exchange;
mod feed;
mod filters;
mod graph;
mod http;
mod hunt_feed;
mod lenient;
pub mod moment;
mod random;
mod snapshot;
mod tokens;

pub use client::{Client, Settings};
pub use clock::{Clock, Ticking};
pub use collect::snapshot;
pub use credentials::{Certificate, Credentials, CredentialsError};
pub use endpoints::{Audiences, Cloud, Endpoints};
pub use error::Error;
pub use exchange::{Admin, Cmdlet, Exchange, NewTransportRule, Output};
pub use feed::{
    Batch as FeedBatch, Blob, Checkpoint as FeedCheckpoint, ContentType, Failing, Feed, Lost, Progress as FeedProgress,
    Pull as FeedPull, Subscription, Window, next_windows,
};
pub use filters::*;
pub use graph::{DnsRecord, Graph, Hunted, HuntedColumn, Submission, Verdict};
pub use http::{Effect, Patience};
pub use hunt_feed::{
    Batch as HuntBatch, Checkpoint as HuntCheckpoint, HuntFeed, HuntSettings, Progress as HuntProgress, Pull as HuntPull, TABLES,
};
pub use moment::Moment;
pub use snapshot::*;
pub use tokens::{Scope, SignIn};
