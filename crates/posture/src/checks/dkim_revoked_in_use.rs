//! A selector that is in use and whose key is revoked.

use mailauth::dkim::PublicPart;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-revoked-in-use",
    severity: Severity::High,
    title: "A selector in use has a revoked key",
    meaning: "Messages are signed with this selector, as you say, and its record has an empty p=: it says that the key is void.",
    risk: "Every signature made with it fails. Where the domain asks receivers to refuse what fails, honest mail is lost.",
    advice: "Have the server sign with a selector that has a key, or publish a new key under this one.",
    references: &[Reference {
        title: "RFC 6376 section 3.6.1",
        url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.1",
    }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in evidence.dkim.selectors.iter().filter(|selector| selector.in_use) {
        if let Some(key) = selector.keys.iter().find(|key| key.key == PublicPart::Revoked) {
            let seen = format!("{}{}", key.text, words::whose(selector));
            found.push(check.found(&selector.texts.name).seen(words::key_at(selector), seen));
        }
    }
}
