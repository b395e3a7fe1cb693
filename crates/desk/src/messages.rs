//! One message: its path and every verdict; and the messages that were set apart.

use async_trait::async_trait;
use serde::Serialize;
use state::Moment;
use utoipa::ToSchema;

use crate::{Fault, Sheet, TimelineEntry};

/// One message, from whatever is known of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct MessageView {
    /// Its id here: Microsoft's network message id, or ours.
    pub id: String,
    /// The `Message-ID` of its header.
    pub message_id: String,
    /// Its subject.
    pub subject: String,
    /// Who its header says sent it.
    pub from: String,
    /// The address of its envelope.
    pub envelope_from: String,
    /// Whom it is for.
    pub recipients: Vec<String>,
    /// When it came.
    pub at: Option<Moment>,
    /// Where it came from.
    pub sender_ip: String,
    /// `inbound`, `outbound`, `intra-org`; may be empty.
    pub direction: String,
    /// What became of it: delivered, junked, quarantined, and where.
    pub delivery: String,
    /// Verdicts, ours beside others'.
    pub verdicts: Vec<VerdictLine>,
    /// Hops of its path, the first one first.
    pub path: Vec<HopLine>,
    /// What happened to it, in time order: delivery, post-delivery, clicks, alerts.
    pub timeline: Vec<TimelineEntry>,
    /// Addresses in it.
    pub urls: Vec<String>,
    /// Attachments: name, type, size in bytes, SHA-256.
    pub attachments: Vec<(String, String, u64, String)>,
    /// Rows of each table about it: the table's name, and its rows.
    pub rows: Vec<(String, Sheet)>,
    /// Alerts about it: id, title, severity.
    pub alerts: Vec<(String, String, String)>,
}

/// A verdict on a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct VerdictLine {
    /// `SPF`, `DKIM`, `DMARC`, `ARC`, `compauth`.
    pub method: String,
    /// What we found, and why; empty: we did not look.
    pub ours: String,
    /// Why.
    pub our_reason: String,
    /// What Microsoft, or another receiver, found; empty: nothing is known.
    pub theirs: String,
    /// Why.
    pub their_reason: String,
    /// The domain it is about.
    pub domain: String,
    /// `agree`, `differ`, or empty.
    pub agreement: String,
}

/// A hop of a message's path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HopLine {
    /// Who handed it over.
    pub from: String,
    /// Who took it.
    pub by: String,
    /// How.
    pub with: String,
    /// When; as the hop said.
    pub at: Option<Moment>,
    /// How long it lay, in microseconds.
    pub delay_us: Option<i64>,
    /// Whether the hop is one of configured, trusted hosts.
    pub trusted: bool,
}

/// Messages.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Messages that fit a text: an id, an address, a domain, words of a subject; over so many days, the latest first.
    async fn find(&self, text: &str, days: u32) -> Result<Sheet, Fault>;

    /// One message, by its network message id or `Message-ID`.
    async fn message(&self, id: &str) -> Result<MessageView, Fault>;
}

/// A message that was set apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldLine {
    /// Its id.
    pub id: String,
    /// When it was set apart.
    pub at: Moment,
    /// The address of its envelope.
    pub envelope_from: String,
    /// Who its header says sent it.
    pub from: String,
    /// Whom it was for.
    pub recipients: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Where it came from.
    pub sender_ip: String,
    /// Why it was set apart.
    pub reason: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was released; `None`: it is still held.
    pub released: Option<Moment>,
    /// What it was reported as; empty: it was not.
    pub reported: String,
}

/// A held message, shown so that nothing of it can act.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldView {
    /// As in the list.
    pub line: HeldLine,
    /// Its header fields, in order.
    pub headers: Vec<(String, String)>,
    /// Its text, as plain text; links are not live.
    pub text: String,
    /// Its HTML, as text of what it would show.
    pub html_text: String,
    /// Addresses in it, written so that nobody follows them by accident.
    pub urls: Vec<String>,
    /// Attachments: name, type, size in bytes, SHA-256.
    pub attachments: Vec<(String, String, u64, String)>,
    /// Verdicts.
    pub verdicts: Vec<VerdictLine>,
    /// What happened to it.
    pub timeline: Vec<TimelineEntry>,
}

/// The quarantine.
#[async_trait]
pub trait Quarantine: Send + Sync {
    /// A page of held messages that fit a text (empty: all), the latest first, and how many there are.
    async fn held(&self, text: &str, page: u32, size: u32) -> Result<(Vec<HeldLine>, u64), Fault>;

    /// One of them.
    async fn message(&self, id: &str) -> Result<HeldView, Fault>;

    /// `release`, `delete`, `report-phish`, `report-clean`; what the mail server or Microsoft answered.
    async fn act(&self, ids: &[String], action: &str, who: &str) -> Result<Vec<(String, Result<String, Fault>)>, Fault>;
}
