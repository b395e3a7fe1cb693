//! A part taken with the third argument of `split` is used as a text, and is an array of one.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::expressions;
use kql::ast::{BinaryOp, Expr, ExprKind};

pub(super) static LINT: Lint = Lint {
    name: "split-part-is-array",
    summary: "A part taken with the third argument of `split` is used as a text, and is an array of one",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: r##"`split(Address, '@', 1)` gives an array of one element, so `tostring` of it is `["contoso.com"]`: a comparison with `contoso.com` is never true."##,
    fix: "Take the element: `tostring(split(Address, '@')[1])`.",
    fires: &[
        "EmailEvents | extend D = tostring(split(SenderFromAddress, '@', 1)) | where D == 'contoso.com'",
        "EmailEvents | where split(SenderFromAddress, '@', 1) == 'contoso.com'",
    ],
    silent: &[
        "EmailEvents | extend D = tostring(split(SenderFromAddress, '@')[1]) | where D == 'contoso.com'",
        "EmailEvents | extend D = tostring(split(SenderFromAddress, '@', 1)[0]) | where D == 'contoso.com'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        for expr in expressions(&step.operator.kind) {
            for part in expr.walk() {
                let used = match &part.kind {
                    ExprKind::Call(call)
                        if matches!(call.name.text.as_str(), "tostring" | "tolower" | "toupper" | "strcat" | "trim") =>
                    {
                        call.arguments.iter().map(|argument| &argument.value).collect()
                    }
                    ExprKind::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual, left, right } => {
                        vec![left.as_ref(), right.as_ref()]
                    }
                    ExprKind::Match { left, .. } | ExprKind::In { left, .. } => vec![left.as_ref()],
                    _ => Vec::new(),
                };
                for split in used.into_iter().filter(|expr| is_part(expr)) {
                    findings.at(
                        split.span,
                        "this is an array of one element, not the element",
                        "take it with an index: `split(text, delimiter)[1]`",
                    );
                }
            }
        }
    }
}

/// `split` with a third argument.
fn is_part(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call(call) if call.name.text == "split" && call.arguments.len() == 3)
}
