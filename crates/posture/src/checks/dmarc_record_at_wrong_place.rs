//! A policy where nobody looks for it.

use mailauth::dmarc::{Record, record::is_policy};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-record-at-wrong-place",
    severity: Severity::Medium,
    title: "A DMARC record stands at the wrong name",
    meaning: "A DMARC record stands at a name where those who receive mail do not look. It has to stand at the name _dmarc \
              below the domain.",
    risk: "The policy has no effect, though its owner believes it has.",
    advice: "Publish it at the right name and delete it at the wrong one. Forms of DNS providers often add the domain by \
              themselves: enter _dmarc and nothing else.",
    references: &[Reference { title: "RFC 9989 section 4.10", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dmarc = &evidence.dmarc;
    // A second copy beside a policy at the right name does no harm.
    if !dmarc.policies().is_empty() || dmarc.own.is_unknown() {
        return;
    }
    for wrong in &dmarc.misplaced {
        let Some(record) = wrong.bytes().find(|text| is_policy(text)).and_then(Record::read) else { continue };
        let finding = check.found(&evidence.domain).seen(format!("{} TXT", wrong.name), record.text.clone());
        found.push(finding.publish(dmarc.own.name.clone(), "TXT", Draft::of(&record).to_string(), &[]));
    }
}
