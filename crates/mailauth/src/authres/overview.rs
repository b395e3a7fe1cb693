//! What a header says in short, as `EmailEvents.AuthenticationDetails` and the columns beside it have it.

use std::net::IpAddr;

use serde::Serialize;

use super::{ActionClass, CompAuth};

/// The verdicts of one header, or of several that are believed together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The result of SPF.
    pub spf: Option<String>,
    /// The result of DKIM: `pass` if one signature passes, otherwise that of the first.
    pub dkim: Option<String>,
    /// The result of DMARC.
    pub dmarc: Option<String>,
    /// Microsoft's composite verdict.
    pub compauth: Option<CompAuth>,
    /// The result of ARC.
    pub arc: Option<String>,
    /// What was done after DMARC, as written.
    pub action: Option<String>,
    /// The class of [`Overview::action`].
    pub action_class: Option<ActionClass>,
    /// The address the message came from, where SPF says it.
    pub sender_ip: Option<IpAddr>,
    /// The envelope sender or its domain (`smtp.mailfrom`), without angle brackets; empty for a bounce.
    pub mail_from: Option<String>,
    /// The name the client greeted with (`smtp.helo`).
    pub helo: Option<String>,
    /// The author's domain (`header.from`); `None` also where the header has an empty one.
    pub header_from: Option<String>,
    /// The domains of the signatures (`header.d`, or the domain of `header.i`), in their order, whatever became of them.
    pub signing_domains: Vec<String>,
    /// Those of them whose signature passes.
    pub passing_domains: Vec<String>,
}
