//! Nobody is told what to do with mail that is not the domain's.

use mailauth::dns::Absent;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-missing",
    severity: Severity::High,
    title: "No DMARC policy",
    meaning: "DMARC is a line of text in the DNS by which a domain tells those who receive mail what to do with messages that carry its name and were \
              not sent by it. This domain has none.",
    risk: "Anybody can send mail that shows an address of this domain as its sender, and most receivers will deliver it.",
    advice: "Publish a policy. Begin with p=none and an address for reports, read who sends in the domain's name, then go on to quarantine and reject.",
    references: &[Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" }],
    baseline: &["MS.EXO.4.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let own = &evidence.dmarc.own;
    if own.is_unknown() || !evidence.dmarc.policies().is_empty() {
        return;
    }
    let seen = match &own.found {
        Err(Absent::NoSuchName) => "the name does not exist".to_owned(),
        Err(_) => "no TXT record".to_owned(),
        Ok(texts) => format!("{} TXT records, none of them a policy", texts.len()),
    };
    found.push(check.found(&evidence.domain).seen(format!("{} TXT", own.name), seen));
}
