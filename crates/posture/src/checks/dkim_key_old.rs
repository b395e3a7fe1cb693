//! A key that has been there for long.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-key-old",
    severity: Severity::Low,
    title: "A DKIM key has not been changed for long",
    meaning: "Earlier checks have seen the same key. Keys are changed every few months, as nobody notices when one has been copied.",
    risk: "Whoever once got hold of the key, with a backup or at a former service, still signs as the domain.",
    advice: "Change the key: a new one under another selector, then revoke the old one. `spoofwatch dkim rotate` does that.",
    references: &[
        Reference { title: "RFC 6376 section 3.1", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.1" },
        Reference {
            title: "M3AAWG: DKIM key rotation",
            url: "https://www.m3aawg.org/sites/default/files/m3aawg-dkim-key-rotation-bp-2019-03.pdf",
        },
    ],
    baseline: &[],
    run,
};

const DAY: i64 = 24 * 3600 * 1_000_000;
/// Six months, and two years, in days.
const OLD: i64 = 183;
const VERY_OLD: i64 = 730;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for (selector, key) in evidence.dkim.keys().filter(|(_, key)| key.is_usable()) {
        let Some(seen) = evidence.history.of(&selector.texts.name, &key.p) else { continue };
        let days = evidence.now.saturating_sub(seen.first) / DAY;
        let severity = match days {
            ..=OLD => continue,
            VERY_OLD.. => Severity::Medium,
            _ => check.severity,
        };
        let mut finding = check.found(&selector.texts.name).matters(severity);
        finding =
            finding.seen(words::key_at(selector), format!("{}, first seen {days} days ago{}", key.key, words::whose(selector)));
        if selector.microsoft().is_some() {
            finding.advice =
                "Run `Rotate-DkimSigningConfig -Identity DOMAIN -KeySize 2048`: Microsoft 365 does not change keys by itself. \
                              `spoofwatch dkim schedule` does it every three months."
                    .to_owned();
        } else if !selector.aliases.is_empty() {
            finding.advice = "The key is kept by whom the alias leads to: ask them to change it.".to_owned();
        }
        found.push(finding);
    }
}
