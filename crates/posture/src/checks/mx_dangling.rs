//! A mail exchanger that does not exist.

use mailauth::dns::Absent;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mx-dangling",
    severity: Severity::Medium,
    title: "A mail exchanger does not exist",
    meaning: "The DNS names a server that takes mail for the domain, and that server has no address.",
    risk: "Mail is delayed or lost. Where nobody has registered the domain the server lies in, whoever registers it gets \
              the mail: also what other services send to set a new password.",
    advice: "Delete the record, or put the server's name right.",
    references: &[Reference { title: "RFC 5321 section 5.1", url: "https://www.rfc-editor.org/rfc/rfc5321.html#section-5.1" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let works = evidence.mx.hosts().any(|mx| mx.addresses.is_ok());
    for mx in evidence.mx.hosts().filter(|mx| mx.host.parse::<std::net::IpAddr>().is_err()) {
        let Err(why @ (Absent::NoData | Absent::NoSuchName)) = &mx.addresses else { continue };
        let record = format!("{} {}.", mx.preference, mx.host);
        let finding = check.found(&evidence.domain).seen(format!("{} MX", evidence.domain), record);
        let words = if *why == Absent::NoSuchName { "the name does not exist" } else { "the name has no address" };
        let finding = finding.seen(format!("{} A, AAAA", mx.host), words);
        found.push(match &mx.unregistered {
            Some(domain) => {
                finding.matters(Severity::Critical).seen(domain.clone(), "nobody has registered this domain: anybody can")
            }
            None if works => finding,
            None => finding.matters(Severity::High),
        });
    }
}
