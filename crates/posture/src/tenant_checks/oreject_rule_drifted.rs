//! `oreject-rule-drifted`: the rule that stops mail which Microsoft lets past DMARC is there, and does not do what it is for.

use serde_json::json;
use tenant::TransportRule;

use super::oreject_rule_missing as oreject;
use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, rules, rules::Basis},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "oreject-rule-drifted",
    severity: Severity::Medium,
    title: "The rule against overridden DMARC rejections does not work",
    meaning: "The mail-flow rule that puts mail with `dmarc=fail action=oreject` into quarantine was changed since it was made, or another rule comes \
              before it.",
    risk: "Mail that the sender's own domain asks to refuse reaches the inbox, while everybody believes it is stopped.",
    advice: "Put the rule back as it was.",
    references: &[pages::AUTHENTICATION, pages::RULES],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let meant = evidence.snapshot.transport_rules.read().into_iter().flatten().filter(|rule| oreject::is_meant(rule));
    // Where several are, one that works is enough.
    let judged: Vec<(&TransportRule, Finding)> = meant.map(|rule| (rule, judge(check, evidence, rule))).collect();
    if judged.iter().all(|(_, finding)| !finding.facts.is_empty()) {
        found.extend(judged.into_iter().map(|(_, finding)| finding));
    }
}

/// A finding with every fault of a rule; without facts where it works.
fn judge(check: &TenantCheck, evidence: &TenantEvidence<'_>, rule: &TransportRule) -> Finding {
    let mut finding = check.found(&rule.name);
    let mut set = CommandLine::new("Set-TransportRule").with("Identity", rules::identity(rule));
    let unchanged = set.clone();
    if !oreject::looks_for_oreject(rule) {
        let words = rule.header_contains_words.clone().unwrap_or_default();
        finding = finding.seen(
            rules::fact(rule, "HeaderContainsWords"),
            if words.is_empty() { "nothing".to_owned() } else { words.join(", ") },
        );
        // Both belong together: Exchange takes neither without the other.
        let header = rule.header_contains_message_header.clone();
        set = set.changes("HeaderContainsMessageHeader", oreject::HEADER, json!(header));
        set = set.changes("HeaderContainsWords", json!([oreject::OREJECT_WORDS]), json!(rule.header_contains_words));
    }
    if !stops(rule) {
        finding = finding.seen(rules::fact(rule, "Quarantine"), "off");
        set = set.changes("Quarantine", true, false);
    }
    if !rules::is_enforced(rule) {
        finding = finding.seen(rules::fact(rule, "Mode"), rule.mode.clone());
        set = set.changes("Mode", "Enforce", rule.mode.as_str());
    }
    for (exception, values) in rules::scope(rule).exceptions {
        finding = finding.seen(rules::fact(rule, &exception), values);
        // An exception for what can be proved may be wanted: it is named, and left to people.
        if opens_a_hole(&exception) {
            let was = rule.other.get(&exception).cloned().unwrap_or_default();
            set = set.changes(&exception, json!(null), was);
        }
    }
    for (condition, words) in rules::scope(rule).conditions {
        if !["HeaderContainsWords", "HeaderMatchesPatterns"].contains(&condition.as_str()) && !is_harmless(rule, &condition) {
            finding = finding.seen(rules::fact(rule, &condition), format!("the rule is for {words} only"));
            let was = rule.other.get(&condition).cloned().unwrap_or_default();
            set = set.changes(&condition, json!(null), was);
        }
    }
    if let Some(before) = stopped_by(evidence, rule) {
        finding = finding.seen(
            rules::fact(rule, "Priority"),
            format!("{}, after `{}`, which stops the rules after it", priority(rule), before.name),
        );
        set = set.changes("Priority", 0, rule.priority.unwrap_or_default());
    }
    if set != unchanged {
        finding = finding.command(set);
    }
    if !rules::is_on(rule) {
        finding = finding.seen(rules::fact(rule, "State"), "Disabled").matters(Severity::High);
        let command = |cmdlet| CommandLine::new(cmdlet).with("Identity", rules::identity(rule)).with("Confirm", false);
        finding = finding.command(command("Enable-TransportRule").undone_by(command("Disable-TransportRule")));
    }
    finding
}

/// Whether the rule keeps mail out of the mailbox.
fn stops(rule: &TransportRule) -> bool {
    let does = |parameter: &str| rule.other.get(parameter).is_some_and(|value| !rules::texts(value).is_empty());
    rule.quarantine
        || ["RejectMessageReasonText", "RejectMessageEnhancedStatusCode", "DeleteMessage", "RedirectMessageTo"]
            .into_iter()
            .any(does)
}

/// Whether an exception is for what anybody can write.
fn opens_a_hole(exception: &str) -> bool {
    !matches!(
        exception,
        "ExceptIfSenderIpRanges"
            | "ExceptIfSentTo"
            | "ExceptIfSentToMemberOf"
            | "ExceptIfRecipientDomainIs"
            | "ExceptIfFromScope"
    )
}

/// Whether a condition takes nothing away: mail from outside is all mail that can be forged.
fn is_harmless(rule: &TransportRule, condition: &str) -> bool {
    let values = rule.other.get(condition).map(rules::texts).unwrap_or_default();
    let is = |wanted: &str| values.iter().all(|value| value.eq_ignore_ascii_case(wanted));
    (condition == "FromScope" && is("NotInOrganization")) || (condition == "SentToScope" && is("InOrganization"))
}

/// A rule that runs before and ends the rules for mail of strangers.
fn stopped_by<'a>(evidence: &TenantEvidence<'a>, rule: &TransportRule) -> Option<&'a TransportRule> {
    rules::on(evidence)
        .into_iter()
        .take_while(|other| other.priority.unwrap_or(u32::MAX) < rule.priority.unwrap_or(u32::MAX))
        .find(|other| {
            other.stop_rule_processing && rules::is_enforced(other) && rules::scope(other).basis < Basis::Inside && !stops(other)
        })
}

fn priority(rule: &TransportRule) -> String {
    rule.priority.map(|priority| priority.to_string()).unwrap_or_default()
}
