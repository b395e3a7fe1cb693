//! A policy that is soon forgotten.

use crate::{
    Check, Finding, Publish, Reference, Severity,
    evidence::{
        DomainEvidence,
        mta_sts::{self, Mode},
    },
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mta-sts-short-age",
    severity: Severity::Low,
    title: "The MTA-STS policy is kept for too short a time",
    meaning: "Senders remember the policy for max_age seconds. That is what protects mail when somebody keeps the policy from them.",
    risk: "Whoever sits on the way waits until the policy is forgotten, keeps the web server from answering, and has the mail.",
    advice: "Serve the policy with a max_age of weeks, such as 1209600, and change the id of the record.",
    references: &[Reference { title: "RFC 8461 section 3.2", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-3.2" }],
    baseline: &[],
    run,
};

/// A week, in seconds. Shorter, and a long weekend is enough for an attack.
const SHORT: u64 = 604_800;
const GOOD: u64 = 1_209_600;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(policy) = evidence.mta_sts.policy().filter(|policy| policy.mode == Some(Mode::Enforce)) else { return };
    if let Some(age) = policy.max_age.filter(|age| *age < SHORT) {
        let (sts, url) = (&evidence.mta_sts, mta_sts::url(&evidence.domain));
        let finding = check.found(&evidence.domain).seen(url.clone(), format!("max_age: {age}"));
        let finding = finding.publish(url, Publish::FILE, mta_sts::write(Mode::Enforce, &policy.mx, GOOD), &[]);
        let now: Vec<String> = sts.records.iter().map(|record| record.text.clone()).collect();
        found.push(finding.publish(sts.texts.name.clone(), "TXT", format!("v=STSv1; id={}", mta_sts::id(evidence.now)), &now));
    }
}
