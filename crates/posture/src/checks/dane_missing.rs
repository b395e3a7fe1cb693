//! A signed domain that does not use what its signatures give it.

use mailauth::dns::Absent;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dane-missing",
    severity: Severity::Informational,
    title: "The certificates of the mail servers are not bound by the DNS",
    meaning: "The DNS of the domain and of its mail servers is signed, so that it could say which certificates the servers have (DANE). It does not.",
    risk: "Whoever sits on the way between two mail servers can pretend that there is no encryption, unless MTA-STS forbids it.",
    advice: "Publish a TLSA record of the form 3 1 1 for each mail server: the SHA-256 digest of its public key. Publish the next key's before a change.",
    references: &[
        Reference { title: "RFC 7672 section 2", url: "https://www.rfc-editor.org/rfc/rfc7672.html#section-2" },
        Reference { title: "RFC 7671 section 5.1", url: "https://www.rfc-editor.org/rfc/rfc7671.html#section-5.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dane = &evidence.dane;
    if !dane.exchangers_proven {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    for host in dane.hosts.iter().filter(|host| host.host_proven) {
        if matches!(host.records, Err(Absent::NoData | Absent::NoSuchName)) {
            finding = finding.seen(format!("_25._tcp.{} TLSA", host.host), "no record");
        }
    }
    if !finding.facts.is_empty() {
        found.push(finding);
    }
}
