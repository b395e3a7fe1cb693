//! `safety-tips-off`: people are not shown that a sender is unproved, somebody else's, or new to them.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, policies},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "safety-tips-off",
    severity: Severity::Low,
    title: "Signs of a doubtful sender are not shown",
    meaning: "Outlook can show a question mark for a sender that nobody proved, a `via` for mail that another domain sent, and a line for a sender who \
              writes for the first time.",
    risk: "Forged mail that gets through looks exactly like real mail.",
    advice: "Switch these signs on.",
    references: &[pages::SPOOF, pages::SCUBA_SUITE],
    baseline: &["MS.SECURITYSUITE.2.4v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in policies::of(evidence) {
        let settings = [
            ("EnableUnauthenticatedSender", policy.enable_unauthenticated_sender),
            ("EnableViaTag", policy.enable_via_tag),
            ("EnableFirstContactSafetyTips", policy.enable_first_contact_safety_tips),
        ];
        let mut finding = check.found(&policy.name);
        let mut command = policies::set(policy);
        for (setting, _) in settings.iter().filter(|(_, value)| *value == Some(false)) {
            finding = finding.seen(policies::fact(policy, setting), "off");
            command = command.changes(setting, true, false);
        }
        if !finding.facts.is_empty() {
            found.push(policies::matters(finding.command(command), policy));
        }
    }
}
