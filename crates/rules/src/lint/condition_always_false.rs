//! A condition holds for no row.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{comparisons, conjuncts, disjuncts};
use kql::ast::{ExprKind, Literal, operator::OperatorKind};

pub(super) static LINT: Lint = Lint {
    name: "condition-always-false",
    summary: "A condition holds for no row",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "A column has one value a row: it is not two values at once. The rule finds nothing.",
    fix: "Write `or` between the values, or `in (...)`.",
    fires: &[
        "EmailEvents | where Subject == 'a' and Subject == 'b'",
        "EmailEvents | where DeliveryAction == 'Blocked' and DeliveryAction in ('Delivered', 'Junked')",
        "EmailEvents | where false",
    ],
    silent: &[
        "EmailEvents | where Subject == 'a' or Subject == 'b'",
        "EmailEvents | where Subject == 'a' and Subject == 'a'",
        "EmailEvents | where DeliveryAction == 'Blocked' and DeliveryAction in ('Blocked', 'Junked')",
        "EmailEvents | where ThreatTypes has 'a' and ThreatTypes has 'b'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        let OperatorKind::Where(predicate) = &step.operator.kind else { continue };
        if matches!(predicate.kind, ExprKind::Literal(Literal::Bool(Some(false)))) {
            findings.at(predicate.span, "this is true of no row", "leave out what was switched off");
        }
        // Alternatives are looked at one by one.
        for alternative in disjuncts(predicate) {
            let mut wanted: Vec<(String, Vec<String>)> = Vec::new();
            for side in conjuncts(alternative) {
                let found = comparisons(side, &subject.flow);
                let [comparison] = found.as_slice() else { continue };
                if comparison.negated || !comparison.is_whole() || comparison.expr.span != side.span {
                    continue;
                }
                // Texts alone: a list may hold names too.
                if let ExprKind::In { list, .. } = &side.kind
                    && list.len() != comparison.values.len()
                {
                    continue;
                }
                let of = kql::write_expr(comparison.left);
                let values: Vec<String> = comparison.values.iter().map(|(value, _)| value.to_lowercase()).collect();
                if wanted.iter().any(|(other, known)| *other == of && !known.iter().any(|value| values.contains(value))) {
                    findings.at(
                        side.span,
                        format!("`{of}` was asked for another value before: no row has both"),
                        "write `or` between them, or `in (...)`",
                    );
                }
                wanted.push((of, values));
            }
        }
    }
}
