//! `dkim-signing-missing`: nothing was ever set up to sign a domain that sends.

use crate::{CommandLine, Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "dkim-signing-missing",
    severity: Severity::High,
    title: "DKIM was never set up",
    meaning: "The tenant has no DKIM configuration for this domain, so its mail leaves with the signature of the tenant's onmicrosoft.com name only.",
    risk: "DMARC rests on SPF alone, which breaks when mail is forwarded: either real mail is lost, or the policy has to stay so weak that forged mail \
           arrives.",
    advice: "Make the configuration with keys of 2048 bits, publish the two CNAME records it names, then switch signing on.",
    references: &[pages::DKIM, pages::SCUBA_EXO],
    baseline: &["MS.EXO.3.1v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    if evidence.snapshot.dkim.read().is_none() {
        return;
    }
    for domain in evidence.own().filter(|domain| evidence.sends(domain)) {
        let name = &domain.domain_name;
        if evidence.signing(name).is_some() {
            continue;
        }
        // Microsoft says which CNAMEs it wants only once the configuration is there, and refuses to sign before they are published.
        let command = CommandLine::new("New-DkimSigningConfig")
            .with("DomainName", name.as_str())
            .with("KeySize", 2048)
            .with("Enabled", false)
            .without_undo("Nothing has to take it back: it signs nothing until it is switched on.");
        found.push(check.found(name).seen(format!("Get-DkimSigningConfig {name}"), "nothing").command(command));
    }
}
