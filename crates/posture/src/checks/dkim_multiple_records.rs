//! Several records where one must be.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-multiple-records",
    severity: Severity::Medium,
    title: "A selector has several records",
    meaning: "At the name of a selector stands one key. Here are several records, and the standard does not say which of them receivers take.",
    risk: "Signatures pass with some receivers and fail with others, or pass today and fail tomorrow, as the DNS changes the order of records.",
    advice: "Keep the record of the key that the server signs with, and take the others away. A new key gets a selector of its own.",
    references: &[Reference {
        title: "RFC 6376 section 3.6.2.2",
        url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.2.2",
    }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in &evidence.dkim.selectors {
        let (keys, others) = (selector.keys.len(), selector.others);
        let severity = match (keys, others) {
            (2.., _) => check.severity,
            (1, 1..) => Severity::Low,
            (0 | 1, _) => continue,
        };
        let mut finding = check.found(&selector.texts.name).matters(severity);
        for key in &selector.keys {
            finding = finding.seen(words::key_at(selector), key.key.to_string());
        }
        if others > 0 {
            finding = finding.seen(words::key_at(selector), format!("{others} other texts that are no keys"));
        }
        found.push(finding);
    }
}
