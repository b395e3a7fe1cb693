//! A selector that is in use has no key.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-selector-missing",
    severity: Severity::High,
    title: "A selector in use has no key",
    meaning: "Messages are signed with this selector, as you say, and at its name there is nothing to check them with.",
    risk: "Every signature made with it fails. Where the domain asks receivers to refuse what fails, honest mail is lost.",
    advice: "Publish the key that the signing server shows, or have it sign with another selector.",
    references: &[Reference {
        title: "RFC 6376 section 6.1.2",
        url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-6.1.2",
    }],
    baseline: &["MS.EXO.3.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in &evidence.dkim.selectors {
        let missing = !selector.exists() && !selector.texts.is_unknown();
        if selector.in_use && missing && evidence.dkim.wildcard.is_none() {
            found.push(check.found(&selector.texts.name).seen(format!("{} TXT", selector.texts.name), "no record"));
        }
    }
}
