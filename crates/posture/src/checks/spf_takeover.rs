//! A record that names what anybody can make his own.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-takeover",
    severity: Severity::Critical,
    title: "SPF names a domain that anybody can register",
    meaning: "The record includes another domain's record, or names a server, in a domain that nobody has registered. \
              Mostly it is what is left of a service that was given up.",
    risk: "Whoever registers that domain, for a few coins, decides who may send mail in your domain's name: that mail passes \
              SPF, and DMARC with it.",
    advice: "Take the term out today.",
    references: &[
        Reference { title: "RFC 7208 section 5.2", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.2" },
        Reference { title: "RFC 7208 section 6.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-6.1" },
    ],
    baseline: &["MS.EXO.2.2v3"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    let free: Vec<_> = evidence.spf.lost.iter().filter_map(|lost| Some((lost, lost.unregistered.as_deref()?))).collect();
    if evidence.spf.own().is_none() || free.is_empty() {
        return;
    }
    // What keeps somebody out lets nobody in, whoever has it.
    let passes = free.iter().any(|(lost, _)| evidence.spf.lets_pass(lost.place));
    let mut finding = check.found(&evidence.domain).matters(if passes { check.severity } else { Severity::Medium });
    for (lost, domain) in &free {
        let words = format!("{} does not exist, and nobody has registered {domain}: anybody can", lost.name);
        finding = finding.seen(survey.named(lost.place), words);
    }
    let gone = evidence.spf.useless(free.into_iter().map(|(lost, _)| lost));
    found.push(sender::publish_without(finding, evidence, &gone));
}
