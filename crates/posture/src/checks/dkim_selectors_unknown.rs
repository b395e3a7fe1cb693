//! There are keys, and nobody has said under which names.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, Purpose},
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-selectors-unknown",
    severity: Severity::Informational,
    title: "The DKIM keys could not be looked at",
    meaning: "Something stands below _domainkey, where keys are kept, and under none of the names that are commonly chosen. Names cannot be \
              listed, so the keys were not looked at.",
    risk: "A weak or forgotten key would not be seen here.",
    advice: "Name the selectors: each signed message has one, in `s=` of its DKIM-Signature header.",
    references: &[
        Reference { title: "RFC 6376 section 3.1", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.1" },
        Reference { title: "RFC 8020", url: "https://www.rfc-editor.org/rfc/rfc8020.html" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dkim = &evidence.dkim;
    let named = dkim.selectors.iter().any(|selector| selector.in_use);
    let sends = evidence.deduced().purpose == Purpose::Sending;
    let keyless = dkim.wildcard.as_ref().is_none_or(|wildcard| wildcard.keys.is_empty());
    if sends && !named && !dkim.is_unknown() && !dkim.is_empty() && keyless && dkim.existing().next().is_none() {
        found.push(
            check.found(&evidence.domain).seen(dkim.base.name.clone(), "the name exists, and none of the common selectors"),
        );
    }
}
