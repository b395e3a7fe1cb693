//! A condition is computed into a column, and nothing uses the column before it is dropped.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{Flow, Step, expressions};
use diag::Span;
use kql::ast::operator::OperatorKind;
use kql::ast::{BinaryOp, Expr, ExprKind, Literal};

pub(super) static LINT: Lint = Lint {
    name: "unused-flag",
    summary: "A condition is computed into a column, and nothing uses the column before it is dropped",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "The column tells which rows are meant, but no filter asks for it and the rows are then counted or projected without it: every row counts. Four published failure trends count all mail this way.",
    fix: "Filter on the column (`| where Flag`), count with it (`countif(Flag)`), or leave it out.",
    fires: &[
        "EmailEvents | extend Failed = AuthenticationDetails has 'fail' | summarize count() by SenderFromDomain",
        r##"EmailEvents
| extend DKIMFail = AuthenticationDetails has_any ('DKIM":"fail')
| make-series Count = count() default = 0 on Timestamp from ago(30d) to now() step 1d"##,
    ],
    silent: &[
        "EmailEvents | extend Failed = AuthenticationDetails has 'fail' | where Failed | summarize count() by SenderFromDomain",
        "EmailEvents | extend Failed = AuthenticationDetails has 'fail' | summarize countif(Failed)",
        "EmailEvents | extend Failed = AuthenticationDetails has 'fail'",
        "EmailEvents | extend Failed = AuthenticationDetails has 'fail' | summarize arg_max(Timestamp, *) by NetworkMessageId",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for unused in unused(&subject.flow).into_iter().filter(|unused| is_condition(unused.expr)) {
        findings.at(
            unused.span,
            format!("`{}` is computed and never asked for: every row counts, whatever it says", unused.name),
            format!("filter on it with `| where {}` before the rows are put together, or leave it out", unused.name),
        );
    }
}

/// A computed column that is dropped unused.
struct Unused<'a> {
    name: &'a str,
    span: Span,
    expr: &'a Expr,
}

/// Computed columns that an operator drops before anything used them.
fn unused<'a>(flow: &Flow<'a>) -> Vec<Unused<'a>> {
    let mut found = Vec::new();
    for pipe in &flow.pipes {
        for (at, step) in pipe.steps.iter().enumerate() {
            let OperatorKind::Extend(items) = &step.operator.kind else { continue };
            for item in items {
                // A column that is there already is changed, not made.
                let names = item.names.iter().filter(|name| !step.before.has(&name.text));
                for name in names {
                    let used_beside = items.iter().any(|other| mentions(&other.expr, &name.text));
                    if !used_beside && dropped_unused(&pipe.steps[at + 1..], &name.text) {
                        found.push(Unused { name: &name.text, span: name.span, expr: &item.expr });
                    }
                }
            }
        }
    }
    found
}

/// Whether the operators drop a column and none of them asked for it.
fn dropped_unused(steps: &[Step<'_>], name: &str) -> bool {
    for step in steps {
        let kind = &step.operator.kind;
        if expressions(kind).iter().any(|expr| mentions(expr, name)) {
            return false;
        }
        match kind {
            OperatorKind::Summarize(summarize) => {
                let whole_row = |expr: &Expr| matches!(&expr.kind, ExprKind::Call(call) if call.arguments.iter().any(|argument| matches!(argument.value.kind, ExprKind::Wildcard(_)) || call_takes_row(&argument.value)));
                return !summarize.aggregates.iter().any(|named| whole_row(&named.expr));
            }
            OperatorKind::Project(items) | OperatorKind::Distinct(items) => {
                return !items.iter().any(|item| matches!(item.expr.kind, ExprKind::Wildcard(_)));
            }
            OperatorKind::MakeSeries(_) | OperatorKind::Count(_) | OperatorKind::TopNested(_) => return true,
            OperatorKind::Where(_)
            | OperatorKind::Extend(_)
            | OperatorKind::Take(_)
            | OperatorKind::Top { .. }
            | OperatorKind::Sort(_)
            | OperatorKind::Join(_)
            | OperatorKind::Lookup(_)
            | OperatorKind::MvExpand(_)
            | OperatorKind::Parse(_)
            | OperatorKind::Serialize(_) => {}
            _ => return false,
        }
    }
    false
}

/// `pack_all()` takes every column.
fn call_takes_row(expr: &Expr) -> bool {
    expr.walk().any(|part| matches!(&part.kind, ExprKind::Call(call) if call.name.text == "pack_all"))
}

fn mentions(expr: &Expr, name: &str) -> bool {
    expr.walk().any(|part| match &part.kind {
        ExprKind::Name(found) => found.text == name,
        ExprKind::Wildcard(pattern) => pattern.text != "*" && name.starts_with(pattern.text.trim_end_matches('*')),
        // What stands in an inner pipe may see it.
        ExprKind::Pipe { .. } | ExprKind::Source(_) => true,
        ExprKind::Call(call) => call.name.text == "pack_all",
        _ => false,
    })
}

/// True or false by its form.
fn is_condition(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Match { .. } | ExprKind::In { .. } | ExprKind::Between { .. } => true,
        ExprKind::Binary { op, .. } => {
            !matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo)
        }
        ExprKind::Paren(inner) => is_condition(inner),
        ExprKind::Call(call) => {
            matches!(call.name.text.as_str(), "isempty" | "isnotempty" | "isnull" | "isnotnull" | "not")
                || matches!(call.name.text.as_str(), "iff" | "iif")
                    && call
                        .arguments
                        .iter()
                        .skip(1)
                        .all(|argument| matches!(argument.value.kind, ExprKind::Literal(Literal::Bool(_))))
        }
        _ => false,
    }
}
