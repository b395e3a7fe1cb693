//! Two tables are joined, and nothing bounds the time of the right one.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::expressions;
use kql::ast::{Expr, ExprKind, operator::OperatorKind};
use schema::Registry;

pub(super) static LINT: Lint = Lint {
    name: "join-without-time",
    summary: "Two tables are joined, and nothing bounds the time of the right one",
    level: Level::Note,
    certainty: Certainty::Check,
    why: "Without a bound every row ever kept of the right table is read and joined: the hunt is slow, and joins events that have nothing to do with each other.",
    fix: "Filter the right side by time: `join (EmailUrlInfo | where Timestamp > ago(1d)) on ...`.",
    fires: &[
        r##"EmailEvents | where Timestamp > ago(1d) | join kind=inner (UrlClickEvents | where ActionType == "ClickAllowed") on NetworkMessageId"##,
    ],
    silent: &[
        "EmailEvents | where Timestamp > ago(1d) | join kind=inner (UrlClickEvents | where Timestamp > ago(1d)) on NetworkMessageId",
        "EmailEvents | join kind=inner EmailUrlInfo on NetworkMessageId",
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1d
queryPeriod: 1d
query: |
  EmailEvents | where Timestamp > ago(1h) | join kind=inner UrlClickEvents on NetworkMessageId"##,
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    // A scheduled rule sees its period only.
    if subject.rule.schedule.look_back.is_some() || subject.rule.schedule.continuous {
        return;
    }
    for pipe in &subject.flow.pipes {
        let bounded = pipe.steps.iter().any(|step| expressions(&step.operator.kind).iter().any(|expr| names_time(expr)));
        for step in &pipe.steps {
            let OperatorKind::Join(join) = &step.operator.kind else { continue };
            // Where the left is not bounded either, all of history is meant.
            let right = subject.flow.resolved(&join.right);
            if bounded && is_table(right) && !right_is_bounded(right) && !join.on.iter().any(names_time) {
                findings.at(
                    join.right.span,
                    "nothing bounds the time of this table: all that was ever kept is joined",
                    "filter it by time, as the left side is",
                );
            }
        }
    }
}

/// A table of telemetry, perhaps with operators after it.
fn is_table(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => Registry::builtin().table(&name.text).is_some(),
        ExprKind::Pipe { source, .. } => is_table(source),
        ExprKind::Paren(inner) => is_table(inner),
        _ => false,
    }
}

fn right_is_bounded(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Pipe { operators, .. } => {
            operators.iter().any(|operator| expressions(&operator.kind).into_iter().any(names_time))
        }
        ExprKind::Paren(inner) => right_is_bounded(inner),
        _ => false,
    }
}

fn names_time(expr: &Expr) -> bool {
    let is_time = |name: &str| matches!(name, "Timestamp" | "TimeGenerated" | "ago" | "now") || name.contains("Time");
    expr.walk().any(|part| match &part.kind {
        ExprKind::Name(name) => is_time(&name.text),
        ExprKind::Call(call) => is_time(&call.name.text),
        _ => false,
    })
}
