//! The secret half of a key is published.

use mailauth::dkim::PublishedFault;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-private-key",
    severity: Severity::Critical,
    title: "A private key is published",
    meaning: "A signing key has two halves: one to check with, for everybody, and one to sign with, for the server alone. The record holds the \
              wrong one.",
    risk: "Whoever reads the DNS can sign. If the right half is published as well, now or later, their mail passes every check.",
    advice: "Treat the key as stolen: put `v=DKIM1; p=` in the place of the record, make a new one under another selector, and never use the old one again.",
    references: &[Reference {
        title: "RFC 6376 section 3.6.1",
        url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.1",
    }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in evidence.dkim.all() {
        if selector.keys.iter().any(|key| key.faults.contains(&PublishedFault::PrivateKey)) {
            // The record itself is not shown: reports are passed on.
            found.push(check.found(&selector.texts.name).seen(words::key_at(selector), "a private key, which is not shown here"));
        }
    }
}
