//! `dkim-signing-disabled`: a domain that sends has its DKIM signing switched off.

use super::dkim_status;
use crate::{CommandLine, Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "dkim-signing-disabled",
    severity: Severity::High,
    title: "DKIM signing is switched off",
    meaning: "Exchange Online does not sign mail of this domain with the domain's own key. It signs with the tenant's onmicrosoft.com name instead, \
              which does not count for DMARC.",
    risk: "Receivers can no longer tell the domain's mail from forged mail once it has been forwarded. Whoever got into the tenant switches signing \
           off to make forged mail and real mail look alike.",
    advice: "Switch signing on again, and find out who switched it off and why.",
    references: &[pages::DKIM, pages::SCUBA_EXO],
    baseline: &["MS.EXO.3.1v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for domain in evidence.own().filter(|domain| evidence.sends(domain)) {
        let Some(config) = evidence.signing(&domain.domain_name).filter(|config| !config.enabled) else { continue };
        let name = &config.domain;
        let mut finding = check
            .found(name)
            .seen(format!("Get-DkimSigningConfig {name}: Enabled"), "False")
            .seen(format!("Get-DkimSigningConfig {name}: Status"), config.status.clone())
            .command(CommandLine::new("Set-DkimSigningConfig").with("Identity", name.as_str()).changes("Enabled", true, false));
        if config.status != dkim_status::VALID {
            finding = dkim_status::with_records(finding, config);
            finding.advice = format!("Publish both CNAME records first: without them Microsoft refuses. {}", finding.advice);
        }
        found.push(finding);
    }
}
