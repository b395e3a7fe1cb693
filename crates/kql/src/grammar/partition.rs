//! `partition by column ( operators )` and `partition by column { query }`.
//!
//! The operators in parentheses stand in the tree as a pipe whose source is [`ExprKind::Missing`]: the rows of the partition.

use super::{
    expr::{missing, new, path_name},
    pipe,
    setting::settings,
};
use crate::{
    ast::{Expr, ExprKind, operator::OperatorKind},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let mut found = settings(p);
    p.expect_word("by");
    let by = key(p);
    found.extend(settings(p));
    let start = p.span().start;
    let body = match p.kind() {
        Kind::OpenParen => {
            let source = Box::new(missing(p));
            let operators = pipe::parenthesised(p);
            let span = p.span_from(start);
            new(ExprKind::Paren(Box::new(new(ExprKind::Pipe { source, operators }, span))), span)
        }
        Kind::OpenBrace => p.bracketed(Kind::OpenBrace, pipe::pipe).unwrap_or_else(|| missing(p)),
        _ => {
            p.expected("`(` or `{` and a subquery");
            missing(p)
        }
    };
    OperatorKind::Partition { settings: found, by, body }
}

/// A column, never a call: its parenthesis is the body's.
fn key(p: &mut Parser<'_>) -> Expr {
    let start = p.span().start;
    let name = path_name(p);
    let mut key = new(ExprKind::Name(name), p.span_from(start));
    while p.at(Kind::Dot) && p.lean() {
        p.bump();
        let name = path_name(p);
        key = new(ExprKind::Member { object: Box::new(key), name, quoted: false }, p.span_from(start));
    }
    key
}
