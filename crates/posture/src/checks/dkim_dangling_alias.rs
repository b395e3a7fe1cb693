//! A selector that is an alias of nothing, or of what anybody can have.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, MOST_ALIASES, dkim::Broken},
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-dangling-alias",
    severity: Severity::Low,
    title: "A DKIM alias leads to nothing",
    meaning: "The selector's name is an alias: its key is kept by somebody else. Where the alias leads to, there is no key.",
    risk: "Signatures made with the selector fail. Whoever gets to put a key where the alias leads to, at a service that was given up or a tenant \
           that is gone, signs as the domain.",
    advice: "Take the alias away if the service is not used any more. If it is, have the service make its key.",
    references: &[
        Reference { title: "RFC 6376 section 8", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-8" },
        Reference { title: "RFC 1034 section 3.6.2", url: "https://www.rfc-editor.org/rfc/rfc1034.html#section-3.6.2" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in evidence.dkim.all() {
        let Some(broken) = &selector.broken else { continue };
        let in_use = if selector.in_use { Severity::High } else { check.severity };
        let (severity, words) = match broken {
            // That is another check's: somebody can have it.
            Broken::Unregistered(_) => continue,
            Broken::NoTenant(tenant) => (in_use.max(Severity::Medium), format!("there is no tenant {tenant} any more")),
            Broken::Endless => (
                in_use.max(Severity::Medium),
                format!("the aliases lead in a circle, or there are more than {MOST_ALIASES} of them"),
            ),
            Broken::NoSuchName => (in_use, "that name does not exist".to_owned()),
            Broken::NoText => (in_use, "that name has no TXT record".to_owned()),
        };
        let finding = check.found(&selector.texts.name).matters(severity);
        let finding = finding.seen(words::key_at(selector), selector.way());
        found.push(finding.seen(selector.aliases.last().cloned().unwrap_or_default(), words));
    }
}
