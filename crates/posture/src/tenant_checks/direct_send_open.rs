//! `direct-send-open`: anybody can hand mail in the tenant's own names to it without signing in.

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, shown},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "direct-send-open",
    severity: Severity::High,
    title: "Direct Send is open",
    meaning: "Exchange Online takes mail from anybody who connects to the tenant's own host, also mail whose envelope sender is in one of the tenant's \
              domains, without a sign-in. Printers use this; so do attackers.",
    risk: "A stranger sends a colleague's or the director's mail to your people straight into the tenant, past the mail gateway, and it looks internal.",
    advice: "Give printers and applications a connector tied to their address or certificate, then reject Direct Send. Forwarders that keep the envelope \
             sender are rejected too. Keep DMARC checks: a forged From with another envelope sender is not covered.",
    references: &[pages::DIRECT_SEND],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let Some(organization) = evidence.snapshot.organization.read() else { return };
    if organization.reject_direct_send == Some(false) {
        let command = CommandLine::new("Set-OrganizationConfig").changes("RejectDirectSend", true, false);
        let seen = shown(organization.reject_direct_send);
        found.push(check.found(evidence.tenant()).seen("Get-OrganizationConfig: RejectDirectSend", seen).command(command));
    }
}
