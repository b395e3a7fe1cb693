//! A record that announces no policy.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, mta_sts::StsRecord},
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mta-sts-record",
    severity: Severity::Medium,
    title: "The MTA-STS record does not count",
    meaning: "A record at _mta-sts announces the policy for incoming mail. There must be one, with v=STSv1 and an id; what is there is something else.",
    risk: "Senders take no notice of the policy: mail can be had in the clear, or at another server, by whoever sits on the way.",
    advice: "Publish one record as below, and change its id whenever the policy changes.",
    references: &[Reference { title: "RFC 8461 section 3.1", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-3.1" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let sts = &evidence.mta_sts;
    let counted = sts.texts.bytes().filter(|text| StsRecord::counts(text)).count();
    let faults: Vec<String> = sts.records.iter().flat_map(|record| &record.faults).map(ToString::to_string).collect();
    if faults.is_empty() && counted < 2 {
        return;
    }
    let what = format!("{} TXT", sts.texts.name);
    let mut finding = check.found(&evidence.domain);
    let texts: Vec<String> = sts.records.iter().map(|record| record.text.clone()).collect();
    finding = finding.seen(what.clone(), words::listed(&texts));
    if counted > 1 {
        finding = finding.seen(what.clone(), format!("{counted} records, which count as none"));
    }
    for fault in faults {
        finding = finding.seen(what.clone(), fault);
    }
    found.push(finding.announce_policy(evidence));
}
