//! A record that names what is not there.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-dangling-include",
    severity: Severity::High,
    title: "SPF names something that does not exist",
    meaning: "The record includes another domain's record, or names a server, that is not there. An include of nothing \
              makes the whole check end with an error.",
    risk: "Honest mail fails the check, and nothing is held against forged mail. Whoever gets to make the name decides who \
              may send.",
    advice: "Take the term out. If the service is still in use, ask it for the name that is right.",
    references: &[
        Reference { title: "RFC 7208 section 5.2", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.2" },
        Reference { title: "RFC 7208 section 6.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-6.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    // What anybody could register is another matter, and a worse one.
    let lost: Vec<_> = evidence.spf.lost.iter().filter(|lost| lost.unregistered.is_none()).collect();
    if evidence.spf.own().is_none() || lost.is_empty() {
        return;
    }
    let mut finding = check.found(&evidence.domain).matters(Severity::Low);
    for lost in &lost {
        let Some((_, term)) = survey.at(lost.place) else { continue };
        // A name that is gone matches nobody; it costs a look-up. An include of nothing is an error.
        if term.is_link() {
            finding.severity = check.severity;
        }
        let words = match lost.exists {
            false => format!("{} does not exist", lost.name),
            true if term.is_link() => format!("{} publishes no SPF record", lost.name),
            true => format!("{} has no such record", lost.name),
        };
        finding = finding.seen(survey.named(lost.place), words);
    }
    let gone = evidence.spf.useless(lost.into_iter());
    found.push(sender::publish_without(finding, evidence, &gone));
}
