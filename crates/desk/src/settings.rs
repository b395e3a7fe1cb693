//! Where telemetry comes from, lists, notifications, who did what, what is stored.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use state::Moment;
use utoipa::ToSchema;

use crate::{Fault, Sheet};

/// A source of telemetry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceLine {
    /// Its name: a folder, a feed, `milter`, `http` ...
    pub name: String,
    /// `folder`, `feed`, `milter`, `http`, `mailbox`.
    pub kind: String,
    /// `working`, `waiting`, `trouble`, `off`.
    pub state: String,
    /// What is wrong, or what it waits for.
    pub message: String,
    /// When its last rows came.
    pub last: Option<Moment>,
    /// Rows that came in the last 24 hours, where that is known.
    pub rows: Option<u64>,
    /// Where they go.
    pub tables: Vec<String>,
}

/// A domain that mail is accepted for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AcceptedDomain {
    /// Its name.
    pub name: String,
    /// Where it is known from: `configuration`, `tenant`, `list`.
    pub origin: String,
    /// Whether it sends mail: `yes`, `no`, `unknown`.
    pub sends: String,
}

/// A watchlist.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct WatchlistLine {
    /// Its alias.
    pub alias: String,
    /// How many rows it has.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<String>,
    /// The column that is its search key.
    pub search_key: String,
    /// When its file last changed.
    pub updated_at: Option<Moment>,
    /// True if it can be changed here.
    pub editable: bool,
}

/// Somebody to be told of alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TargetLine {
    /// Its name.
    pub name: String,
    /// `generic`, `slack`, `teams`, `email`, `syslog` ...
    pub shape: String,
    /// Where it goes, without secrets.
    pub address: String,
    /// Notifications that wait.
    pub waiting: u64,
    /// When one last arrived.
    pub delivered: Option<Moment>,
    /// What the last try met; empty: nothing bad.
    pub last_error: String,
}

/// A table as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StoredTable {
    /// Its name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Files.
    pub files: u64,
    /// The earliest moment in it.
    pub first: Option<Moment>,
    /// The latest.
    pub last: Option<Moment>,
    /// Days that are kept; `None`: all.
    pub keep_days: Option<u32>,
}

/// Settings.
#[async_trait]
pub trait Settings: Send + Sync {
    /// Sources and how they are.
    async fn sources(&self) -> Result<Vec<SourceLine>, Fault>;

    /// Domains that mail is accepted for.
    async fn accepted_domains(&self) -> Result<Vec<AcceptedDomain>, Fault>;

    /// Writes the list of accepted domains that is kept here; those of the configuration and the tenant stay.
    async fn set_accepted_domains(&self, names: &[String], who: &str) -> Result<(), Fault>;

    /// Watchlists.
    async fn watchlists(&self) -> Result<Vec<WatchlistLine>, Fault>;

    /// The rows of one.
    async fn watchlist(&self, alias: &str) -> Result<Sheet, Fault>;

    /// Writes a watchlist from CSV text: a new one, or a new text of one that may be changed here.
    async fn set_watchlist(&self, alias: &str, csv: &str, search_key: &str, who: &str) -> Result<(), Fault>;

    /// Who is told of alerts.
    async fn targets(&self) -> Result<Vec<TargetLine>, Fault>;

    /// Sends a notification that is marked as a test; what the other side said.
    async fn test_target(&self, name: &str, who: &str) -> Result<String, Fault>;

    /// What is stored.
    async fn storage(&self) -> Result<Vec<StoredTable>, Fault>;

    /// How many days a table is kept; `None`: for ever.
    async fn set_retention(&self, table: &str, days: Option<u32>, who: &str) -> Result<(), Fault>;

    /// The configuration as it is in effect: key, value (secrets hidden), where it is from.
    async fn configuration(&self) -> Result<Vec<(String, String, String)>, Fault>;
}
