//! The envelope sender is tested where the visible sender is forged.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{comparisons, expressions};
use kql::ast::{ExprKind, operator::OperatorKind};

pub(super) static LINT: Lint = Lint {
    name: "wrong-identity",
    summary: "The envelope sender is tested where the visible sender is forged",
    level: Level::Warning,
    certainty: Certainty::Likely,
    why: "People see the From header; SPF and the bounce address belong to the envelope. A forged From with the attacker's own envelope sender passes a test of the envelope domain.",
    fix: "Test `SenderFromDomain` or `SenderFromAddress`, beside the envelope if that is meant too.",
    fires: &[
        "EmailEvents | where SenderMailFromDomain in ('contoso.com') | extend DMARC = tostring(parse_json(AuthenticationDetails).DMARC) | where DMARC == 'fail'",
    ],
    silent: &[
        "EmailEvents | where SenderFromDomain in ('contoso.com') | extend DMARC = tostring(parse_json(AuthenticationDetails).DMARC) | where DMARC == 'fail'",
        "EmailEvents | where SenderMailFromDomain == 'contoso.com'",
        "EmailEvents | where SenderMailFromDomain != SenderFromDomain | where AuthenticationDetails has 'DMARC'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    // Only where the query is about DMARC, which is about the visible sender.
    if !subject.rule.query.text.to_ascii_lowercase().contains("dmarc") {
        return;
    }
    let mut tested = Vec::new();
    for step in subject.flow.steps() {
        for expr in expressions(&step.operator.kind) {
            if expr.walk().any(|part| matches!(&part.kind, ExprKind::Name(name) if matches!(name.text.as_str(), "SenderFromDomain" | "SenderFromAddress"))) {
                return;
            }
        }
        let OperatorKind::Where(predicate) = &step.operator.kind else { continue };
        for comparison in comparisons(predicate, &subject.flow).into_iter().filter(|comparison| !comparison.negated) {
            if let Some(base) = step
                .before
                .base(comparison.left)
                .filter(|base| matches!(base.column.name.as_str(), "SenderMailFromDomain" | "SenderMailFromAddress"))
            {
                tested.push((base.column.name.clone(), comparison.left.span));
            }
        }
    }
    for (column, span) in tested {
        let visible = column.replace("MailFrom", "From");
        findings.at(
            span,
            format!("`{column}` is the envelope's; the sender people see, and DMARC protects, is `{visible}`"),
            format!("test `{visible}`"),
        );
    }
}
