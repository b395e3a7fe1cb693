//! `spoof-intelligence-off`: forged senders are not looked for.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, policies},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "spoof-intelligence-off",
    severity: Severity::High,
    title: "Spoof intelligence is switched off",
    meaning: "Spoof intelligence (the setting behind Microsoft's composite authentication) recognises senders that pretend to be somebody else, also \
              where their domains publish no DMARC policy.",
    risk: "Mail with a forged sender arrives like any other: nothing in the tenant compares who sent it with who it says it is from.",
    advice: "Switch it on. If another service filters before Exchange Online, set up Enhanced Filtering for Connectors instead of switching this off.",
    references: &[pages::SPOOF, pages::SET_ANTI_PHISH],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in policies::of(evidence).filter(|policy| policy.enable_spoof_intelligence == Some(false)) {
        let finding = check.found(&policy.name).seen(policies::fact(policy, "EnableSpoofIntelligence"), "off");
        let finding = finding.command(policies::set(policy).changes("EnableSpoofIntelligence", true, false));
        found.push(policies::matters(finding, policy));
    }
}
