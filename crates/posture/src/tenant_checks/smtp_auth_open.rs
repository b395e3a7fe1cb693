//! `smtp-auth-open`: programs may sign in to send with a password alone.

use crate::{CommandLine, Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "smtp-auth-open",
    severity: Severity::Medium,
    title: "SMTP AUTH is open",
    meaning: "Programs may sign in by SMTP with a name and a password. Unless it is by OAuth, no second factor is asked for.",
    risk: "Whoever has a password sends mail as its owner, signed with the domain's key and passing every check.",
    advice: "Switch it off for the organisation, and on again for the few mailboxes that need it.",
    references: &[pages::SMTP_AUTH, pages::SCUBA_EXO],
    baseline: &["MS.EXO.5.1v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let Some(transport) = evidence.snapshot.transport.read() else { return };
    if transport.smtp_client_authentication_disabled == Some(false) {
        let set = CommandLine::new("Set-TransportConfig").changes("SmtpClientAuthenticationDisabled", true, false);
        let fact = "Get-TransportConfig: SmtpClientAuthenticationDisabled";
        found.push(check.found(evidence.tenant()).seen(fact, "off").command(set));
    }
}
