//! A message through SPF, DKIM, ARC and DMARC, and the verdicts side by side.

use std::net::IpAddr;

use serde::Serialize;

use crate::{arc::Arc, dkim::Dkim, dmarc::Dmarc, spf::Spf};

/// What is known of a message's arrival. The message itself is apart: SPF can be evaluated without one.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// The address the message came from.
    pub client: Option<IpAddr>,
    /// What the client greeted with.
    pub helo: Option<String>,
    /// The envelope sender; empty for a bounce, `None` if nobody knows.
    pub mail_from: Option<String>,
    /// The moment of the evaluation, in seconds since 1970: signatures end.
    pub now: i64,
}

/// Every verdict on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// SPF; its result is `none` where the client's address is not known, and its reason says so.
    pub spf: Spf,
    /// One for each signature, from the top.
    pub dkim: Vec<Dkim>,
    /// The chain; `None` without a message.
    pub arc: Option<Arc>,
    /// DMARC; `None` without a message.
    pub dmarc: Option<Dmarc>,
}
