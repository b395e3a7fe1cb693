//! Our own verdicts as a header: what stands in each result and property (RFC 8601 sections 2.7 and 7, RFC 8617 section 10.2,
//! RFC 9989 appendix on Authentication-Results).

use std::net::IpAddr;

use super::{AuthenticationResults, MethodResult, Property};
use crate::{
    arc::Arc,
    dkim::Dkim,
    dmarc::{Author, Dmarc},
    dns,
    spf::{Identity, Spf},
    verify::{Arrival, Verdicts},
};

impl AuthenticationResults {
    /// The header of a host for its own verdicts. An instance makes it one of an ARC set.
    #[must_use]
    pub fn compose(authserv_id: &str, arrival: &Arrival, verdicts: &Verdicts) -> Self {
        let mut results = Vec::new();
        results.extend(arrival.client.map(|_| of_spf(&verdicts.spf, arrival)));
        if verdicts.dkim.is_empty() && verdicts.dmarc.is_some() {
            results.push(MethodResult { comments: vec!["message not signed".to_owned()], ..method("dkim", "none") });
        }
        results.extend(verdicts.dkim.iter().map(of_dkim));
        results.extend(verdicts.arc.as_ref().map(|arc| of_arc(arc, arrival.client)));
        if let Some(dmarc) = &verdicts.dmarc {
            results.extend(of_dmarc(dmarc));
        }
        Self { authserv_id: Some(authserv_id.to_owned()), results, ..Self::default() }
    }
}

fn method(method: &str, result: &str) -> MethodResult {
    MethodResult { method: method.to_owned(), result: result.to_owned(), ..MethodResult::default() }
}

fn property(ptype: &str, name: &str, value: impl Into<String>) -> Property {
    Property { ptype: ptype.to_owned(), name: name.to_owned(), value: value.into() }
}

/// A domain in ASCII, as headers of unextended mail must have it; without those characters if it has no such form.
fn ascii(domain: &str) -> String {
    dns::name(domain).unwrap_or_else(|| domain.chars().filter(char::is_ascii_graphic).collect())
}

/// Words for people, in ASCII.
fn words(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

fn of_spf(spf: &Spf, arrival: &Arrival) -> MethodResult {
    let mut out = method("spf", spf.result.as_str());
    out.comments.extend(arrival.client.map(|client| format!("sender IP is {client}")));
    out.comments.push(words(&spf.reason));
    out.properties.push(match spf.identity {
        Identity::Mailfrom => {
            let sender = arrival.mail_from.as_deref().map(|sender| sender.trim_matches(['<', '>']));
            // A local part that is not ASCII cannot be written; its domain is what was checked.
            let sender = sender.filter(|sender| sender.is_ascii() && sender.contains('@'));
            property("smtp", "mailfrom", sender.map_or_else(|| ascii(&spf.domain), ToOwned::to_owned))
        }
        Identity::Helo => property("smtp", "helo", ascii(&spf.domain)),
    });
    out
}

fn of_dkim(dkim: &Dkim) -> MethodResult {
    let mut out = method("dkim", dkim.result.as_str());
    match dkim.key_bits {
        Some(bits) if dkim.result.as_str() == "pass" => out.comments.push(format!("{bits}-bit key")),
        _ => out.reason = Some(words(&dkim.reason)),
    }
    if dkim.testing {
        out.comments.push("the domain is testing".to_owned());
    }
    let texts =
        [("d", dkim.domain.as_deref().map(ascii)), ("i", dkim.identity.clone()), ("s", dkim.selector.as_deref().map(ascii))];
    let rest = [("a", dkim.algorithm.clone()), ("b", dkim.tag.clone())];
    let there = texts.into_iter().chain(rest).filter_map(|(name, value)| Some((name, value?)));
    out.properties.extend(there.filter(|(_, value)| value.is_ascii()).map(|(name, value)| property("header", name, value)));
    out
}

fn of_arc(arc: &Arc, client: Option<IpAddr>) -> MethodResult {
    let mut out = method("arc", arc.result.as_str());
    out.comments.push(words(&arc.reason));
    out.properties.extend(client.map(|client| property("smtp", "remote-ip", client.to_string())));
    out.properties.extend(arc.oldest_pass.map(|instance| property("header", "oldest-pass", instance.to_string())));
    out
}

/// One result for each author, that of the author who decided first.
fn of_dmarc(dmarc: &Dmarc) -> Vec<MethodResult> {
    let decided = |author: &&Author| Some(&author.domain) == dmarc.domain.as_ref();
    let mut authors: Vec<_> = dmarc.authors.iter().filter(decided).take(1).collect();
    let first = authors.first().map(|author| std::ptr::from_ref(*author));
    authors.extend(dmarc.authors.iter().filter(|author| Some(std::ptr::from_ref(*author)) != first));
    if authors.is_empty() {
        let mut out = method("dmarc", dmarc.result.as_str());
        out.comments.push(words(&dmarc.reason));
        return vec![out];
    }
    authors.into_iter().map(of_author).collect()
}

fn of_author(author: &Author) -> MethodResult {
    let mut out = method("dmarc", author.result.as_str());
    out.comments.push(words(&author.reason));
    out.properties.push(property("header", "from", ascii(&author.domain)));
    out.properties.extend(author.policy.map(|policy| property("policy", "dmarc", policy.as_str())));
    out
}
