//! All checks over the evidence about a domain.

use crate::{Finding, checks, evidence::DomainEvidence};

/// What the checks find, what matters most first.
#[must_use]
pub fn findings(evidence: &DomainEvidence) -> Vec<Finding> {
    let mut found = Vec::new();
    for check in checks::ALL {
        (check.run)(check, evidence, &mut found);
    }
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| (a.check, &a.subject).cmp(&(b.check, &b.subject))));
    found
}
