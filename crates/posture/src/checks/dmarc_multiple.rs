//! Several policies at one name count as none.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-multiple",
    severity: Severity::High,
    title: "Several DMARC records",
    meaning: "There is more than one DMARC record at the name where one belongs. Those who receive mail cannot know which is \
              meant, and have to pass over all of them.",
    risk: "It is as if there were no policy: anybody can send mail in the domain's name.",
    advice: "Keep one record and delete the others. The record below asks for the strictest of what they ask, and sends \
              reports to all their addresses.",
    references: &[Reference { title: "RFC 9989 section 4.10", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10" }],
    baseline: &["MS.EXO.4.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let (own, policies) = (&evidence.dmarc.own, evidence.dmarc.policies());
    let Some(strictest) = policies.iter().max_by_key(|record| record.policy).filter(|_| policies.len() > 1) else { return };
    let mut draft = Draft::of(strictest);
    for other in policies.iter().map(Draft::of) {
        draft.aggregate.extend(other.aggregate);
        draft.failure.extend(other.failure);
    }
    for addresses in [&mut draft.aggregate, &mut draft.failure] {
        let mut known = std::collections::BTreeSet::new();
        addresses.retain(|address| known.insert(address.clone()));
    }
    let texts: Vec<String> = policies.iter().map(|record| record.text.clone()).collect();
    let finding =
        texts.iter().fold(check.found(&evidence.domain), |finding, text| finding.seen(format!("{} TXT", own.name), text));
    found.push(finding.publish(own.name.clone(), "TXT", draft.to_string(), &texts));
}
