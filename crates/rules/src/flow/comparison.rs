//! Comparisons of something with constants, whatever operator writes them.

use diag::Span;
use kql::ast::{BinaryOp, Expr, ExprKind, Json, Literal, MatchKind};

use super::Flow;

/// A comparison with one or several constant texts.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    /// What is compared.
    pub(crate) left: &'a Expr,
    /// How.
    pub(crate) kind: MatchKind,
    /// `!=`, `!in`, `!has` ...
    pub(crate) negated: bool,
    /// Upper and lower case differ.
    pub(crate) case_sensitive: bool,
    /// The texts, and where each stands.
    pub(crate) values: Vec<(&'a str, Span)>,
    /// The whole comparison.
    pub(crate) expr: &'a Expr,
}

impl Comparison<'_> {
    /// It asks for the whole value: `==`, `=~`, `in` and their opposites.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.kind, MatchKind::Equals | MatchKind::In)
    }
}

/// Every comparison with constant texts in an expression; constants behind a `let` count.
pub(crate) fn comparisons<'a>(expr: &'a Expr, flow: &Flow<'a>) -> Vec<Comparison<'a>> {
    expr.walk().filter_map(|part| comparison(part, flow)).filter(|comparison| !comparison.values.is_empty()).collect()
}

fn comparison<'a>(expr: &'a Expr, flow: &Flow<'a>) -> Option<Comparison<'a>> {
    let found =
        |left, kind, negated, case_sensitive, values| Some(Comparison { left, kind, negated, case_sensitive, values, expr });
    match &expr.kind {
        ExprKind::Binary { op: op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right } => {
            let negated = *op == BinaryOp::NotEqual;
            match (strings(left, flow), strings(right, flow)) {
                (values, others) if others.is_empty() => found(right, MatchKind::Equals, negated, true, values),
                (_, values) => found(left, MatchKind::Equals, negated, true, values),
            }
        }
        ExprKind::Match { op, left, right, .. } => found(left, op.kind, op.negated, op.case_sensitive, strings(right, flow)),
        ExprKind::In { op, left, list, .. } => {
            let values = list.iter().flat_map(|item| strings(item, flow)).collect();
            found(left, op.kind, op.negated, op.case_sensitive, values)
        }
        _ => None,
    }
}

/// The constant texts of a literal, of `dynamic([...])`, of `pack_array(...)`, or of a `let` that is one of them.
pub(crate) fn strings<'a>(expr: &'a Expr, flow: &Flow<'a>) -> Vec<(&'a str, Span)> {
    let resolved = flow.resolved(expr);
    // What a `let` holds is shown where it stands.
    let span = resolved.span;
    match &resolved.kind {
        ExprKind::Literal(Literal::String { value, .. }) => vec![(value.as_str(), span)],
        ExprKind::Literal(Literal::Dynamic(Json::Array(items))) => {
            let text = |item: &'a Json| match item {
                Json::Scalar(literal) => match literal.as_ref() {
                    Literal::String { value, .. } => Some((value.as_str(), span)),
                    _ => None,
                },
                _ => None,
            };
            items.iter().filter_map(text).collect()
        }
        ExprKind::Call(call) if call.name.text == "pack_array" => {
            call.arguments.iter().filter_map(|argument| literal(&argument.value)).collect()
        }
        _ => Vec::new(),
    }
}

/// A literal text and its place.
pub(crate) fn literal(expr: &Expr) -> Option<(&str, Span)> {
    match &expr.kind {
        ExprKind::Literal(Literal::String { value, .. }) => Some((value, expr.span)),
        ExprKind::Paren(inner) => literal(inner),
        _ => None,
    }
}

/// The sides of a chain of `and`; the expression itself where it is none.
pub(crate) fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    sides(expr, BinaryOp::And)
}

/// The sides of a chain of `or`.
pub(crate) fn disjuncts(expr: &Expr) -> Vec<&Expr> {
    sides(expr, BinaryOp::Or)
}

fn sides(expr: &Expr, wanted: BinaryOp) -> Vec<&Expr> {
    let (mut found, mut pending) = (Vec::new(), vec![expr]);
    while let Some(next) = pending.pop() {
        match &next.kind {
            ExprKind::Binary { op, left, right } if *op == wanted => pending.extend([right.as_ref(), left.as_ref()]),
            ExprKind::Paren(inner) => pending.push(inner),
            _ => found.push(next),
        }
    }
    found
}
