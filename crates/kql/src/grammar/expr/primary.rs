//! What an operand begins with: a constant, a name, a call, a parenthesis, `datatable` and `externaldata`.
//!
//! Start with [`primary`].

use super::{call, constant, is_infix_word, missing, new, path_name};
use crate::{
    ast::{Expr, ExprKind, Name},
    codes,
    grammar::{self, pipe},
    parser::Parser,
    token::Kind,
};

/// An operand without its path.
pub(super) fn primary(p: &mut Parser<'_>) -> Expr {
    if let Some(literal) = constant(p) {
        return literal;
    }
    match p.kind() {
        Kind::Name => name(p),
        Kind::OpenParen => parenthesis(p),
        Kind::OpenBracket if p.at_quoted_name() => call_or_name(p),
        Kind::Star => {
            let span = p.bump();
            new(ExprKind::Wildcard(Name { text: "*".to_owned(), span }), span)
        }
        Kind::Template => placeholder(p),
        _ => {
            p.expected("an expression");
            let missing = missing(p);
            if p.at(Kind::OpenBrace) && p.nth(1) == Kind::Name && p.nth(2) == Kind::CloseBrace {
                p.bump_many(3);
            }
            missing
        }
    }
}

fn placeholder(p: &mut Parser<'_>) -> Expr {
    p.template();
    let span = p.bump();
    new(ExprKind::Missing, span)
}

fn name(p: &mut Parser<'_>) -> Expr {
    let word = p.word(0);
    if let Some(source) = grammar::source::operand(p) {
        return source;
    }
    if is_infix_word(word) && !ends_operand(p, 1) {
        p.error(codes::EXPECTED, format!("expected a value before `{word}`"), p.span(), None);
        return missing(p);
    }
    if word == "not" && begins_operand(p, 1) {
        let help = Some("`not` is a function: write `not(...)`".to_owned());
        p.error(codes::SQL, "`not` without parentheses is SQL", p.span(), help);
        p.bump();
        return p.nested(super::unary).unwrap_or_else(|| missing(p));
    }
    call_or_name(p)
}

fn call_or_name(p: &mut Parser<'_>) -> Expr {
    let start = p.span().start;
    let name = path_name(p);
    if p.at(Kind::OpenParen) {
        let call = call(p, name);
        return new(ExprKind::Call(call), p.span_from(start));
    }
    let span = name.span;
    new(ExprKind::Name(name), span)
}

/// Whether the token `ahead` shows that the word before it was an operand.
fn ends_operand(p: &Parser<'_>, ahead: usize) -> bool {
    matches!(
        p.nth(ahead),
        Kind::Comma
            | Kind::CloseParen
            | Kind::CloseBracket
            | Kind::CloseBrace
            | Kind::Pipe
            | Kind::Semicolon
            | Kind::End
            | Kind::Equal
    ) && !matches!(p.word(0), "and" | "or")
}

/// Whether the token `ahead` begins an operand other than a parenthesis.
fn begins_operand(p: &Parser<'_>, ahead: usize) -> bool {
    match p.nth(ahead) {
        Kind::Name => !is_infix_word(p.word(ahead)),
        kind => matches!(kind, Kind::Text | Kind::Integer | Kind::Real | Kind::Timespan),
    }
}

fn parenthesis(p: &mut Parser<'_>) -> Expr {
    let start = p.span().start;
    let inner = p.bracketed(Kind::OpenParen, pipe::pipe).unwrap_or_else(|| missing(p));
    new(ExprKind::Paren(Box::new(inner)), p.span_from(start))
}
