//! Spans of time that a query reaches back, and how they are said.

use diag::Span;
use kql::ast::{Expr, ExprKind, Literal};

use crate::{
    flow::{Flow, expressions},
    model::Micros,
};

/// Ticks of 100 ns in a microsecond.
const TICKS: i64 = 10;

/// Every `ago(...)` of a constant that a `where` asks for, in microseconds, and its place; constants behind a `let` count.
pub(super) fn ago(flow: &Flow<'_>) -> Vec<(Micros, Span)> {
    let mut found = Vec::new();
    for step in flow.steps() {
        for expr in expressions(&step.operator.kind) {
            for part in expr.walk() {
                // `startofday(ago(1d))`, and bounds behind a `let`.
                let resolved = flow.resolved(part);
                for call in resolved.walk() {
                    if let Some(micros) = reach(call, flow) {
                        found.push((micros, part.span));
                    }
                }
            }
        }
    }
    // An expression is met again inside the one it stands in: the innermost place is the one to show.
    found.sort_by_key(|(micros, span)| (*micros, span.end - span.start, span.start));
    found.dedup_by_key(|(micros, _)| *micros);
    found
}

fn reach<'a>(expr: &'a Expr, flow: &Flow<'a>) -> Option<Micros> {
    let ExprKind::Call(call) = &expr.kind else { return None };
    let argument = call.arguments.first().filter(|_| call.name.text == "ago")?;
    match &flow.resolved(&argument.value).kind {
        ExprKind::Literal(Literal::Timespan(Some(text))) => {
            let ticks = schema::text::timespan::parse_literal(text)?;
            Micros::try_from(ticks / TICKS).ok()
        }
        _ => None,
    }
}

/// A span as it is said: `1d`, `1h 30m`.
pub(super) fn written(micros: Micros) -> String {
    let mut rest = micros / 1_000_000;
    let mut parts = Vec::new();
    for (unit, seconds) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
        if rest >= seconds {
            parts.push(format!("{}{unit}", rest / seconds));
            rest %= seconds;
        }
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" ") }
}
