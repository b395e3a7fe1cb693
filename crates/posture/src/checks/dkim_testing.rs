//! A key that is only being tried out.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-testing",
    severity: Severity::Medium,
    title: "A DKIM key says that it is a test",
    meaning: "The record says t=y: the domain is trying signing out. Receivers may treat messages signed with it as if they were not signed.",
    risk: "Signatures count for less than they could or for nothing; a message with a broken one is treated no worse.",
    advice: "When signed messages pass, take t=y out of the record.",
    references: &[Reference {
        title: "RFC 6376 section 3.6.1",
        url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.1",
    }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in evidence.dkim.all() {
        let Some(key) = selector.keys.iter().find(|key| key.testing && key.is_usable()) else { continue };
        let finding = check.found(&selector.texts.name);
        let mut finding = finding.seen(words::key_at(selector), format!("t=y, with {}{}", key.key, words::whose(selector)));
        match key.plain().filter(|_| selector.aliases.is_empty()) {
            Some(plain) => finding = finding.publish(selector.texts.name.clone(), "TXT", plain, std::slice::from_ref(&key.text)),
            None => finding.advice = "The record is kept by whom the alias leads to: have them take t=y out of it.".to_owned(),
        }
        found.push(finding);
    }
}
