//! A record that names what is not there.

use std::collections::BTreeMap;

use mailauth::spf::survey::TermRef;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-dangling-include",
    severity: Severity::High,
    title: "SPF names something that does not exist",
    meaning: "The record includes another domain's record, or names a server, that is not there. An include of nothing \
              makes the whole check end with an error.",
    risk: "Honest mail fails the check. Where nobody has registered the name's domain, anybody can: whoever does \
              decides who may send mail in your domain's name, and that mail passes SPF and DMARC.",
    advice: "Take the term out, today if the domain is free to register. If the service is still in use, ask it for \
              the name that is right.",
    references: &[
        Reference { title: "RFC 7208 section 5.2", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.2" },
        Reference { title: "RFC 7208 section 6.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-6.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    if evidence.spf.own().is_none() || evidence.spf.lost.is_empty() {
        return;
    }
    let mut finding = check.found(&evidence.domain).matters(Severity::Low);
    let mut gone: BTreeMap<TermRef, bool> = BTreeMap::new();
    for lost in &evidence.spf.lost {
        let Some((_, term)) = survey.at(lost.place) else { continue };
        let free = lost.unregistered.as_deref();
        let severity = match free {
            // What a new owner publishes there counts as the domain's own word.
            Some(_) if evidence.spf.lets_pass(lost.place) => Severity::Critical,
            Some(_) => check.severity,
            None if term.is_link() => check.severity,
            // A name that is gone matches nobody; it costs a look-up.
            None => Severity::Low,
        };
        finding.severity = finding.severity.max(severity);
        let words = match free {
            Some(domain) => format!("{} does not exist, and nobody has registered {domain}: anybody can", lost.name),
            None if !lost.exists => format!("{} does not exist", lost.name),
            None if term.is_link() => format!("{} publishes no SPF record", lost.name),
            None => format!("{} has no such record", lost.name),
        };
        finding = finding.seen(survey.named(lost.place), words);
        // A term with several hosts goes only when none of them is there.
        *gone.entry(lost.place).or_insert(true) &= term.networks.is_empty();
    }
    let gone: Vec<TermRef> = gone.into_iter().filter(|(_, all)| *all).map(|(place, _)| place).collect();
    found.push(sender::publish_without(finding, evidence, &gone));
}
