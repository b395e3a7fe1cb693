//! A column is compared with a value it never has.

use super::authentication;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{Base, Comparison, comparisons, expressions};
use kql::ast::MatchKind;

pub(super) static LINT: Lint = Lint {
    name: "value-outside-vocabulary",
    summary: "A column is compared with a value it never has",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "The column takes one of a known set of values. A comparison with another value is never true, its opposite always is: the branch is dead, or filters nothing.",
    fix: "Write the value as the table has it; the message names the nearest ones.",
    fires: &[
        r##"EmailEvents | where EmailDirection in ("Inbound", "IntraOrg")"##,
        r##"EmailEvents | where DeliveryLocation != "Blocked""##,
        r##"EmailEvents | where DeliveryAction == "delivered""##,
        "EmailEvents | extend D = tostring(parse_json(AuthenticationDetails).DMARC) | where D == 'failed'",
        "EmailEvents | extend Act = DeliveryAction | where Act == 'Quarantined'",
    ],
    silent: &[
        r##"EmailEvents | where EmailDirection in ("Inbound", "Intra-org")"##,
        r##"EmailEvents | where DeliveryAction =~ "delivered""##,
        r##"EmailEvents | where DeliveryLocation == """##,
        "EmailEvents | extend D = tostring(parse_json(AuthenticationDetails).DMARC) | where D in ('fail', 'temperror')",
        r##"EmailEvents | extend DeliveryAction = strcat("x", DeliveryAction) | where DeliveryAction == "xBlocked""##,
        r##"EmailEvents | where DeliveryAction has "Block""##,
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        for expr in expressions(&step.operator.kind) {
            for comparison in comparisons(expr, &subject.flow) {
                let Some(base) = step.before.base(comparison.left) else { continue };
                let Some((what, values)) = vocabulary(&base) else { continue };
                for (value, span) in &comparison.values {
                    if !value.is_empty() && !can_match(&comparison, &base, value, &values) {
                        let (message, help) = words(&comparison, &base, &what, value, &values);
                        findings.at(*span, message, help);
                    }
                }
            }
        }
    }
}

/// What the column or member is called, and its values.
fn vocabulary(base: &Base<'_>) -> Option<(String, Vec<&'static str>)> {
    match base.member {
        None if base.column.values.is_empty() => None,
        None => Some((format!("`{}`", base.column.name), base.column.values.iter().map(String::as_str).collect())),
        Some(member) if base.column.name == "AuthenticationDetails" && base.column.json => {
            Some((format!("`{member}` of `AuthenticationDetails`"), authentication::results(member)?))
        }
        Some(_) => None,
    }
}

fn can_match(comparison: &Comparison<'_>, base: &Base<'_>, value: &str, values: &[&str]) -> bool {
    let (lower, exact) = (value.to_lowercase(), comparison.case_sensitive && !base.folded);
    let hit = |known: &&str| match comparison.kind {
        MatchKind::Equals | MatchKind::In if exact => **known == *value,
        // A column in lower case never equals a capital letter.
        MatchKind::Equals | MatchKind::In => known.to_lowercase() == lower,
        MatchKind::Has
        | MatchKind::HasAny
        | MatchKind::HasAll
        | MatchKind::Contains
        | MatchKind::HasPrefix
        | MatchKind::HasSuffix
        | MatchKind::StartsWith
        | MatchKind::EndsWith => known.to_lowercase().contains(&lower),
        MatchKind::MatchesRegex | MatchKind::Like | MatchKind::Term => true,
    };
    values.iter().any(hit)
}

fn words(comparison: &Comparison<'_>, base: &Base<'_>, what: &str, value: &str, values: &[&str]) -> (String, String) {
    let effect = if comparison.negated { "is always true" } else { "is never true" };
    let message = format!("{what} never holds `{value}`: this {effect}");
    let squashed = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect::<String>()
    };
    let other =
        base.table.columns.iter().find(|column| column.alias_of.is_none() && column.values.iter().any(|known| known == value));
    let help = match (values.iter().find(|known| squashed(known) == squashed(value)), other) {
        (Some(known), _) => format!("write `{known}`"),
        (None, Some(column)) => format!("`{value}` is a value of `{}`", column.name),
        (None, None) => format!("its values are {}", values.join(", ")),
    };
    (message, help)
}
