//! A key of a domain that sends nothing.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-key-unneeded",
    severity: Severity::Medium,
    title: "A domain without mail has a DKIM key",
    meaning: "The domain sends no mail, and has a key that signatures can be checked with: a leftover, mostly.",
    risk: "Whoever has the other half, at a service that was given up or on an old server, sends mail as the domain that passes every check, \
           whatever its DMARC policy says.",
    advice: "Take the record or the alias away, or revoke the key.",
    references: &[Reference {
        title: "RFC 6376 section 3.6.1",
        url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.1",
    }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    if !evidence.sends_nothing() {
        return;
    }
    for (selector, key) in evidence.dkim.keys().filter(|(_, key)| key.is_usable()) {
        let mut finding = check.found(&selector.texts.name);
        finding = finding.seen(words::key_at(selector), format!("{}{}", key.key, words::whose(selector)));
        if selector.aliases.is_empty() {
            finding = finding.publish(selector.texts.name.clone(), "TXT", "v=DKIM1; p=", std::slice::from_ref(&key.text));
        }
        found.push(finding.for_purpose(evidence));
    }
}
