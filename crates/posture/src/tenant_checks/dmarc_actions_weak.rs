//! `dmarc-actions-weak`: less is done to mail that fails DMARC than its domain asks for.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, policies},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "dmarc-actions-weak",
    severity: Severity::Medium,
    title: "Mail that fails DMARC is treated too mildly",
    meaning: "The policy honours DMARC, but does less than the sender's domain asks for.",
    risk: "Forged mail lies in the junk folder, where people find it and answer it, instead of in quarantine or nowhere.",
    advice: "Quarantine for p=quarantine, reject for p=reject.",
    references: &[pages::SET_ANTI_PHISH, pages::RECOMMENDED],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in policies::of(evidence).filter(|policy| policy.honor_dmarc_policy != Some(false)) {
        let wanted = [
            ("DmarcQuarantineAction", policy.dmarc_quarantine_action.as_str(), &["Quarantine", "Reject"][..], "Quarantine"),
            ("DmarcRejectAction", policy.dmarc_reject_action.as_str(), &["Reject"][..], "Reject"),
        ];
        let mut finding = check.found(&policy.name);
        let mut command = policies::set(policy);
        for (setting, seen, enough, to) in wanted {
            // A service that does not say leaves it open.
            if !seen.is_empty() && !enough.iter().any(|word| word.eq_ignore_ascii_case(seen)) {
                finding = finding.seen(policies::fact(policy, setting), seen);
                command = command.changes(setting, to, seen);
            }
        }
        // Mail in quarantine instead of refused is out of reach all the same.
        let is_mild = finding.facts.iter().all(|fact| fact.seen.eq_ignore_ascii_case("Quarantine"));
        if !finding.facts.is_empty() {
            let finding = if is_mild { finding.matters(Severity::Informational) } else { finding };
            found.push(policies::matters(finding.command(command), policy));
        }
    }
}
