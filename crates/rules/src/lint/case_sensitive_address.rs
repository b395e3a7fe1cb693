//! An address or domain is compared with regard to case.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{comparisons, expressions};
use kql::ast::MatchKind;

pub(super) static LINT: Lint = Lint {
    name: "case-sensitive-address",
    summary: "An address or domain is compared with regard to case",
    level: Level::Note,
    certainty: Certainty::Likely,
    why: "Addresses come as the sender typed them: `CEO@Contoso.com` does not equal `ceo@contoso.com`, and a lookalike with a capital letter passes by.",
    fix: "Compare without regard to case: `=~`, `in~`, `!~`.",
    fires: &[
        "EmailEvents | where SenderFromAddress == 'ceo@contoso.com'",
        "EmailEvents | where RecipientEmailAddress in ('a@contoso.com', 'b@contoso.com')",
    ],
    silent: &[
        "EmailEvents | where SenderFromAddress =~ 'ceo@contoso.com'",
        "EmailEvents | where tolower(SenderFromAddress) == 'ceo@contoso.com'",
        "EmailEvents | where SenderFromDomain == 'contoso.com'",
        "EmailEvents | where SenderFromAddress == ''",
    ],
    check,
};

/// Columns that hold addresses as they were written.
const ADDRESSES: [&str; 9] = [
    "SenderFromAddress",
    "SenderMailFromAddress",
    "RecipientEmailAddress",
    "AccountUpn",
    "UserPrincipalName",
    "UserId",
    "InitiatingProcessAccountUpn",
    "SenderAddress",
    "RecipientAddress",
];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        for expr in expressions(&step.operator.kind) {
            for comparison in comparisons(expr, &subject.flow)
                .into_iter()
                .filter(|comparison| comparison.is_whole() && comparison.case_sensitive)
            {
                let Some(base) = step.before.base(comparison.left).filter(|base| !base.folded && base.member.is_none()) else {
                    continue;
                };
                let address = comparison.values.iter().any(|(value, _)| value.contains('@'));
                if address && ADDRESSES.contains(&base.column.name.as_str()) {
                    let operator = match (comparison.kind, comparison.negated) {
                        (MatchKind::In, false) => "in~",
                        (MatchKind::In, true) => "!in~",
                        (_, false) => "=~",
                        (_, true) => "!~",
                    };
                    findings.at(
                        comparison.expr.span,
                        format!("`{}` holds addresses in any case, and this tells upper from lower", base.column.name),
                        format!("write `{operator}`"),
                    );
                }
            }
        }
    }
}
