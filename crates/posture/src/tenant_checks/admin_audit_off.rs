//! `admin-audit-off`: what administrators run in Exchange Online is not written down.

use crate::{Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "admin-audit-off",
    severity: Severity::Medium,
    title: "Auditing of administrators is switched off",
    meaning: "Cmdlets that administrators run in Exchange Online are not recorded.",
    risk: "Changes to DKIM signing, mail-flow rules and connectors leave no trace.",
    advice: "In Exchange Online no cmdlet changes this, and it is always on: ask Microsoft's support how it came to be off.",
    references: &[pages::AUDIT],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let Some(audit) = evidence.snapshot.audit.read() else { return };
    if audit.admin_audit_log_enabled == Some(false) {
        found.push(check.found(evidence.tenant()).seen("Get-AdminAuditLogConfig: AdminAuditLogEnabled", "off"));
    }
}
