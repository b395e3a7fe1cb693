//! Addresses in the place of names: a term that asks for nothing.

use mailauth::spf::{record::Mechanism, survey::Term};

use super::is_at_or_below;
use crate::{Finding, evidence::DomainEvidence};

/// Addresses of a name that are written out in its place.
const MOST_ADDRESSES: usize = 8;

/// The addresses that a name of the domain's own stands for, as terms. Those of others change without notice.
pub(crate) fn written_out(evidence: &DomainEvidence, term: &Term) -> Option<String> {
    let is_own = term.target.as_ref().is_some_and(|name| is_at_or_below(name, &evidence.domain));
    let Some(Mechanism::A(..) | Mechanism::Mx(..)) = term.mechanism() else { return None };
    if !is_own || term.is_unknown() || term.networks.is_empty() || term.networks.len() > MOST_ADDRESSES {
        return None;
    }
    let sign = term.qualifier().filter(|_| term.text.starts_with(['+', '-', '~', '?'])).map_or("", |sign| sign.as_str());
    let each = term.networks.iter().map(|network| {
        let name = if network.address().is_ipv4() { "ip4" } else { "ip6" };
        format!("{sign}{name}:{network}")
    });
    Some(each.collect::<Vec<_>>().join(" "))
}

/// Says what was written out, and what that asks of people.
pub(crate) fn told(finding: Finding, written: Vec<(&str, String)>) -> Finding {
    written.into_iter().fold(finding, |finding, (term, addresses)| {
        let words = format!("stands for {addresses} today: who changes the server changes the record too");
        finding.seen(format!("`{term}`"), words)
    })
}
