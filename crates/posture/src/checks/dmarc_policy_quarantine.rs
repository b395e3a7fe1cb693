//! A policy that asks for less than it could.

use mailauth::dmarc::Policy;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-policy-quarantine",
    severity: Severity::Low,
    title: "The DMARC policy asks for quarantine only",
    meaning: "The policy asks those who receive mail to set forged messages apart, mostly in the folder for junk. People look \
              into that folder, and some believe what they find.",
    risk: "A forged message is still delivered, and can be opened by the person it was made for.",
    advice: "When the reports show that all honest mail passes, ask for reject: forged messages are then not taken at all.",
    references: &[Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" }],
    baseline: &["MS.EXO.4.2v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let own = evidence.dmarc.effective().filter(|policy| policy.domain == evidence.domain && policy.asked == Policy::Quarantine);
    let Some(effective) = own.filter(|policy| !policy.record.testing && !evidence.sends_nothing()) else { return };
    let name = &evidence.dmarc.own.name;
    let draft = Draft { policy: Policy::Reject, ..Draft::of(effective.record) };
    let finding = check.found(&evidence.domain).seen(format!("{name} TXT"), effective.record.text.clone());
    found.push(finding.rewrites(name, effective.record, &draft));
}
