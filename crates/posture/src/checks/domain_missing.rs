//! A domain that is not there.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "domain-missing",
    severity: Severity::High,
    title: "The domain does not exist",
    meaning: "The DNS knows no such name. It is misspelt here, was never registered, or its registration has run out.",
    risk: "If it was yours, anybody can register it: they then send in its name, and get what is still sent to it, also what other services \
           send to set a new password.",
    advice: "Check how the name is written. If its registration has run out, renew it: registrars keep it for its last owner for some weeks.",
    references: &[
        Reference { title: "RFC 8020 section 2", url: "https://www.rfc-editor.org/rfc/rfc8020.html#section-2" },
        Reference { title: "RFC 9989 section 4.10", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    if evidence.does_not_exist() {
        found.push(check.found(&evidence.domain).seen(evidence.domain.clone(), "the name does not exist"));
    }
}
