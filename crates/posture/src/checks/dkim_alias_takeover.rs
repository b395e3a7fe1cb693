//! A selector that is an alias of what anybody can have.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, dkim::Broken},
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-alias-takeover",
    severity: Severity::Critical,
    title: "A DKIM alias leads to a domain that nobody has registered",
    meaning: "The selector's name is an alias: its key is kept in another domain, and that domain is free to be registered.",
    risk: "Whoever registers it puts a key there and signs as this domain: their mail passes every check, DMARC among them.",
    advice: "Take the alias away now. If signatures are made with the selector, publish its key in the domain itself.",
    references: &[
        Reference { title: "RFC 6376 section 8", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-8" },
        Reference { title: "RFC 1034 section 3.6.2", url: "https://www.rfc-editor.org/rfc/rfc1034.html#section-3.6.2" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in evidence.dkim.all() {
        if let Some(Broken::Unregistered(domain)) = &selector.broken {
            let finding = check.found(&selector.texts.name).seen(words::key_at(selector), selector.way());
            found.push(finding.seen(domain.clone(), "nobody has registered it"));
        }
    }
}
