//! Nobody has to bring mail over TLS.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, mta_sts::Mode},
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mta-sts-missing",
    severity: Severity::Low,
    title: "No MTA-STS policy",
    meaning: "Servers that bring mail use encryption if it is offered, and do without it if it is not. With MTA-STS a domain says that it always is, and \
              by which hosts.",
    risk: "Whoever sits on the way, or forges the answers of the DNS, makes senders deliver in the clear or to a server of theirs, and reads the \
           mail.",
    advice: "Publish a policy in testing mode, and the record that announces it. When the reports show no failures for some weeks, go on to enforce.",
    references: &[
        Reference { title: "RFC 8461 section 3", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-3" },
        Reference { title: "RFC 8461 section 2", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-2" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let sts = &evidence.mta_sts;
    // Where DANE guards every host already, little is missing.
    if sts.texts.is_unknown() || !sts.records.is_empty() || evidence.mx.hosts().next().is_none() || evidence.dane.is_whole() {
        return;
    }
    let hosts: Vec<String> = evidence.mx.hosts().map(|mx| mx.host.to_ascii_lowercase()).collect();
    let finding = check.found(&evidence.domain).seen(format!("{} TXT", sts.texts.name), "no record");
    let finding = finding.seen(format!("{} MX", evidence.domain), words::listed(&hosts));
    found.push(finding.serve_policy(evidence, Mode::Testing));
}
