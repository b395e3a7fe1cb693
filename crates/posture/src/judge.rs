//! All checks over the evidence about a domain.

use crate::{Fact, Finding, checks, evidence::DomainEvidence, moera::Moera};

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
    found.iter_mut().for_each(|finding| behind_alias(finding, evidence));
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| (a.check, &a.subject).cmp(&(b.check, &b.subject))));
    found
}

/// A record cannot be published beside an alias (RFC 1034 section 3.6.2): it is published where the alias leads, by whoever keeps that name.
fn behind_alias(finding: &mut Finding, evidence: &DomainEvidence) {
    for alias in &evidence.handed_over.aliases {
        let Some(target) = alias.targets.last() else { continue };
        let mut moved = false;
        for record in finding.publish.iter_mut().filter(|record| record.name == alias.name && record.kind != "CNAME") {
            record.name.clone_from(target);
            moved = true;
        }
        if moved {
            let seen = format!(
                "{target}.: the record is kept there. Have it changed there, or delete the alias and publish the record here"
            );
            finding.facts.push(Fact { what: format!("{} CNAME", alias.name), seen });
        }
    }
}
