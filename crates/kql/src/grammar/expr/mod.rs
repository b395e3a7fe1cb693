//! Expressions: precedence from loose to tight is `or`, `and`, comparison and lists, order, sum, product, string operators, sign.
//!
//! String operators bind tighter than products: so does Microsoft's grammar (`stringOperatorExpression`). Start with [`expr`].

mod call;
mod dynamic;
mod infix;
mod literal;
mod path;
mod primary;
mod slips;

use diag::Span;

pub(crate) use call::call;
pub(crate) use infix::{Infix, infix, is_infix_word, level, words};
pub(crate) use literal::constant;
pub(crate) use path::{path, path_name, pattern};

use crate::{
    ast::{BinaryOp, Expr, ExprKind, MatchKind, UnaryOp},
    codes,
    parser::{MAX_LOGICAL_CHAIN, Parser},
    token::Kind,
};

/// Operands of an `and`/`or` chain that lean left one on another; longer chains are balanced above runs of this length.
const RUN: usize = 32;

pub(crate) fn new(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, span }
}

/// An expression that is missing at the cursor; the caller reported it.
pub(crate) fn missing(p: &Parser<'_>) -> Expr {
    let at = p.span().start;
    new(ExprKind::Missing, Span::new(at, at))
}

/// A scalar expression.
pub(crate) fn expr(p: &mut Parser<'_>) -> Expr {
    logical(p, BinaryOp::Or, and)
}

fn and(p: &mut Parser<'_>) -> Expr {
    logical(p, BinaryOp::And, |p| binary(p, level::COMPARISON))
}

fn logical(p: &mut Parser<'_>, op: BinaryOp, operand: fn(&mut Parser<'_>) -> Expr) -> Expr {
    let mut operands = vec![apart(p, operand)];
    while slips::at_logical(p, op) {
        p.bump();
        operands.push(apart(p, operand));
        if operands.len() > MAX_LOGICAL_CHAIN {
            p.stop(codes::TOO_LONG, format!("more than {MAX_LOGICAL_CHAIN} operators in one expression"));
        }
    }
    balanced(operands, op)
}

/// Parses an operand whose own chain of operators does not add to the chain around it.
fn apart(p: &mut Parser<'_>, operand: fn(&mut Parser<'_>) -> Expr) -> Expr {
    let outer = std::mem::take(&mut p.chain);
    let value = operand(p);
    p.chain = p.chain.max(outer);
    value
}

/// One tree of all operands: left-leaning runs, joined pairwise, so its depth grows with the logarithm of a long chain.
fn balanced(operands: Vec<Expr>, op: BinaryOp) -> Expr {
    let mut level: Vec<Expr> = operands;
    let mut width = RUN;
    while level.len() > 1 {
        let mut next: Vec<Expr> = Vec::with_capacity(level.len() / width + 1);
        let mut filled = 0;
        for operand in level {
            match next.pop() {
                Some(left) if filled < width => next.push(binary_expr(op, left, operand)),
                last => {
                    next.extend(last);
                    next.push(operand);
                    filled = 0;
                }
            }
            filled += 1;
        }
        level = next;
        width = 2;
    }
    level.pop().unwrap_or_else(|| new(ExprKind::Missing, Span::default()))
}

fn binary_expr(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    new(ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span)
}

/// Operators of at least level `least`, by precedence climbing.
pub(crate) fn binary(p: &mut Parser<'_>, least: u8) -> Expr {
    let mut left = unary(p);
    let mut most = u8::MAX;
    while let Some((op, tokens)) = infix(p).or_else(|| slips::infix(p, least)) {
        let above = op.level();
        // Behind the closed list of `in` or `between` no tighter operator can follow.
        if above < least || above > most || !p.lean() {
            break;
        }
        most = above;
        let op_start = p.span().start;
        p.bump_many(tokens);
        let op_span = p.span_from(op_start);
        left = match op {
            Infix::Binary(op) => binary_expr(op, left, binary(p, above + 1)),
            Infix::Match(op) if matches!(op.kind, MatchKind::In | MatchKind::HasAny | MatchKind::HasAll) => {
                let list = list(p);
                let span = p.span_from(left.span.start);
                new(ExprKind::In { op, op_span, left: Box::new(left), list }, span)
            }
            Infix::Match(op) => {
                let right = binary(p, above + 1);
                let span = left.span.to(right.span);
                new(ExprKind::Match { op, op_span, left: Box::new(left), right: Box::new(right) }, span)
            }
            Infix::Between { negated } => between(p, left, negated),
        };
    }
    left
}

/// The list of `in`: `(a, b)`, `(T | project x)`, or an expression without parentheses.
fn list(p: &mut Parser<'_>) -> Vec<Expr> {
    if !p.at(Kind::OpenParen) {
        return vec![unary(p)];
    }
    let list = p.bracketed(Kind::OpenParen, |p| comma_list(p, Kind::CloseParen, super::pipe::pipe));
    list.unwrap_or_default()
}

/// One or more items parted by commas up to `close`, which stays; a comma before it is allowed.
pub(crate) fn comma_list<T>(p: &mut Parser<'_>, close: Kind, mut item: impl FnMut(&mut Parser<'_>) -> T) -> Vec<T> {
    let mut items = Vec::new();
    while !p.at(close) && !p.at(Kind::End) {
        items.push(item(p));
        if !p.eat(Kind::Comma) {
            break;
        }
    }
    items
}

fn between(p: &mut Parser<'_>, operand: Expr, negated: bool) -> Expr {
    let start = operand.span.start;
    let bounds = if p.at(Kind::OpenParen) {
        p.bracketed(Kind::OpenParen, |p| {
            let from = expr(p);
            p.expect(Kind::DotDot);
            (from, expr(p))
        })
    } else {
        Some(slips::sql_between(p))
    };
    let (from, to) = bounds.unwrap_or_else(|| (missing(p), missing(p)));
    let kind = ExprKind::Between { negated, operand: Box::new(operand), from: Box::new(from), to: Box::new(to) };
    new(kind, p.span_from(start))
}

/// A sign, or what it stands before.
pub(crate) fn unary(p: &mut Parser<'_>) -> Expr {
    let op = match p.kind() {
        Kind::Minus => UnaryOp::Minus,
        Kind::Plus => UnaryOp::Plus,
        _ => return path(p),
    };
    if let Some(smallest) = literal::smallest_long(p) {
        return smallest;
    }
    let start = p.bump().start;
    let operand = p.nested(unary).unwrap_or_else(|| missing(p));
    new(ExprKind::Unary { op, operand: Box::new(operand) }, p.span_from(start))
}
