//! A name of the domain is an alias of what anybody can have.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "alias-takeover",
    severity: Severity::High,
    title: "An alias leads to a domain that nobody has registered",
    meaning: "A name below the domain is an alias: another domain answers for it, and that domain is free to be registered.",
    risk: "Whoever registers it answers for the name.",
    advice: "Take the alias away now. If the name is needed, publish its records in the domain itself, or lead it to a service that you use.",
    references: &[
        Reference { title: "RFC 1034 section 3.6.2", url: "https://www.rfc-editor.org/rfc/rfc1034.html#section-3.6.2" },
        Reference { title: "MITRE ATT&CK T1584.001", url: "https://attack.mitre.org/techniques/T1584/001/" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for alias in &evidence.handed_over.aliases {
        let Some(domain) = &alias.unregistered else { continue };
        let mut finding = check.found(&alias.name).matters(alias.severity);
        finding.risk = format!("Whoever registers {domain} answers for {}, and {}.", alias.name, alias.means);
        finding = finding.seen(format!("{} CNAME", alias.name), words::listed(&alias.targets));
        found.push(finding.seen(domain.clone(), "nobody has registered it"));
    }
}
