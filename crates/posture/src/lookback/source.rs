//! Who sent what fails: rows gathered by whose they seem to be.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use serde::Serialize;

use super::{Row, Step};

/// What messages that fail seem to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The owner's, sent in a way that does not pass.
    Ours,
    /// A service's that sends in its own name and shows the owner's: honest perhaps.
    Service,
    /// The owner's, passed on by somebody else.
    Forwarder,
    /// Nobody's who is known: forged, most of it.
    Unknown,
}

/// A sender of messages that fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The domain that it proves to be, or its address.
    pub name: String,
    /// What its messages seem to be.
    pub kind: Kind,
    /// Why they seem so.
    pub because: &'static str,
    /// Its messages that fail.
    pub messages: u64,
    /// Addresses they came from.
    pub addresses: usize,
    /// Days on which they came.
    pub days: usize,
}

impl Kind {
    /// In words, after `seem to be`.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Ours => "your own",
            Self::Service => "of services that send for you",
            Self::Forwarder => "your own, passed on by others",
            Self::Unknown => "of nobody known",
        }
    }
}

/// Reasons receivers give for mail that somebody passed on (RFC 9990 section 3.1.1.11; `forwarded` is of RFC 7489).
const PASSED_ON: [&str; 3] = ["forwarded", "mailing_list", "trusted_forwarder"];

/// Days on which a service has to send to be taken for one of the owner's: who forges signs in a name of their own too, and moves on.
const DAYS_OF_A_SERVICE: usize = 3;

/// The senders of rows that fail, each once, in no order.
pub(super) fn gather(step: &Step<'_>, rows: &[&Row]) -> Vec<Source> {
    // An address that also sends what passes, and not by a signature that anybody may pass on, is the owner's.
    let passing: BTreeSet<&str> = rows.iter().filter(|row| row.spf_aligned).map(|row| row.source.as_str()).collect();
    let mut gathered: BTreeMap<(Kind, String), Gathered<'_>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.passes()) {
        let (kind, name, because) = judge(step, row, &passing);
        let entry = gathered.entry((kind, name)).or_default();
        entry.because = because;
        entry.messages = entry.messages.saturating_add(row.messages);
        entry.addresses.insert(&row.source);
        entry.days.extend(row.days());
    }
    let source = |((kind, name), found): ((Kind, String), Gathered<'_>)| Source {
        name,
        kind,
        because: found.because,
        messages: found.messages,
        addresses: found.addresses.len(),
        days: found.days.len(),
    };
    gathered.into_iter().map(source).map(|source| known(step, source)).collect()
}

/// A source as it is known after all its rows.
fn known(step: &Step<'_>, source: Source) -> Source {
    if step.strangers.contains(&source.name) {
        return Source { kind: Kind::Unknown, because: "you know that it is none of yours", ..source };
    }
    if source.kind == Kind::Service && source.days < DAYS_OF_A_SERVICE {
        return Source { kind: Kind::Unknown, because: "it signs in its own name, and came on a few days only", ..source };
    }
    source
}

#[derive(Default)]
struct Gathered<'a> {
    because: &'static str,
    messages: u64,
    addresses: BTreeSet<&'a str>,
    days: BTreeSet<i64>,
}

/// What a row that fails seems to be, who sent it, and why it seems so.
fn judge(step: &Step<'_>, row: &Row, passing: &BTreeSet<&str>) -> (Kind, String, &'static str) {
    let source = || row.source.clone();
    let may_send = row.source.parse::<IpAddr>().is_ok_and(|address| (step.may_send)(address));
    let of_ours =
        |domain: &str| domain == step.domain || domain.strip_suffix(step.domain).is_some_and(|rest| rest.ends_with('.'));
    let proven = |domain: &str, result: &str| result == "pass" && !domain.is_empty();
    if may_send {
        return (Kind::Ours, source(), "the SPF record lets it send");
    }
    if passing.contains(row.source.as_str()) {
        return (Kind::Ours, source(), "it also sends messages that pass by SPF");
    }
    if PASSED_ON.contains(&row.override_reason.as_str()) {
        return (Kind::Forwarder, source(), "receivers say that it passes messages on");
    }
    // A signature in the owner's name that does not hold was mostly made by the owner and broken on the way.
    if of_ours(&row.dkim_domain) && row.dkim_result == "fail" {
        return (Kind::Forwarder, source(), "it bears a signature in your name that was broken on the way");
    }
    if proven(&row.dkim_domain, &row.dkim_result) {
        return (Kind::Service, row.dkim_domain.clone(), "it signs in its own name");
    }
    (Kind::Unknown, source(), "nothing connects it with you")
}
