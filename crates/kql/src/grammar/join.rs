//! `join kind=... (right) on conditions`, and `lookup`.

use super::{
    expr::{self, expr},
    named,
    setting::settings,
};
use crate::{
    ast::{BinaryOp, Expr, ExprKind, operator::Join},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>, operator: &str) -> Join {
    let mut found = settings(p);
    let right = if p.at_stop() || p.at_keyword("on") {
        p.expected("a table");
        expr::missing(p)
    } else {
        expr::path(p)
    };
    found.extend(settings(p));
    let mut on = Vec::new();
    if p.eat_word("on") {
        loop {
            conditions(expr(p), &mut on);
            if !p.eat(Kind::Comma) || p.at_stop() {
                break;
            }
        }
    } else {
        named::incomplete(p, operator, "`on` and the columns that must agree");
    }
    Join { settings: found, right, on }
}

/// `a and b` is two conditions.
fn conditions(condition: Expr, on: &mut Vec<Expr>) {
    let mut rest = vec![condition];
    while let Some(condition) = rest.pop() {
        match condition.kind {
            ExprKind::Binary { op: BinaryOp::And, left, right } => rest.extend([*right, *left]),
            _ => on.push(condition),
        }
    }
}
