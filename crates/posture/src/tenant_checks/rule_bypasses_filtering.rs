//! `rule-bypasses-filtering`: a mail-flow rule lets mail past spam filtering.

use tenant::TransportRule;

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, rules, rules::Basis},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "rule-bypasses-filtering",
    severity: Severity::High,
    title: "A mail-flow rule bypasses filtering",
    meaning: "The rule sets the spam confidence level to -1. Such mail is not filtered for spam and phishing, and its failed authentication has no \
              consequence. Only malware, and phishing that Microsoft is sure of, is stopped all the same; where the MX is another service, nothing is.",
    risk: "Whoever can send mail that meets the rule's conditions has it delivered to the inbox.",
    advice: "Switch the rule off. Where partners' mail is lost without it, have them authenticate it, or tie the rule to the addresses it comes from \
             and to a passed DMARC check.",
    references: &[pages::RULE_SCL, pages::SECURE_BY_DEFAULT, pages::SAFE_SENDERS],
    baseline: &[],
    run,
};

/// The level that means: do not filter.
const BYPASS: i64 = -1;
/// What Exchange writes for mail that passed; a rule that asks for it lets nothing forged in.
const PASSED: &str = "dmarc=pass";

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for rule in rules::on(evidence).into_iter().filter(|rule| rules::scl(rule) == Some(BYPASS)) {
        let scope = rules::scope(rule);
        let own =
            scope.sender_domains.iter().find(|domain| evidence.own().any(|own| own.domain_name.eq_ignore_ascii_case(domain)));
        let asks_for_dmarc = asks_for_dmarc(rule);
        let (severity, lets_in) = match scope.basis {
            _ if !rules::is_enforced(rule) => (Severity::Informational, "Nothing today: the rule only records what it would do."),
            Basis::Inside => (Severity::Informational, "Mail of people who are signed in to the tenant."),
            _ if asks_for_dmarc => {
                (Severity::Low, "Mail that passes DMARC: bulk mail and phishing sent from real accounts, but nothing forged.")
            }
            Basis::Proved => (
                Severity::Medium,
                "All mail that these addresses pass on, whoever wrote it: shared services send for strangers too.",
            ),
            Basis::Nothing => (Severity::Critical, "All mail: nothing is filtered."),
            Basis::Open if scope.to_mailboxes => (
                Severity::Low,
                "Mail of any stranger, to the mailboxes that it names: right for those that collect reports, for no other.",
            ),
            Basis::Open => (Severity::High, "Mail of any stranger who writes what the rule looks for."),
            Basis::Claimed if own.is_some() => (
                Severity::Critical,
                "Forged mail in the name of your own domain: the sender's address is what anybody can write.",
            ),
            Basis::Claimed => (Severity::High, "Forged mail: the sender's address and other headers are what anybody can write."),
        };
        let finding = check.found(&rule.name).matters(severity).seen(rules::fact(rule, "SetSCL"), "-1").seen("lets in", lets_in);
        found.push(rules::with_scope(finding, rule, &scope).command(rules::disable(rule)));
    }
}

/// Whether a rule is only for mail that passed DMARC.
fn asks_for_dmarc(rule: &TransportRule) -> bool {
    let header = rule.header_contains_message_header.as_deref().unwrap_or_default();
    let words = rule.header_contains_words.as_deref().unwrap_or_default();
    header.eq_ignore_ascii_case("Authentication-Results")
        && !words.is_empty()
        && words.iter().all(|word| word.to_ascii_lowercase().contains(PASSED))
}
