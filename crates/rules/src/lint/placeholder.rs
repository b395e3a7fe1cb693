//! A placeholder was never filled in.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{comparisons, expressions};

pub(super) static LINT: Lint = Lint {
    name: "placeholder",
    summary: "A placeholder was never filled in",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "The query compares with the words of a template. It finds nothing until somebody puts a value there.",
    fix: "Put the value in place of the placeholder, or make it a parameter of the rule.",
    fires: &[
        "EmailEvents | where RecipientEmailAddress == '<user principal name>'",
        "EmailEvents | where SenderFromDomain in ('<your domain>')",
    ],
    silent: &[
        "EmailEvents | where Subject has '<script>'",
        "EmailEvents | where InternetMessageId == '<a.b@contoso.com>'",
        "EmailEvents | where Subject == 'a < b > c'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        for expr in expressions(&step.operator.kind) {
            for comparison in comparisons(expr, &subject.flow) {
                for (value, span) in comparison.values.iter().filter(|(value, _)| is_placeholder(value)) {
                    findings.at(*span, format!("`{value}` is a placeholder of the template"), "put the value in its place");
                }
            }
        }
    }
}

/// Words between angle brackets; tags of HTML and ids of messages are no words.
fn is_placeholder(value: &str) -> bool {
    let Some(inner) = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else { return false };
    let words = inner.split([' ', '_', '-']).filter(|word| !word.is_empty()).count();
    words >= 2 && inner.chars().all(|letter| letter.is_ascii_alphabetic() || matches!(letter, ' ' | '_' | '-' | '\''))
}
