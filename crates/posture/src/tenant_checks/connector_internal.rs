//! `connector-internal`: what comes by a connector counts as mail of the organisation's own people.

use super::connector_unproved as connectors;
use crate::{Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "connector-internal",
    severity: Severity::Medium,
    title: "A connector makes mail internal",
    meaning: "Mail that comes by this connector is treated as if somebody in the organisation had sent it: it is not filtered as mail of strangers is, \
              and carries no sign that it came from outside.",
    risk: "Who can send through the servers behind this connector writes to everybody as a colleague.",
    advice: "Keep this for your own servers only, tie the connector to their certificate, and switch it off everywhere else.",
    references: &[pages::CONNECTORS],
    baseline: &[],
    run,
};

/// Shortest prefix of one organisation's own few servers; Exchange Online takes nothing shorter than /24.
const NARROW: u8 = 28;

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for connector in connectors::on(evidence) {
        if !connector.treat_messages_as_internal {
            continue;
        }
        let mut finding = check.found(&connector.name).seen(connectors::fact(connector, "TreatMessagesAsInternal"), "on");
        match connectors::certificate(connector) {
            Some(name) => finding = finding.seen(connectors::fact(connector, "TlsSenderCertificateName"), name),
            None => {
                let wide: Vec<&str> =
                    connector.sender_ip_addresses.iter().map(String::as_str).filter(|range| is_wide(range)).collect();
                let all = if connector.sender_ip_addresses.is_empty() {
                    "none".to_owned()
                } else {
                    connector.sender_ip_addresses.join(", ")
                };
                finding = finding.seen(connectors::fact(connector, "SenderIPAddresses"), all);
                if connector.sender_ip_addresses.is_empty() || !wide.is_empty() {
                    finding = finding.matters(Severity::High);
                }
            }
        }
        found.push(finding.command(connectors::set(connector).changes("TreatMessagesAsInternal", false, true)));
    }
}

/// Whether a range holds more addresses than one's own few servers have.
pub(super) fn is_wide(range: &str) -> bool {
    if range.contains('-') {
        return true;
    }
    range.split_once('/').and_then(|(_, bits)| bits.parse::<u8>().ok()).is_some_and(|bits| bits < NARROW)
}

#[cfg(test)]
mod tests {
    use super::is_wide;

    #[test]
    fn a_range_of_many_addresses_is_wide() {
        assert!(is_wide("192.0.2.0/24") && is_wide("192.0.2.1-192.0.2.200"));
        assert!(!is_wide("192.0.2.1") && !is_wide("192.0.2.0/30"));
    }
}
