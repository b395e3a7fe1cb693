//! A domain that says it takes mail and that it takes none.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mx-null-beside-others",
    severity: Severity::Medium,
    title: "Mail exchangers contradict each other",
    meaning: "One record says that the domain takes no mail at all, and others name servers that take it. The standard forbids \
              the two beside each other.",
    risk: "Some senders give up, others deliver: mail is lost by chance.",
    advice: "Delete the record `0 .` if the domain takes mail, and all others if it does not.",
    references: &[Reference { title: "RFC 7505 section 3", url: "https://www.rfc-editor.org/rfc/rfc7505.html#section-3" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let null = evidence.mx.records.iter().flatten().any(|mx| mx.host.is_empty());
    let others: Vec<&str> = evidence.mx.hosts().map(|mx| mx.host.as_str()).collect();
    if null && !others.is_empty() {
        let finding = check.found(&evidence.domain).seen(format!("{} MX", evidence.domain), "0 .");
        found.push(finding.seen(format!("{} MX", evidence.domain), others.join(", ")));
    }
}
