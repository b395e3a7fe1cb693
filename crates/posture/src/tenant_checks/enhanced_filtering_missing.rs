//! `enhanced-filtering-missing`: mail comes through another service first, and Exchange Online takes that service for the sender.

use super::connector_unproved as connectors;
use crate::{CommandLine, Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "enhanced-filtering-missing",
    severity: Severity::Medium,
    title: "Enhanced Filtering for Connectors is not set up",
    meaning: "The domain's MX is another service, which hands mail on. Without Enhanced Filtering Exchange Online sees that service's address as the \
              sender: SPF fails for everybody, so that DMARC and spoof intelligence cannot be followed (compauth=none, action=oreject).",
    risk: "Forged mail that the other service lets through is not recognised here either: Exchange overrides the domain's policy.",
    advice: "On the connector by which that service delivers, skip its addresses, so that the real sender is looked at.",
    references: &[pages::ENHANCED_FILTERING, pages::GATEWAY],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    if evidence.snapshot.inbound_connectors.read().is_none() {
        return;
    }
    let is_set_up = connectors::on(evidence).any(|connector| connector.ef_skip_last_ip || !connector.ef_skip_ips.is_empty());
    if is_set_up {
        return;
    }
    let mut finding = check.found(evidence.tenant());
    for (domain, host) in evidence.behind_a_gateway() {
        finding = finding.seen(format!("{domain} MX"), host);
    }
    if finding.facts.is_empty() {
        return;
    }
    // Which connector the service uses is plain only where there is one.
    let mut all = connectors::on(evidence);
    match (all.next(), all.next()) {
        (Some(connector), None) => {
            finding = finding.seen(connectors::fact(connector, "EFSkipLastIP"), "off");
            finding = finding.command(connectors::set(connector).changes("EFSkipLastIP", true, false));
        }
        (Some(_), Some(_)) => finding = finding.seen("Get-InboundConnector", "several, none with EFSkipLastIP or EFSkipIPs"),
        (None, _) => {
            finding = finding.seen("Get-InboundConnector", "none");
            let look = CommandLine::new("Get-InboundConnector");
            finding.advice =
                format!("Make a connector for that service first (`{}` shows none). {}", look.powershell(), finding.advice);
        }
    }
    found.push(finding);
}
