//! `oreject-rule-missing`: nothing stops mail that fails a DMARC policy of reject and that Microsoft delivers all the same.

use serde_json::json;
use tenant::TransportRule;

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, rules},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "oreject-rule-missing",
    severity: Severity::Medium,
    title: "Mail that Microsoft lets past DMARC is not stopped",
    meaning: "Where other signs speak for a message, Exchange Online delivers it although it fails DMARC and its domain says reject. It then writes \
              `dmarc=fail action=oreject` into the header.",
    risk: "Mail that the sender's own domain asks to refuse reaches the inbox.",
    advice: "Make a mail-flow rule that puts such mail into quarantine. Real mail of senders with broken authentication lands there too: look at it for \
             the first weeks.",
    references: &[pages::AUTHENTICATION, pages::RULES],
    baseline: &[],
    run,
};

/// What the rule is called.
pub const OREJECT_RULE: &str = "DMARC oreject to quarantine";
/// What the rule looks for in Authentication-Results.
pub const OREJECT_WORDS: &str = "dmarc=fail action=oreject";
/// Where it looks.
pub(super) const HEADER: &str = "Authentication-Results";

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let Some(rules) = evidence.snapshot.transport_rules.read() else { return };
    if !rules.iter().any(is_meant) {
        let seen = format!("no rule looks for {OREJECT_WORDS}");
        found.push(check.found(evidence.tenant()).seen("Get-TransportRule", seen).command(create()));
    }
}

/// The cmdlet that makes the rule, before all others, and the one that takes it away.
#[must_use]
pub fn create() -> CommandLine {
    CommandLine::new("New-TransportRule")
        .with("Name", OREJECT_RULE)
        .with("HeaderContainsMessageHeader", HEADER)
        .with("HeaderContainsWords", json!([OREJECT_WORDS]))
        .with("Quarantine", true)
        .with("StopRuleProcessing", true)
        .with("Mode", "Enforce")
        .with("Priority", 0)
        .undone_by(CommandLine::new("Remove-TransportRule").with("Identity", OREJECT_RULE).with("Confirm", false))
}

/// Whether a rule is the one, whatever has become of it: by its name, or by what it looks for.
pub(super) fn is_meant(rule: &TransportRule) -> bool {
    rule.name.eq_ignore_ascii_case(OREJECT_RULE) || looks_for_oreject(rule)
}

/// Whether a rule looks for the words in the header that has them.
pub(super) fn looks_for_oreject(rule: &TransportRule) -> bool {
    let header = rule.header_contains_message_header.as_deref().unwrap_or_default();
    let by_words = header.eq_ignore_ascii_case(HEADER) && rule.header_contains_words.iter().flatten().any(|word| finds(word));
    let pattern_header = rule.other.get("HeaderMatchesMessageHeader").map(rules::texts).unwrap_or_default();
    let patterns = rule.other.get("HeaderMatchesPatterns").map(rules::texts).unwrap_or_default();
    let by_pattern = pattern_header.iter().any(|name| name.eq_ignore_ascii_case(HEADER))
        && patterns.iter().any(|pattern| pattern.to_ascii_lowercase().contains("oreject"));
    by_words || by_pattern
}

/// Whether words to look for are found wherever Microsoft overrode a policy of reject.
pub(super) fn finds(word: &str) -> bool {
    let word = word.trim().to_ascii_lowercase();
    word.contains("oreject") && OREJECT_WORDS.contains(&word)
}
