//! Keys that large receivers cannot check with.

use mailauth::dkim::PublicPart;

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, dkim::KnownBy},
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-ed25519-only",
    severity: Severity::Medium,
    title: "There is no RSA key beside the Ed25519 key",
    meaning: "Ed25519 is the newer kind of key. Not all receivers can check with it, large ones among those that cannot.",
    risk: "For these receivers the domain's mail is not signed at all.",
    advice: "Sign each message twice, with Ed25519 and with an RSA key of 2048 bits under another selector.",
    references: &[Reference { title: "RFC 8463 section 3", url: "https://www.rfc-editor.org/rfc/rfc8463.html#section-3" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let usable: Vec<_> = evidence.dkim.keys().filter(|(_, key)| key.is_usable()).collect();
    let only = !usable.is_empty() && usable.iter().all(|(_, key)| key.key == PublicPart::Ed25519);
    // Keys that were found by chance do not tell what else there is.
    let known = usable.iter().any(|(selector, _)| selector.known_by != KnownBy::Common);
    if only && known && !evidence.sends_nothing() {
        let mut finding = check.found(&evidence.domain);
        for (selector, key) in usable {
            finding = finding.seen(words::key_at(selector), key.key.to_string());
        }
        found.push(finding);
    }
}
