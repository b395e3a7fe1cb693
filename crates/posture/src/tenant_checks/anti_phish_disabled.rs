//! `anti-phish-disabled`: an anti-phishing policy is switched off.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, policies},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "anti-phish-disabled",
    severity: Severity::High,
    title: "The default anti-phishing policy is switched off",
    meaning: "The default policy is what guards everybody whom no other policy covers.",
    risk: "Forged senders are not looked for in mail to these people.",
    advice: "Switch the policy on.",
    references: &[pages::ANTI_PHISH, pages::SET_ANTI_PHISH],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in policies::of(evidence).filter(|policy| policy.is_default && !policy.enabled) {
        let finding = check.found(&policy.name).seen(policies::fact(policy, "Enabled"), "off");
        found.push(finding.command(policies::set(policy).changes("Enabled", true, false)));
    }
}
