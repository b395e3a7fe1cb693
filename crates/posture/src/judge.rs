//! All checks over the evidence about a domain.

use crate::{Finding, checks, evidence::DomainEvidence, moera::Moera};

/// Checks of a tenant's initial domain: Microsoft keeps its zone, and lets its owner add records to it and nothing else.
const OF_MOERA: [&str; 3] = ["dns-trouble", "domain-missing", "moera-dmarc"];

/// Checks of a name that does not exist.
const OF_NOTHING: [&str; 2] = ["dns-trouble", "domain-missing"];

/// What the checks find, what matters most first.
#[must_use]
pub fn findings(evidence: &DomainEvidence) -> Vec<Finding> {
    let mut found = Vec::new();
    let moera = Moera::of(&evidence.domain);
    // Of a name that is not there, everything is missing, and nothing of it could be published.
    let missing = evidence.does_not_exist();
    for check in checks::ALL.iter().filter(|check| !missing || OF_NOTHING.contains(&check.id)) {
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
