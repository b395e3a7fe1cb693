//! `impersonation-of-own-domains`: mail from domains that look like the tenant's own is not looked for.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, policies},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "impersonation-of-own-domains",
    severity: Severity::Low,
    title: "Domains that look like yours are not looked for",
    meaning: "Defender for Office 365 can recognise senders whose domain resembles one of the tenant's own. The setting is off; tenants without that \
              licence do not have it.",
    risk: "Mail from a domain that differs by a letter passes SPF, DKIM and DMARC, as it is the attacker's own, and reads like a colleague's.",
    advice: "Protect the tenant's own domains, and have such mail quarantined.",
    references: &[pages::ANTI_PHISH, pages::SCUBA_SUITE],
    baseline: &["MS.SECURITYSUITE.2.2v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in policies::of(evidence).filter(|policy| policy.enable_organization_domains_protection == Some(false)) {
        let finding = check.found(&policy.name).seen(policies::fact(policy, "EnableOrganizationDomainsProtection"), "off");
        let command = policies::set(policy).changes("EnableOrganizationDomainsProtection", true, false);
        found.push(policies::matters(finding.command(command), policy));
    }
}
