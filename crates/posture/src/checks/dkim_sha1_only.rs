//! A key that may only be used with a hash that must not be used.

use mailauth::dkim::PublishedFault;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-sha1-only",
    severity: Severity::Medium,
    title: "A DKIM key may not be used with SHA-256",
    meaning: "The record says in h= which hashes its key may be used with, and leaves out SHA-256. SHA-1, which it names mostly, must not be \
              used any more by anybody.",
    risk: "No signature can be made with this key that receivers accept: signed mail counts as unsigned.",
    advice: "Take h= out of the record, and have the server sign with rsa-sha256.",
    references: &[
        Reference { title: "RFC 8301 section 3.1", url: "https://www.rfc-editor.org/rfc/rfc8301.html#section-3.1" },
        Reference { title: "RFC 6376 section 3.6.1", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in evidence.dkim.all() {
        for key in &selector.keys {
            let Some(fault) = key.faults.iter().find(|fault| matches!(fault, PublishedFault::Hashes(_))) else { continue };
            let mut finding = check.found(&selector.texts.name).seen(words::key_at(selector), fault.to_string());
            if let Some(plain) = key.plain().filter(|_| selector.aliases.is_empty()) {
                finding = finding.publish(selector.texts.name.clone(), "TXT", plain, std::slice::from_ref(&key.text));
            }
            found.push(finding);
        }
    }
}
