//! `connection-allows-addresses`: addresses are let past the filters whatever they send.

use serde_json::json;

use super::connector_internal::is_wide;
use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{called, pages},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "connection-allows-addresses",
    severity: Severity::Medium,
    title: "Addresses are let past the filters",
    meaning: "The connection filter names addresses from which nothing is filtered. Neither spam filtering nor SPF, DKIM and DMARC have \
              a consequence for mail from there.",
    risk: "Whoever sends through one of these addresses, a shared service's customers among them, has forged mail delivered.",
    advice: "Take the addresses off the list. What sends in your own name belongs into the SPF record and is to be signed; a gateway \
              belongs into a connector.",
    references: &[pages::SAFE_SENDERS, pages::SCUBA_SUITE],
    baseline: &["MS.SECURITYSUITE.8.1v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in evidence.snapshot.connection_filters.read().into_iter().flatten() {
        let list = &policy.ip_allow_list;
        if list.is_empty() {
            continue;
        }
        let identity = called(&policy.identity, &policy.name);
        let set = CommandLine::new("Set-HostedConnectionFilterPolicy").with("Identity", identity);
        let finding = check
            .found(&policy.name)
            .seen(format!("Get-HostedConnectionFilterPolicy {}: IPAllowList", policy.name), list.join(", "))
            .command(set.changes("IPAllowList", json!([]), json!(list)));
        found.push(if list.iter().any(|range| is_wide(range)) { finding.matters(Severity::High) } else { finding });
    }
}
