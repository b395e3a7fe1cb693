//! A policy that cannot be read.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence,
        mta_sts::{self, Mode, PolicyFault},
    },
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mta-sts-policy-syntax",
    severity: Severity::Medium,
    title: "The MTA-STS policy has a fault",
    meaning: "The policy for incoming mail is a small text file. Something in it is not as it has to be.",
    risk: "Senders throw a policy away that they cannot read, and deliver as if there were none.",
    advice: "Serve the policy below, and change the id of the record.",
    references: &[Reference { title: "RFC 8461 section 3.2", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-3.2" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(Ok(policy)) = &evidence.mta_sts.page else { return };
    if policy.faults.is_empty() {
        return;
    }
    let severity = if policy.faults.iter().any(PolicyFault::is_fatal) { check.severity } else { Severity::Low };
    let mut finding = check.found(&evidence.domain).matters(severity);
    let url = mta_sts::url(&evidence.domain);
    for fault in &policy.faults {
        finding = finding.seen(url.clone(), fault.to_string());
    }
    found.push(finding.serve_policy(evidence, policy.mode.unwrap_or(Mode::Testing)));
}
