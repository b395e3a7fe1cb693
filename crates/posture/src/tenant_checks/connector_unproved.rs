//! `connector-unproved`: an inbound connector knows the sender by the domain it names, not by an address or a certificate.

use tenant::InboundConnector;

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{called, pages},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "connector-unproved",
    severity: Severity::Medium,
    title: "A connector believes the sender's domain",
    meaning: "The connector is for mail of certain domains, and does not ask for the address or the certificate of the server that brings it.",
    risk: "Whoever writes such a domain into the envelope counts as the partner that the connector was made for.",
    advice: "Tie the connector to the partner's certificate, or to its addresses, and have all other mail of these domains refused.",
    references: &[pages::CONNECTORS],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for connector in on(evidence).filter(|connector| !is_restricted(connector)) {
        let given = !connector.sender_ip_addresses.is_empty() || certificate(connector).is_some();
        // A connector of our own servers has to be known by address or certificate: it works by them without refusing others.
        if connector.connector_type.eq_ignore_ascii_case("OnPremises") && given {
            continue;
        }
        let mut finding = check
            .found(&connector.name)
            .seen(fact(connector, "SenderDomains"), connector.sender_domains.join(", "))
            .seen(fact(connector, "RestrictDomainsToIPAddresses"), "off")
            .seen(fact(connector, "RestrictDomainsToCertificate"), "off");
        // What it is known by is there already: only the refusal is missing.
        if let Some(name) = certificate(connector) {
            finding = finding.seen(fact(connector, "TlsSenderCertificateName"), name).command(set(connector).changes(
                "RestrictDomainsToCertificate",
                true,
                false,
            ));
        } else if !connector.sender_ip_addresses.is_empty() {
            let addresses = connector.sender_ip_addresses.join(", ");
            finding = finding.seen(fact(connector, "SenderIPAddresses"), addresses).command(set(connector).changes(
                "RestrictDomainsToIPAddresses",
                true,
                false,
            ));
        }
        found.push(if connector.treat_messages_as_internal { finding.matters(Severity::High) } else { finding });
    }
}

/// Connectors that are switched on.
pub(super) fn on<'a>(evidence: &TenantEvidence<'a>) -> impl Iterator<Item = &'a InboundConnector> {
    evidence.snapshot.inbound_connectors.read().into_iter().flatten().filter(|connector| connector.enabled)
}

/// Whether a connector refuses its domains' mail from anywhere else.
pub(super) fn is_restricted(connector: &InboundConnector) -> bool {
    (connector.restrict_domains_to_ip_addresses && !connector.sender_ip_addresses.is_empty())
        || (connector.restrict_domains_to_certificate && certificate(connector).is_some())
}

/// The certificate's name that a connector asks for.
pub(super) fn certificate(connector: &InboundConnector) -> Option<&str> {
    connector.tls_sender_certificate_name.as_deref().filter(|name| !name.trim().is_empty())
}

/// What a fact about a connector is called.
pub(super) fn fact(connector: &InboundConnector, setting: &str) -> String {
    format!("Get-InboundConnector {}: {setting}", connector.name)
}

/// What a connector is called to cmdlets.
pub(super) fn identity(connector: &InboundConnector) -> &str {
    called(&connector.identity, &connector.name)
}

/// The cmdlet that changes a connector.
pub(super) fn set(connector: &InboundConnector) -> crate::CommandLine {
    crate::CommandLine::new("Set-InboundConnector").with("Identity", identity(connector))
}
