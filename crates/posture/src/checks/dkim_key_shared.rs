//! One key under several names.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-key-shared",
    severity: Severity::Low,
    title: "One DKIM key is used under several names",
    meaning: "The same key stands at the names of several selectors or domains.",
    risk: "Whoever gets hold of it signs as all of them, and changing it under one name changes nothing.",
    advice: "Make a key for each name, and change them one after the other.",
    references: &[Reference { title: "RFC 6376 section 8.14", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-8" }],
    baseline: &[],
    run,
};

/// How long ago, in microseconds, another name may have been seen to have the key.
const RECENT: i64 = 30 * 24 * 3600 * 1_000_000;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // A service has one key for many customers, mostly, and its aliases are there for that.
    for (selector, key) in evidence.dkim.keys().filter(|(selector, key)| selector.aliases.is_empty() && key.is_usable()) {
        names.entry(&key.p).or_default().insert(&selector.texts.name);
    }
    let below = format!("._domainkey.{}", evidence.domain);
    for (key, names) in &mut names {
        // What stands under names of this domain today was just looked at; the history knows of other domains.
        let recent = evidence
            .history
            .names_of(key)
            .filter(|(name, seen)| !name.ends_with(&below) && evidence.now.saturating_sub(seen.last) <= RECENT);
        names.extend(recent.map(|(name, _)| name));
    }
    let shared: Vec<_> = names.values().filter(|names| names.len() > 1).collect();
    if shared.is_empty() {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    for names in shared {
        finding = finding.seen("the same key at".to_owned(), words::listed(names.iter().take(20)));
    }
    found.push(finding);
}
