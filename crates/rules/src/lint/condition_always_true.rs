//! A condition holds for every row.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{comparisons, disjuncts};
use kql::ast::{BinaryOp, Expr, ExprKind, Literal, operator::OperatorKind};

pub(super) static LINT: Lint = Lint {
    name: "condition-always-true",
    summary: "A condition holds for every row",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "`X != 'a' or X != 'b'` is true of every value: what is one of them is not the other. The filter filters nothing.",
    fix: "Write `and` between the opposites, or `!in (...)`, `!has_any (...)`.",
    fires: &[
        "EmailEvents | where Subject != 'a' or Subject != 'b'",
        "EmailEvents | where SenderFromDomain !~ 'a.com' or SenderFromDomain !~ 'b.com'",
        "EmailEvents | where Subject == Subject",
        "EmailEvents | where true",
        "EmailEvents | where Subject !has 'invoice' or Subject !has 'payment'",
    ],
    silent: &[
        "EmailEvents | where Subject != 'a' and Subject != 'b'",
        "EmailEvents | where Subject != 'a' or SenderFromDomain != 'b'",
        "EmailEvents | where Subject == 'a' or Subject == 'b'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        let OperatorKind::Where(predicate) = &step.operator.kind else { continue };
        let mut seen = 0;
        for part in predicate.walk() {
            match &part.kind {
                // The outermost of a chain, which begins before all the others end.
                ExprKind::Binary { op: BinaryOp::Or, .. } if part.span.end > seen => {
                    seen = part.span.end;
                    opposites(subject, part, findings);
                }
                ExprKind::Binary { op: BinaryOp::Equal | BinaryOp::LessOrEqual | BinaryOp::GreaterOrEqual, left, right }
                    if same(left, right) =>
                {
                    findings.at(
                        part.span,
                        "both sides are the same: this is true of every row that has a value",
                        "compare with what is meant",
                    );
                }
                _ => {}
            }
        }
        if matches!(predicate.kind, ExprKind::Literal(Literal::Bool(Some(true)))) {
            findings.at(predicate.span, "this is true of every row", "leave it out");
        }
    }
}

/// Two sides of an `or` that exclude different values of the same thing.
fn opposites(subject: &Subject<'_>, expr: &Expr, findings: &mut Findings) {
    let mut excluded: Vec<(String, &str)> = Vec::new();
    for side in disjuncts(expr) {
        // One test a side: a side with `and` asks for more.
        let found = comparisons(side, &subject.flow);
        let [comparison] = found.as_slice() else { continue };
        let [(value, _)] = comparison.values[..] else { continue };
        if !comparison.negated || comparison.expr.span != side.span {
            continue;
        }
        let of = kql::write_expr(comparison.left);
        if excluded.iter().any(|(other, known)| *other == of && *known != value) {
            findings.at(
                expr.span,
                format!("what is `{value}` is not the other value: this is true of nearly every row"),
                "write `and` between them",
            );
            return;
        }
        excluded.push((of, value));
    }
}

fn same(left: &Expr, right: &Expr) -> bool {
    let is_constant = matches!(left.kind, ExprKind::Literal(_));
    !is_constant && kql::write_expr(left) == kql::write_expr(right)
}
