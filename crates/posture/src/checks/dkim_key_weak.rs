//! A key that can be broken.

use mailauth::dkim::PublicPart;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-key-weak",
    severity: Severity::Medium,
    title: "A DKIM key is too short",
    meaning: "The strength of an RSA key is in its length. Receivers take 1024 bits and more; 2048 are what is recommended.",
    risk: "Whoever breaks the key signs as the domain, from anywhere, and every receiver believes it. With 512 bits that takes hours on rented \
           computers, with 768 months, with 1024 the means of a state.",
    advice: "Make a new key of 2048 bits, publish it under another selector, let the server sign with that, and revoke the old one a week later.",
    references: &[
        Reference { title: "RFC 8301 section 3.2", url: "https://www.rfc-editor.org/rfc/rfc8301.html#section-3.2" },
        Reference { title: "RFC 6376 section 3.3.3", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.3.3" },
    ],
    baseline: &["MS.EXO.3.1v1"],
    run,
};

/// What receivers must have, and what they should.
const LEAST: u32 = 1024;
const GOOD: u32 = 2048;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in evidence.dkim.all() {
        let bits = selector.keys.iter().filter_map(|key| match key.key {
            PublicPart::Rsa { bits, .. } if bits < GOOD => Some(bits),
            PublicPart::Rsa { .. } | PublicPart::Ed25519 | PublicPart::Revoked | PublicPart::Unusable => None,
        });
        let Some(bits) = bits.min() else { continue };
        let severity = if bits < LEAST { Severity::Critical } else { check.severity };
        let mut finding = check.found(&selector.texts.name).matters(severity);
        finding = finding.seen(words::key_at(selector), format!("an RSA key of {bits} bits{}", words::whose(selector)));
        if selector.microsoft().is_some() {
            finding.advice = "Run `Rotate-DkimSigningConfig -Identity DOMAIN -KeySize 2048`, twice with at least four days between: a rotation makes a \
                              new key for the selector that is not in use, so that two are needed to renew both."
                .to_owned();
        } else if !selector.aliases.is_empty() {
            finding.advice = "The key is kept by whom the alias leads to: have them make one of 2048 bits.".to_owned();
        }
        found.push(finding);
    }
}
