//! `unified-audit-off`: what happens in the tenant is not written down.

use crate::{CommandLine, Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "unified-audit-off",
    severity: Severity::High,
    title: "The unified audit log is switched off",
    meaning: "Nothing that people and administrators do in the tenant is recorded.",
    risk: "Detections that read the audit log, such as the one for DKIM signing being switched off, find nothing, and an incident cannot be looked into.",
    advice: "Switch recording on. It takes up to an hour to begin.",
    references: &[pages::AUDIT, pages::SCUBA_SUITE],
    baseline: &["MS.SECURITYSUITE.5.1v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let Some(audit) = evidence.snapshot.audit.read() else { return };
    if audit.unified_audit_log_ingestion_enabled == Some(false) {
        let command = CommandLine::new("Set-AdminAuditLogConfig").changes("UnifiedAuditLogIngestionEnabled", true, false);
        let fact = "Get-AdminAuditLogConfig: UnifiedAuditLogIngestionEnabled";
        found.push(check.found(evidence.tenant()).seen(fact, "off").command(command));
    }
}
