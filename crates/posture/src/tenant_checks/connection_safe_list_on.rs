//! `connection-safe-list-on`: Microsoft's own list of good addresses is let past the filters.

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{called, pages},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "connection-safe-list-on",
    severity: Severity::Low,
    title: "The safe list is switched on",
    meaning: "Mail from addresses that Microsoft's partners think well of is not filtered. Nobody but they know which these are.",
    risk: "Forged mail through one of these addresses is delivered.",
    advice: "Switch the safe list off.",
    references: &[pages::SAFE_SENDERS, pages::SCUBA_SUITE],
    baseline: &["MS.SECURITYSUITE.8.2v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in evidence.snapshot.connection_filters.read().into_iter().flatten() {
        if policy.enable_safe_list == Some(true) {
            let identity = called(&policy.identity, &policy.name);
            let set = CommandLine::new("Set-HostedConnectionFilterPolicy").with("Identity", identity);
            let fact = format!("Get-HostedConnectionFilterPolicy {}: EnableSafeList", policy.name);
            found.push(check.found(&policy.name).seen(fact, "on").command(set.changes("EnableSafeList", false, true)));
        }
    }
}
