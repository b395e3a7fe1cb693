//! What the header of a message says of its way and of what others made of it: evidence, not yet belief. Which headers count is for
//! [`Trust`] to say; those that do not are kept apart, because they are what an attacker would write.
//!
//! Pure: never fails, takes bounded time, and asks neither the DNS nor the clock. Start with [`Evidence`]; one file a header.

mod addresses;
mod antispam;
mod authors;
mod bulk;
mod display_name;
mod exchange;
mod finding;
mod lists;
mod mailbox;
mod pairs;
mod read;
mod received;
mod stated;
mod taken;
mod trust;

pub use addresses::{AddressList, Mailbox};
pub use antispam::AntispamReport;
pub use authors::{Author, authors};
pub use bulk::Bulk;
pub use display_name::looks_the_same;
pub use exchange::Exchange;
pub use finding::{Finding, FindingKind};
pub use lists::Lists;
pub use mailbox::MailboxDelivery;
pub use received::{Chain, Hop};
pub use stated::{Standing, Stated, StatedIn};
pub use taken::{Direction, Place, Taken};
pub use trust::{MicrosoftTrust, Trust};

use serde::Serialize;

use crate::authres::{Overview, ReceivedSpf};

/// All that the header of one message says.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// The authentication results that count, from the top.
    pub believed: Vec<Stated>,
    /// Those that do not count, from the top, each with the reason.
    pub apart: Vec<Stated>,
    /// What those that count come to; `None` without any.
    pub overview: Option<Overview>,
    /// Received-SPF headers that were written where believed results were; empty if none were.
    pub received_spf: Vec<ReceivedSpf>,
    /// Received-SPF headers of others.
    pub received_spf_apart: Vec<ReceivedSpf>,
    /// What Microsoft's own headers say, where they are believed.
    pub microsoft: Option<Microsoft>,
    /// What headers in Microsoft's form say where they are not believed, and what other tenants' said
    /// (`X-Forefront-Antispam-Report-Untrusted` and its like).
    pub microsoft_apart: Option<Microsoft>,
    /// The hops, the last one first.
    pub chain: Chain,
    /// Return-Path: the envelope sender without angle brackets; empty for a bounce.
    pub return_path: Option<String>,
    /// Every From field's mailboxes.
    pub from: AddressList,
    /// Sender.
    pub sender: AddressList,
    /// Reply-To.
    pub reply_to: AddressList,
    /// To.
    pub to: AddressList,
    /// Cc.
    pub cc: AddressList,
    /// Subject, decoded.
    pub subject: Option<String>,
    /// Message-ID, with its angle brackets.
    pub message_id: Option<String>,
    /// Date, in seconds since 1970.
    pub date: Option<i64>,
    /// Addresses the message was delivered to (Delivered-To, X-Original-To), from the top.
    pub delivered_to: Vec<String>,
    /// Headers of mailing lists and of programs that answer by themselves.
    pub lists: Lists,
    /// The client that wrote it: X-Mailer or User-Agent.
    pub mailer: Option<String>,
    /// X-Originating-IP, the address a web mail's user came from; anybody can write it.
    pub originating_ip: Option<std::net::IpAddr>,
    /// X-Sender-IP, as Outlook.com writes it.
    pub sender_ip_header: Option<std::net::IpAddr>,
    /// How many DKIM2-Signature fields there are. Their format is a draft: they are counted and not judged.
    pub dkim2_signatures: usize,
    /// How many Message-Instance fields of the same draft there are.
    pub message_instances: usize,
    /// What is remarkable, in the order of the header.
    pub findings: Vec<Finding>,
}

/// Microsoft's own headers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Microsoft {
    /// X-Forefront-Antispam-Report.
    pub antispam: Option<AntispamReport>,
    /// X-Microsoft-Antispam.
    pub bulk: Option<Bulk>,
    /// X-Microsoft-Antispam-Mailbox-Delivery.
    pub mailbox: Option<MailboxDelivery>,
    /// X-MS-Exchange-* and X-MS-Office365-*.
    pub exchange: Exchange,
}

#[cfg(test)]
mod tests;
