//! All checks over the evidence about a domain.

use crate::{Finding, checks, evidence::DomainEvidence, moera::Moera};

/// Checks of a tenant's initial domain: Microsoft keeps its zone, and lets its owner add records to it and nothing else.
const OF_MOERA: [&str; 2] = ["dns-trouble", "moera-dmarc"];

/// What the checks find, what matters most first.
#[must_use]
pub fn findings(evidence: &DomainEvidence) -> Vec<Finding> {
    let mut found = Vec::new();
    let moera = Moera::of(&evidence.domain);
    for check in checks::ALL {
        match moera {
            Some(Moera::Microsofts) => break,
            Some(Moera::Tenants) if !OF_MOERA.contains(&check.id) => continue,
            Some(Moera::Tenants) | None => {}
        }
        (check.run)(check, evidence, &mut found);
    }
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| (a.check, &a.subject).cmp(&(b.check, &b.subject))));
    found
}
