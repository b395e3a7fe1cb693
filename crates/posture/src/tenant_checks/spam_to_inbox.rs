//! `spam-to-inbox`: what the filter recognises as spam or phishing is delivered to the inbox.

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{called, pages},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "spam-to-inbox",
    severity: Severity::Medium,
    title: "Recognised spam and phishing reach the inbox",
    meaning: "The policy against spam only marks, or does nothing with, mail that the filter has recognised.",
    risk: "People get phishing that the tenant knew to be phishing.",
    advice: "Move spam into the junk folder, and quarantine phishing.",
    references: &[pages::RECOMMENDED, pages::SCUBA_SUITE],
    baseline: &["MS.SECURITYSUITE.6.1v1"],
    run,
};

/// Actions that leave a message where it was going.
const DELIVERED: [&str; 3] = ["AddXHeader", "ModifySubject", "NoAction"];

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in evidence.snapshot.content_filters.read().into_iter().flatten() {
        let settings = [
            ("SpamAction", &policy.spam_action, "MoveToJmf"),
            ("HighConfidenceSpamAction", &policy.high_confidence_spam_action, "Quarantine"),
            ("PhishSpamAction", &policy.phish_spam_action, "Quarantine"),
            ("HighConfidencePhishAction", &policy.high_confidence_phish_action, "Quarantine"),
        ];
        let identity = called(&policy.identity, &policy.name);
        let mut finding = check.found(&policy.name);
        let mut set = CommandLine::new("Set-HostedContentFilterPolicy").with("Identity", identity);
        for (setting, action, wanted) in settings {
            if DELIVERED.iter().any(|word| word.eq_ignore_ascii_case(action)) {
                finding = finding.seen(format!("Get-HostedContentFilterPolicy {}: {setting}", policy.name), action.as_str());
                set = set.changes(setting, wanted, action.as_str());
            }
        }
        if !finding.facts.is_empty() {
            found.push(finding.command(set));
        }
    }
}
