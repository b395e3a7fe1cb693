//! Nobody tells the owner who uses the domain's name.

use mailauth::dmarc::Policy;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-no-aggregate-reports",
    severity: Severity::Low,
    title: "No DMARC reports are asked for",
    meaning: "Those who receive mail send daily reports about who used the domain's name and what passed, to the addresses in \
              the tag rua. The record names none that mail can be sent to.",
    risk: "Forgery goes unnoticed, and so does honest mail that fails. Nobody can say what a stricter policy would keep \
              out.",
    advice: "Add an address for reports, one that a program reads: there are many of them.",
    references: &[
        Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" },
        Reference { title: "RFC 9990", url: "https://www.rfc-editor.org/rfc/rfc9990.html" },
    ],
    baseline: &["MS.EXO.4.4v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(own) = evidence.dmarc.effective().filter(|policy| policy.domain == evidence.domain) else { return };
    let asks = own.record.aggregate_reports.iter().any(|address| address.to_ascii_lowercase().starts_with("mailto:"));
    if asks || evidence.sends_nothing() {
        return;
    }
    let severity = if own.asked == Policy::None { Severity::Medium } else { check.severity };
    let name = &evidence.dmarc.own.name;
    let mut draft = Draft::of(own.record);
    draft.aggregate.clear();
    let finding = check.found(&evidence.domain).matters(severity).seen(format!("{name} TXT"), own.record.text.clone());
    found.push(finding.rewrites(name, own.record, &draft.reporting(evidence)));
}
