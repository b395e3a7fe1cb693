//! A mail exchanger that cannot be reached from outside.

use std::net::IpAddr;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mx-address-private",
    severity: Severity::Medium,
    title: "A mail exchanger has a private address",
    meaning: "The server that takes mail for the domain has an address that exists only inside a network or a single computer, \
              such as 10.0.0.5 or 127.0.0.1.",
    risk: "Nobody outside can deliver mail there. A sender that has a machine at that address of its own delivers to it.",
    advice: "Give the server an address that the internet reaches, or take it out of the records.",
    references: &[
        Reference { title: "RFC 1918 section 3", url: "https://www.rfc-editor.org/rfc/rfc1918.html#section-3" },
        Reference { title: "RFC 6890 section 2.2", url: "https://www.rfc-editor.org/rfc/rfc6890.html#section-2.2" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let public = |mx: &crate::evidence::mx::Exchange| mx.addresses.iter().flatten().any(|address| inside(*address).is_none());
    let works = evidence.mx.hosts().any(public);
    for mx in evidence.mx.hosts() {
        let addresses = mx.addresses.iter().flatten().filter_map(|address| Some((*address, inside(*address)?)));
        let mut addresses = addresses.peekable();
        if addresses.peek().is_none() {
            continue;
        }
        let finding = check.found(&evidence.domain).matters(if works { check.severity } else { Severity::High });
        let finding = finding.seen(format!("{} MX", evidence.domain), format!("{} {}.", mx.preference, mx.host));
        found.push(
            addresses.fold(finding, |finding, (address, kind)| finding.seen(mx.host.clone(), format!("{address} is {kind}"))),
        );
    }
}

/// What keeps an address from being reached over the internet (RFC 6890 section 2.2).
fn inside(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => match v4.octets() {
            _ if v4.is_loopback() => Some("the machine that asks"),
            _ if v4.is_private() => Some("an address of private networks"),
            _ if v4.is_link_local() => Some("an address of a single network"),
            _ if v4.is_broadcast() || v4.is_multicast() => Some("no single machine"),
            [0, ..] => Some("no address of a machine"),
            [100, 64..=127, ..] => Some("an address inside a provider's network"),
            _ => None,
        },
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => inside(IpAddr::V4(v4)),
            None if v6.is_loopback() => Some("the machine that asks"),
            None if v6.is_unspecified() => Some("no address of a machine"),
            None if v6.is_unique_local() => Some("an address of private networks"),
            None if v6.is_unicast_link_local() => Some("an address of a single network"),
            None if v6.is_multicast() => Some("no single machine"),
            None => None,
        },
    }
}
