//! A wish for TLS reports that nobody understands.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, tls_rpt::TlsRptRecord},
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "tls-rpt-record",
    severity: Severity::Low,
    title: "The record for TLS reports has a fault",
    meaning: "The record at _smtp._tls says where senders report that they could not deliver over TLS. There must be one, with v=TLSRPTv1 and an address.",
    risk: "Reports do not arrive, and failures go unnoticed.",
    advice: "Publish one record as below.",
    references: &[Reference { title: "RFC 8460 section 3", url: "https://www.rfc-editor.org/rfc/rfc8460.html#section-3" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let tls = &evidence.tls_rpt;
    let counted = tls.texts.bytes().filter(|text| TlsRptRecord::counts(text)).count();
    let faults: Vec<String> = tls.records.iter().flat_map(|record| &record.faults).map(ToString::to_string).collect();
    if faults.is_empty() && counted < 2 {
        return;
    }
    let what = format!("{} TXT", tls.texts.name);
    let texts: Vec<String> = tls.records.iter().map(|record| record.text.clone()).collect();
    let mut finding = check.found(&evidence.domain).seen(what.clone(), words::listed(&texts));
    if counted > 1 {
        finding = finding.seen(what.clone(), format!("{counted} records, which count as none"));
    }
    for fault in faults {
        finding = finding.seen(what.clone(), fault);
    }
    let mut addresses: Vec<&str> = tls.records.iter().flat_map(|record| &record.addresses).map(String::as_str).collect();
    addresses.dedup();
    let wanted = match addresses.is_empty() {
        true => evidence.tls_rpt_wanted(),
        false => format!("v=TLSRPTv1; rua={}", addresses.join(",")),
    };
    found.push(finding.publish(tls.texts.name.clone(), "TXT", wanted, &texts));
}
