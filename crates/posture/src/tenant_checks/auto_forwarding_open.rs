//! `auto-forwarding-open`: mail may be forwarded out of the tenant by itself.

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{called, pages},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "auto-forwarding-open",
    severity: Severity::Low,
    title: "Mail may be forwarded to others automatically",
    meaning: "Rules of mailboxes may forward mail to addresses outside. The policy against spam that is sent may forbid it all the same; \
              it is not read here.",
    risk: "Who gets into a mailbox has its mail sent out, and nobody sees it.",
    advice: "Switch automatic forwarding off for all domains, and on for those that need it.",
    references: &[pages::FORWARDING, pages::SCUBA_EXO],
    baseline: &["MS.EXO.1.1v2"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for domain in evidence.snapshot.remote_domains.read().into_iter().flatten() {
        if domain.auto_forward_enabled == Some(true) {
            let identity = called(&domain.identity, &domain.name);
            let set = CommandLine::new("Set-RemoteDomain").with("Identity", identity);
            let fact = format!("Get-RemoteDomain {} ({}): AutoForwardEnabled", domain.name, domain.domain_name);
            found.push(check.found(&domain.name).seen(fact, "on").command(set.changes("AutoForwardEnabled", false, true)));
        }
    }
}
