//! A policy that is soon forgotten.

use crate::{
    Check, Finding, Reference, Severity,
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

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(policy) = evidence.mta_sts.policy().filter(|policy| policy.mode == Some(Mode::Enforce)) else { return };
    if let Some(age) = policy.max_age.filter(|age| *age < mta_sts::SHORT_AGE) {
        let finding = check.found(&evidence.domain).seen(mta_sts::url(&evidence.domain), format!("max_age: {age}"));
        found.push(finding.serve_policy(evidence, Mode::Enforce));
    }
}
