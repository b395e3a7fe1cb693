//! Spans of time that a query reaches back, and how they are said.

use diag::Span;
use kql::ast::{BinaryOp, Expr, ExprKind, Literal};

use crate::{
    flow::{Flow, expressions},
    model::Micros,
};

/// Ticks of 100 ns in a microsecond.
const TICKS: i64 = 10;

/// Every `ago(...)` of a constant, in microseconds, and its place; constants behind a `let` count.
pub(super) fn ago(flow: &Flow<'_>) -> Vec<(Micros, Span)> {
    let mut found = Vec::new();
    for expr in flow.steps().flat_map(|step| expressions(&step.operator.kind)) {
        bounds(expr, flow, &mut |reach, span| found.extend(reach.map(|micros| (micros, span))));
    }
    shown_once(found)
}

/// Every `ago(...)` that rows must be younger than; nothing if one of them cannot be known.
pub(super) fn lower_bounds(flow: &Flow<'_>) -> Vec<(Micros, Span)> {
    let (mut found, mut known) = (Vec::new(), true);
    for part in flow.steps().flat_map(|step| expressions(&step.operator.kind)).flat_map(Expr::walk) {
        let bound = match &part.kind {
            ExprKind::Binary { op: BinaryOp::Greater | BinaryOp::GreaterOrEqual, right, .. } => right,
            ExprKind::Binary { op: BinaryOp::Less | BinaryOp::LessOrEqual, left, .. } => left,
            ExprKind::Between { negated: false, from, .. } => from,
            _ => continue,
        };
        bounds(bound, flow, &mut |reach, span| match reach {
            Some(micros) => found.push((micros, span)),
            None => known = false,
        });
    }
    if known { shown_once(found) } else { Vec::new() }
}

/// The `ago(...)` in an expression and in what its names stand for.
fn bounds<'a>(expr: &'a Expr, flow: &Flow<'a>, found: &mut dyn FnMut(Option<Micros>, Span)) {
    for part in expr.walk() {
        for call in flow.resolved(part).walk() {
            if matches!(&call.kind, ExprKind::Call(call) if call.name.text == "ago") {
                found(reach(call, flow), part.span);
            }
        }
    }
}

/// An expression is met again inside the one it stands in: the innermost place is the one to show.
fn shown_once(mut found: Vec<(Micros, Span)>) -> Vec<(Micros, Span)> {
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
