//! Every selector has an answer.

use mailauth::dkim::PublicPart;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-wildcard",
    severity: Severity::Medium,
    title: "A wildcard answers for every selector",
    meaning: "The DNS answers for selectors that nobody has made: a record for all names, `*`, stands in for them.",
    risk: "A key that stands under every name cannot be revoked under one. Names that were given to a service and forgotten go unnoticed.",
    advice: "Take the wildcard away, and publish each key under the selector it is used with. A domain that sends no mail keeps \
             `*._domainkey` with an empty p=, which is as it should be.",
    references: &[
        Reference { title: "RFC 6376 section 6.1.2", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-6.1.2" },
        Reference { title: "RFC 4592", url: "https://www.rfc-editor.org/rfc/rfc4592.html" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(wildcard) = &evidence.dkim.wildcard else { return };
    let name = format!("*._domainkey.{}", evidence.domain);
    let revoked = !wildcard.keys.is_empty() && wildcard.keys.iter().all(|key| key.key == PublicPart::Revoked);
    if revoked && wildcard.aliases.is_empty() && wildcard.others == 0 {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    if let Some(key) = wildcard.keys.first() {
        finding = finding.seen(name, format!("{}{}", key.key, words::whose(wildcard)));
    } else if wildcard.aliases.is_empty() {
        let text = wildcard.texts.words().next().unwrap_or_default();
        finding = finding.matters(Severity::Informational).seen(name, format!("no key, but: {}", text));
        finding.risk = "None by itself. Receivers that look for a key find something else, and call the signature faulty instead of unknown.".to_owned();
    } else {
        finding = finding.seen(name, format!("no key{}", words::whose(wildcard)));
    }
    found.push(finding);
}
