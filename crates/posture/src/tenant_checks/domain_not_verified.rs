//! `domain-not-verified`: a domain was added to the tenant and never proved to be the organisation's.

use crate::{Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "domain-not-verified",
    severity: Severity::Low,
    title: "A domain was never verified",
    meaning: "The domain stands in the tenant's list, but the record by which Microsoft asks for proof was never found.",
    risk: "Nothing is signed or received for it. A domain that is not yours any more, or was never, may be somebody else's tomorrow.",
    advice: "Publish the record that the admin center shows for the domain, or remove the domain from the tenant.",
    references: &[pages::ADD_DOMAIN],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for domain in evidence.snapshot.domains.read().into_iter().flatten().filter(|domain| !domain.is_verified) {
        found.push(check.found(&domain.id).seen(format!("GET /domains/{}: isVerified", domain.id), "false"));
    }
}
