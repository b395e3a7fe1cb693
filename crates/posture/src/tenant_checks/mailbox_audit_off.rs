//! `mailbox-audit-off`: what is done in mailboxes is not written down.

use crate::{CommandLine, Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "mailbox-audit-off",
    severity: Severity::Medium,
    title: "Auditing of mailboxes is switched off",
    meaning: "The organisation's setting AuditDisabled switches the recording of access to mailboxes off for everybody.",
    risk: "Who read, sent or deleted mail with a stolen account cannot be found out.",
    advice: "Switch recording on.",
    references: &[pages::MAILBOX_AUDIT, pages::SCUBA_EXO],
    baseline: &["MS.EXO.13.1v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let Some(organization) = evidence.snapshot.organization.read() else { return };
    if organization.audit_disabled == Some(true) {
        let command = CommandLine::new("Set-OrganizationConfig").changes("AuditDisabled", false, true);
        found.push(check.found(evidence.tenant()).seen("Get-OrganizationConfig: AuditDisabled", "on").command(command));
    }
}
