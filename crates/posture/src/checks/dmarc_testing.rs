//! A policy that is only being tried out.

use mailauth::dmarc::Policy;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-testing",
    severity: Severity::Medium,
    title: "The DMARC policy is only being tried out",
    meaning: "The record says t=y: its owner is trying it out, and those who receive mail do one step less than it asks, \
              quarantine instead of reject and nothing instead of quarantine.",
    risk: "Forged messages are delivered that the policy seems to keep out.",
    advice: "When the reports show that all honest mail passes, take t=y out of the record.",
    references: &[Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" }],
    baseline: &["MS.EXO.4.2v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let own = evidence.dmarc.effective().filter(|policy| policy.domain == evidence.domain);
    let Some(effective) = own.filter(|policy| policy.record.testing && policy.asked > Policy::None && !evidence.sends_nothing())
    else {
        return;
    };
    let severity = if effective.counts() == Policy::None { Severity::High } else { Severity::Medium };
    let name = &evidence.dmarc.own.name;
    let counts = format!("p={} counts as {}", effective.asked.as_str(), effective.counts().as_str());
    let draft = Draft { testing: false, ..Draft::of(effective.record) };
    let finding = check
        .found(&evidence.domain)
        .matters(severity)
        .seen(format!("{name} TXT"), effective.record.text.clone())
        .seen(format!("{name} TXT"), counts);
    found.push(finding.rewrites(name, effective.record, &draft));
}
