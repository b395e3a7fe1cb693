//! A policy that cannot be read.

use crate::{
    Check, Finding, Publish, Reference, Severity,
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
    let hosts: Vec<String> = match policy.mx.is_empty() {
        true => evidence.mx.hosts().map(|mx| mx.host.to_ascii_lowercase()).collect(),
        false => policy.mx.clone(),
    };
    let age = policy.max_age.unwrap_or(1_209_600).min(mta_sts::MOST_AGE);
    let text = mta_sts::write(policy.mode.unwrap_or(Mode::Testing), &hosts, age);
    finding = finding.publish(url, Publish::FILE, text, &[]);
    let now = evidence.mta_sts.records.iter().map(|record| record.text.clone()).collect::<Vec<_>>();
    found.push(finding.publish(
        evidence.mta_sts.texts.name.clone(),
        "TXT",
        format!("v=STSv1; id={}", mta_sts::id(evidence.now)),
        &now,
    ));
}
