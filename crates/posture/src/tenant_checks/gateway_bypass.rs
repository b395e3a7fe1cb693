//! `gateway-bypass`: the MX is another service, and the tenant takes mail from everybody else too.

use super::connector_unproved as connectors;
use crate::{Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "gateway-bypass",
    severity: Severity::High,
    title: "Mail can go round the gateway",
    meaning: "The domain's MX is another service that filters mail. The tenant's own host takes mail from the whole internet all the same: no connector \
              says that mail may come from that service only.",
    risk: "An attacker delivers straight to the tenant's host, whose name can be guessed, and nothing of what the gateway checks is checked.",
    advice: "Make an inbound connector of the type Partner for all sender domains (*), tied to the gateway's certificate or addresses, with \
             RestrictDomainsToCertificate or RestrictDomainsToIPAddresses: everything else is then refused.",
    references: &[pages::GATEWAY, pages::CONNECTORS],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    if evidence.snapshot.inbound_connectors.read().is_none() {
        return;
    }
    let is_closed = connectors::on(evidence).any(|connector| {
        connector.connector_type.eq_ignore_ascii_case("Partner")
            && connectors::is_restricted(connector)
            && connector.sender_domains.iter().any(|domain| is_everybody(domain))
    });
    if is_closed {
        return;
    }
    let mut finding = check.found(evidence.tenant());
    for (domain, host) in evidence.behind_a_gateway() {
        finding = finding.seen(format!("{domain} MX"), host);
    }
    if !finding.facts.is_empty() {
        found.push(finding.seen("Get-InboundConnector", "none that refuses mail from elsewhere"));
    }
}

/// Whether a connector's sender domain stands for all: `*`, which Exchange also writes as `smtp:*;1`.
fn is_everybody(domain: &str) -> bool {
    let name = domain.split(';').next().unwrap_or_default();
    let name = name.rsplit(':').next().unwrap_or_default();
    name.trim() == "*"
}

#[cfg(test)]
mod tests {
    use super::is_everybody;

    #[test]
    fn all_domains_are_a_star_in_either_form() {
        assert!(is_everybody("*") && is_everybody("smtp:*;1"));
        assert!(!is_everybody("smtp:*.partner.example;1"));
    }
}
