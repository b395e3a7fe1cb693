//! A policy that asks for nothing.

use mailauth::dmarc::Policy;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-policy-none",
    severity: Severity::High,
    title: "The DMARC policy asks for nothing",
    meaning: "The policy is p=none: it asks for reports at most, and tells those who receive mail to treat messages in the \
              domain's name as if there were no policy.",
    risk: "Anybody can send mail that shows an address of this domain as its sender, and most receivers will deliver it.",
    advice: "Read in the reports who sends in the domain's name, see that their messages pass, then ask for quarantine, and \
              later for reject.",
    references: &[Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" }],
    baseline: &["MS.EXO.4.2v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(effective) = evidence.dmarc.effective().filter(|policy| policy.asked == Policy::None) else { return };
    if evidence.sends_nothing() {
        return;
    }
    let name = &evidence.dmarc.own.name;
    let finding = check.found(&evidence.domain).seen(format!("_dmarc.{} TXT", effective.domain), effective.record.text.clone());
    let own = effective.domain == evidence.domain;
    let finding = if own {
        finding
    } else {
        finding.seen(
            evidence.domain.clone(),
            format!("has no policy of its own: `{}` of {} counts", effective.tag, effective.domain),
        )
    };
    let mut draft = if own {
        Draft::of(effective.record)
    } else {
        Draft { aggregate: Draft::of(effective.record).aggregate, ..Draft::new(Policy::None) }
    };
    draft.policy = Policy::Quarantine;
    let instead: Vec<String> = own.then(|| effective.record.text.clone()).into_iter().collect();
    found.push(finding.publish(name.clone(), "TXT", draft.reporting(evidence).to_string(), &instead).for_purpose(evidence));
}
