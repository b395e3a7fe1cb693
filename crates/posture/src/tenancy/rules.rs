//! Mail-flow rules as checks look at them: whether one works, which mail it is for, and whether a stranger can write such mail. The conditions and
//! what they rest on are data, `../../data/rule-conditions.tsv`.

use serde_json::Value;
use tenant::TransportRule;

use super::TenantEvidence;
use crate::{CommandLine, Finding};

/// The conditions, a line each.
const CONDITIONS: &str = include_str!("../../data/rule-conditions.tsv");
/// Most values of a condition that are named.
const NAMED: usize = 8;
/// Most characters of a value that are shown; a pattern can be long.
const LONGEST: usize = 200;

/// What a rule's conditions rest on, from what anybody can write to what nobody outside can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Basis {
    /// There is no condition: all mail.
    Nothing,
    /// Only whom it is for, or what is in it.
    Open,
    /// What the sender writes about itself.
    Claimed,
    /// The address that connects.
    Proved,
    /// A sender who is signed in.
    Inside,
}

/// Which mail a rule is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The strongest thing that its conditions rest on: all of them have to hold.
    pub(crate) basis: Basis,
    /// The conditions in words, each with the parameter it stands in.
    pub(crate) conditions: Vec<(String, String)>,
    /// Whether it is for mail to mailboxes that it names, and no other.
    pub(crate) to_mailboxes: bool,
    /// Sender domains that it names, in lower case.
    pub(crate) sender_domains: Vec<String>,
    /// Names of parameters that except mail from it.
    pub(crate) exceptions: Vec<(String, String)>,
}

/// Rules that are switched on, the first to run first.
pub(crate) fn on<'a>(evidence: &TenantEvidence<'a>) -> Vec<&'a TransportRule> {
    let mut rules: Vec<&TransportRule> =
        evidence.snapshot.transport_rules.read().into_iter().flatten().filter(|rule| is_on(rule)).collect();
    rules.sort_by_key(|rule| rule.priority.unwrap_or(u32::MAX));
    rules
}

/// Whether a rule is switched on.
pub(crate) fn is_on(rule: &TransportRule) -> bool {
    !rule.state.eq_ignore_ascii_case("Disabled")
}

/// Whether a rule does what it says, and does not only record that it would.
pub(crate) fn is_enforced(rule: &TransportRule) -> bool {
    rule.mode.is_empty() || rule.mode.eq_ignore_ascii_case("Enforce")
}

/// What a rule is called to cmdlets.
pub(crate) fn identity(rule: &TransportRule) -> &str {
    [&rule.guid, &rule.identity].into_iter().find(|name| !name.is_empty()).unwrap_or(&rule.name)
}

/// What a fact about a rule's parameter is called.
pub(crate) fn fact(rule: &TransportRule, parameter: &str) -> String {
    format!("Get-TransportRule {}: {parameter}", rule.name)
}

/// The cmdlet that switches a rule off.
pub(crate) fn disable(rule: &TransportRule) -> CommandLine {
    // Asked for confirmation, the interface would wait for an answer that nobody gives.
    let command = |cmdlet| CommandLine::new(cmdlet).with("Identity", identity(rule)).with("Confirm", false);
    command("Disable-TransportRule").undone_by(command("Enable-TransportRule"))
}

/// A finding with which mail a rule is for.
pub(crate) fn with_scope(mut finding: Finding, rule: &TransportRule, scope: &Scope) -> Finding {
    for (parameter, words) in &scope.conditions {
        finding = finding.seen(fact(rule, parameter), words.clone());
    }
    if scope.conditions.is_empty() {
        finding = finding.seen(fact(rule, "conditions"), "none: all mail");
    }
    finding
}

/// Which mail a rule is for.
pub(crate) fn scope(rule: &TransportRule) -> Scope {
    let mut scope = Scope {
        to_mailboxes: false,
        basis: Basis::Nothing,
        conditions: Vec::new(),
        sender_domains: Vec::new(),
        exceptions: Vec::new(),
    };
    for line in CONDITIONS.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(parameter), Some(basis), Some(words)) = (cells.next(), cells.next(), cells.next()) else { continue };
        let values = values(rule, parameter);
        if values.is_empty() {
            continue;
        }
        let basis = match basis {
            "proved" => Basis::Proved,
            "claimed" => Basis::Claimed,
            "inside" if values.iter().any(|value| value.eq_ignore_ascii_case("InOrganization")) => Basis::Inside,
            // Mail from outside is what is looked at here, and content or recipients anybody can choose.
            _ => Basis::Open,
        };
        scope.basis = scope.basis.max(basis);
        scope.to_mailboxes |= parameter == "SentTo";
        if parameter == "SenderDomainIs" {
            scope.sender_domains = values.iter().map(|value| value.to_ascii_lowercase()).collect();
        }
        scope.conditions.push((parameter.to_owned(), words.replace("{}", &listed(&values))));
    }
    for (name, value) in &rule.other {
        let values = texts(value);
        if name.starts_with("ExceptIf") && !values.is_empty() {
            scope.exceptions.push((name.clone(), listed(&values)));
        }
    }
    scope
}

/// The values of a parameter; nothing where it is not set.
fn values(rule: &TransportRule, parameter: &str) -> Vec<String> {
    match parameter {
        "HeaderContainsWords" => {
            let header = rule.header_contains_message_header.as_deref().unwrap_or_default();
            rule.header_contains_words.iter().flatten().map(|word| format!("{header}: {word}")).collect()
        }
        _ => rule.other.get(parameter).map(texts).unwrap_or_default(),
    }
}

/// The texts of a value, whether it is one or many; what is empty or `false` is not set.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Bool(true) => vec!["true".to_owned()],
        Value::Number(number) => vec![number.to_string()],
        // Flags come as words too.
        Value::String(text) if text.trim().is_empty() || text == "False" => Vec::new(),
        Value::String(text) => vec![cut(text)],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(members) => members.get("Name").or_else(|| members.get("DisplayName")).map(texts).unwrap_or_default(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn listed(values: &[String]) -> String {
    let shown = values.get(..NAMED).unwrap_or(values).join(", ");
    match values.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A rule's number as text, whichever form it came in.
pub(crate) fn scl(rule: &TransportRule) -> Option<i64> {
    match rule.set_scl.as_ref()? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tenant::TransportRule;

    use super::{Basis, CONDITIONS, scope};

    fn rule(value: serde_json::Value) -> TransportRule {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn every_condition_has_its_basis_and_its_words() {
        for line in CONDITIONS.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() == 3 && cells[2].contains("{}"), "{line}");
            assert!(["proved", "claimed", "inside", "content", "to"].contains(&cells[1]), "{line}");
        }
    }

    #[test]
    fn the_strongest_condition_counts_as_all_have_to_hold() {
        let of = |value| scope(&rule(value)).basis;
        assert_eq!(of(json!({})), Basis::Nothing);
        assert_eq!(of(json!({"SubjectContainsWords": ["invoice"]})), Basis::Open);
        assert_eq!(of(json!({"FromScope": "NotInOrganization"})), Basis::Open);
        assert_eq!(of(json!({"SenderDomainIs": ["Partner.example"]})), Basis::Claimed);
        assert_eq!(of(json!({"SenderDomainIs": ["partner.example"], "SenderIpRanges": "192.0.2.1"})), Basis::Proved);
        assert_eq!(of(json!({"FromScope": "InOrganization"})), Basis::Inside);
    }

    #[test]
    fn empty_lists_and_nulls_are_no_conditions() {
        let found =
            scope(&rule(json!({"SenderDomainIs": [], "SentTo": null, "ExceptIfFrom": [], "ExceptIfSentTo": ["a@contoso.com"]})));
        assert!(found.conditions.is_empty());
        assert_eq!(found.exceptions, [("ExceptIfSentTo".to_owned(), "a@contoso.com".to_owned())]);
    }
}
