//! TLSA records that nobody believes.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dane-not-signed",
    severity: Severity::Low,
    title: "TLSA records stand in a DNS that is not signed",
    meaning: "TLSA records say which certificate a mail server has. Senders believe them only where DNSSEC proves them, and the MX records that lead to \
              them.",
    risk: "The records have no effect, though somebody may rely on them.",
    advice: "Have the domain and the zone of its mail servers signed, or use MTA-STS, which needs no signatures.",
    references: &[Reference { title: "RFC 7672 section 2.2", url: "https://www.rfc-editor.org/rfc/rfc7672.html#section-2.2" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dane = &evidence.dane;
    // A resolver that proves nothing says nothing by not proving this.
    if evidence.dnssec.validates != Some(true) {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    for host in dane.hosts.iter().filter(|host| host.records.is_ok()) {
        if !host.proven {
            finding = finding.seen(format!("_25._tcp.{} TLSA", host.host), "not proven by DNSSEC");
        } else if !dane.exchangers_proven {
            finding =
                finding.seen(format!("{} MX", evidence.domain), format!("not proven by DNSSEC, and leads to {}", host.host));
        }
    }
    if !finding.facts.is_empty() {
        found.push(finding);
    }
}
