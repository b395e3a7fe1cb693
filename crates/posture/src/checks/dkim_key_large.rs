//! A key that not all receivers take.

use mailauth::dkim::PublicPart;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-key-large",
    severity: Severity::Low,
    title: "A DKIM key is longer than receivers have to take",
    meaning: "Receivers have to check with RSA keys of up to 4096 bits. This one has more, and its record is too large for the answers that some name \
              servers and networks let through.",
    risk: "For receivers that do not take it, the domain's mail is not signed.",
    advice: "Use a key of 2048 bits, which is as strong as anybody needs, under another selector.",
    references: &[Reference { title: "RFC 8301 section 3.2", url: "https://www.rfc-editor.org/rfc/rfc8301.html#section-3.2" }],
    baseline: &[],
    run,
};

/// What receivers have to take.
const MOST: u32 = 4096;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for (selector, key) in evidence.dkim.keys() {
        if matches!(key.key, PublicPart::Rsa { bits, .. } if bits > MOST) {
            let finding = check.found(&selector.texts.name);
            found.push(finding.seen(words::key_at(selector), format!("{}{}", key.key, words::whose(selector))));
        }
    }
}
