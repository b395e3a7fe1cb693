//! TLSA records that senders cannot use.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence,
        dane::{fault, text},
    },
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dane-record",
    severity: Severity::Low,
    title: "A TLSA record of a mail server cannot be used",
    meaning: "TLSA records say which certificate a mail server has. For mail they are of usage 3, the server's own, or 2, an authority's, and hold a digest \
              of the right length.",
    risk: "Senders pass over what they cannot use. If nothing else is there, they encrypt without looking at the certificate, or cannot deliver.",
    advice: "Publish a record of the form 3 1 1 with the SHA-256 digest of the server's public key, and take the faulty one away.",
    references: &[
        Reference { title: "RFC 7672 section 3.1", url: "https://www.rfc-editor.org/rfc/rfc7672.html#section-3.1" },
        Reference { title: "RFC 6698 section 2.1", url: "https://www.rfc-editor.org/rfc/rfc6698.html#section-2.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let mut hosts: Vec<_> = evidence.dane.hosts.iter().collect();
    hosts.sort_by(|a, b| a.host.cmp(&b.host));
    for host in hosts {
        let name = format!("_25._tcp.{}", host.host);
        let mut finding = check.found(&name);
        for record in host.records.iter().flatten() {
            if let Some(words) = fault(record) {
                finding = finding.seen(format!("{name} TLSA"), format!("{}: {words}", text(record)));
            }
        }
        if finding.facts.is_empty() {
            continue;
        }
        // Proven records none of which can be used: senders have to encrypt, and have nothing to look at the certificate with.
        let severity = if host.proven && !host.is_usable() { Severity::Medium } else { check.severity };
        found.push(finding.matters(severity));
    }
}
