//! Nobody is told that mail could not be delivered over TLS.

use mailauth::dns::Absent;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "tls-rpt-missing",
    severity: Severity::Informational,
    title: "No TLS reports are asked for",
    meaning: "Senders that cannot deliver over TLS, or find that MTA-STS or DANE is not kept, report that once a day to whom the domain names. This \
              domain names nobody.",
    risk: "A certificate that has run out, or somebody on the way who takes encryption away, goes unnoticed. With MTA-STS or DANE, mail is lost and \
           nobody knows why.",
    advice: "Publish an address for reports.",
    references: &[Reference { title: "RFC 8460 section 3", url: "https://www.rfc-editor.org/rfc/rfc8460.html#section-3" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let tls = &evidence.tls_rpt;
    if tls.texts.is_unknown() || !tls.records.is_empty() || evidence.mx.hosts().next().is_none() {
        return;
    }
    let guarded = !evidence.mta_sts.records.is_empty() || evidence.dane.is_there();
    let severity = if guarded { Severity::Low } else { check.severity };
    let seen = match &tls.texts.found {
        Err(Absent::NoSuchName) => "the name does not exist",
        Err(_) => "no TXT record",
        Ok(_) => "no record for reports",
    };
    let finding = check.found(&evidence.domain).matters(severity).seen(format!("{} TXT", tls.texts.name), seen);
    found.push(finding.publish(tls.texts.name.clone(), "TXT", evidence.tls_rpt_wanted(), &[]));
}
