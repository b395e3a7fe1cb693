//! A record that asks for names that are not there.

use mailauth::spf::survey::{TermRef, VOID_LIMIT};

use crate::{
    Check, Finding, Reference, Severity,
    evidence::DomainEvidence,
    sender::{self, Draft},
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-void-lookups",
    severity: Severity::Medium,
    title: "SPF asks for too much that does not exist",
    meaning: "Terms of the record ask for names that have no address. Receivers allow two such questions, and may end \
              the check with an error at the third.",
    risk: "Honest mail fails at receivers that keep to the limit. The names are mostly those of servers and \
              services that are gone: what is left of them in the record helps nobody but who takes the names over.",
    advice: "Take the terms out that find nothing. Where a name has IPv4 addresses only, the question of a server \
              with an IPv6 address is void: write the addresses themselves (ip4:).",
    references: &[Reference {
        title: "RFC 7208 section 4.6.4",
        url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.6.4",
    }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    let cost = survey.cost;
    let (v4, v6) = (cost.void_v4 > VOID_LIMIT, cost.void_v6 > VOID_LIMIT);
    if evidence.spf.own().is_none() || !v4 && !v6 {
        return;
    }
    // Most servers that send mail have an IPv4 address.
    let severity = if v4 { check.severity } else { Severity::Low };
    let words = match (v4, v6) {
        (true, true) if cost.void_v4 == cost.void_v6 => format!("{} questions find nothing; {VOID_LIMIT} may", cost.void_v4),
        _ => {
            let (v4, v6) = (cost.void_v4, cost.void_v6);
            format!("{v4} questions find nothing for a server with an IPv4 address, {v6} with an IPv6 address; {VOID_LIMIT} may")
        }
    };
    let mut finding = check.found(&evidence.domain).matters(severity).seen(format!("{} TXT", evidence.domain), words);
    let mut nothing: Vec<TermRef> = Vec::new();
    for (place, _, term) in survey.terms().filter(|(_, _, term)| !term.is_link()) {
        let words = match (term.cost.void_v4 > 0, term.cost.void_v6 > 0) {
            (true, true) => {
                nothing.push(place);
                "finds nothing"
            }
            (true, false) => "finds no IPv4 address",
            (false, true) => "finds no IPv6 address",
            (false, false) => continue,
        };
        finding = finding.seen(survey.named(place), words);
    }
    found.push(match shorter(evidence) {
        Some((draft, written)) => draft.publish(sender::told(finding, written)),
        None => sender::publish_without(finding, evidence, &nothing),
    });
}

/// A record that keeps to the limit: without what finds nothing, and with the addresses of the domain's own names that one family of clients
/// asks for in vain; the terms that are written out and their addresses. `None` if that does not do it.
fn shorter(evidence: &DomainEvidence) -> Option<(Draft<'_>, Vec<(&str, String)>)> {
    let own = evidence.spf.own()?;
    let (mut v4, mut v6) = (evidence.spf.survey.cost.void_v4, evidence.spf.survey.cost.void_v6);
    let mut draft = Draft::own(evidence)?;
    let mut written = Vec::new();
    for (at, term) in own.terms.iter().enumerate().filter(|(_, term)| !term.is_link()) {
        let gone = match (term.cost.void_v4 > 0, term.cost.void_v6 > 0) {
            (false, false) => continue,
            (true, true) => None,
            _ => match sender::written_out(evidence, term) {
                Some(addresses) => Some(addresses),
                None => continue,
            },
        };
        v4 = v4.saturating_sub(term.cost.void_v4);
        v6 = v6.saturating_sub(term.cost.void_v6);
        draft = match gone {
            None => draft.without([at]),
            Some(addresses) => {
                written.push((term.text.as_str(), addresses.clone()));
                draft.with(at, addresses)
            }
        };
    }
    (v4 <= VOID_LIMIT && v6 <= VOID_LIMIT && draft.names_somebody()).then_some((draft, written))
}
