//! `spoof-to-junk`: forged mail goes to the junk folder instead of quarantine.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, policies},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "spoof-to-junk",
    severity: Severity::Low,
    title: "Forged mail goes to the junk folder",
    meaning: "Mail that fails Microsoft's composite authentication is moved to the junk folder of whoever it is for. Microsoft's strict preset puts it \
              into quarantine.",
    risk: "People look into their junk folder, and trust what they rescue from it.",
    advice: "Quarantine such mail, where people can ask for it to be released.",
    references: &[pages::RECOMMENDED, pages::SET_ANTI_PHISH],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in policies::of(evidence).filter(|policy| policy.authentication_fail_action.eq_ignore_ascii_case("MoveToJmf")) {
        let finding = check.found(&policy.name).seen(policies::fact(policy, "AuthenticationFailAction"), "MoveToJmf");
        let command = policies::set(policy).changes("AuthenticationFailAction", "Quarantine", "MoveToJmf");
        found.push(policies::matters(finding.command(command), policy));
    }
}
