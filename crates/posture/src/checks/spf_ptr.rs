//! A record that goes by the names of addresses.

use mailauth::spf::{
    macros::{self, Letter, Piece, Place},
    record::Mechanism,
    survey::{Standing, Term, TermRef},
};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-ptr",
    severity: Severity::Low,
    title: "SPF uses ptr",
    meaning: "The record lets servers send whose address has a name that ends in the domain. The standard says not to \
              use it: it is slow, and it rests on the name servers of whoever owns the address.",
    risk: "Some receivers skip the term or answer with an error, so that honest mail fails. Each message asks the \
              name servers of its sender, who can make the check slow or fail.",
    advice: "Name the servers by their addresses (ip4:, ip6:) or by the name they have (a:).",
    references: &[Reference { title: "RFC 7208 section 5.5", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.5" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    if evidence.spf.own().is_none() {
        return;
    }
    let mut finding = check.found(&evidence.domain).matters(Severity::Informational);
    let mut mechanisms: Vec<TermRef> = Vec::new();
    for (place, node, term) in survey.terms().filter(|(_, _, term)| term.standing == Standing::Reached) {
        let mechanism = matches!(term.mechanism(), Some(Mechanism::Ptr(_)));
        if !mechanism && !uses_name(term) {
            continue;
        }
        if mechanism {
            mechanisms.push(place);
        }
        // In a record of somebody else's it is theirs to change.
        if sender::is_at_or_below(&node.domain, &evidence.domain) {
            finding = finding.matters(check.severity);
        }
        let words =
            if mechanism { "goes by the name of the address" } else { "holds a macro that stands for the name of the address" };
        finding = finding.seen(survey.named(place), words);
    }
    if !finding.facts.is_empty() {
        found.push(sender::publish_without(finding, evidence, &mechanisms));
    }
}

/// Whether the macro `p` is in a term, which asks like `ptr` (section 7.2).
fn uses_name(term: &Term) -> bool {
    macros::pieces(&term.text, Place::Term)
        .any(|piece| matches!(piece, Ok(Piece::Expand(found)) if found.letter == Letter::ValidatedName))
}
