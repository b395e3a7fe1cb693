//! `dmarc-policy-ignored`: the tenant does not do what senders' DMARC policies ask for.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, policies},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "dmarc-policy-ignored",
    severity: Severity::High,
    title: "DMARC policies of senders are not honoured",
    meaning: "Domains say in their DMARC record what to do with mail that only pretends to be theirs. This policy does not follow them.",
    risk: "Mail that a sender's domain asks to reject is delivered, at best to the junk folder: forged mail of banks, partners and of your own domains.",
    advice: "Honour the policies: quarantine where the record says quarantine, reject where it says reject.",
    references: &[pages::ANTI_PHISH, pages::SET_ANTI_PHISH],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in policies::of(evidence).filter(|policy| policy.honor_dmarc_policy == Some(false)) {
        let finding = check.found(&policy.name).seen(policies::fact(policy, "HonorDmarcPolicy"), "off");
        let finding = finding.command(policies::set(policy).changes("HonorDmarcPolicy", true, false));
        found.push(policies::matters(finding, policy));
    }
}
