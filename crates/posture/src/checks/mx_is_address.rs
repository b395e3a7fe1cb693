//! An address where a name belongs.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mx-is-address",
    severity: Severity::High,
    title: "A mail exchanger is an address instead of a name",
    meaning: "The record that says where mail goes has to name a server. Here an address stands in its place, which nobody can \
              use.",
    risk: "Mail does not arrive.",
    advice: "Give the server a name with that address, and put the name into the record.",
    references: &[
        Reference { title: "RFC 1035 section 3.3.9", url: "https://www.rfc-editor.org/rfc/rfc1035.html#section-3.3.9" },
        Reference { title: "RFC 5321 section 5.1", url: "https://www.rfc-editor.org/rfc/rfc5321.html#section-5.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for mx in evidence.mx.hosts().filter(|mx| mx.host.parse::<std::net::IpAddr>().is_ok()) {
        let record = format!("{} {}", mx.preference, mx.host);
        found.push(check.found(&evidence.domain).seen(format!("{} MX", evidence.domain), record));
    }
}
