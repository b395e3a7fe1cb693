//! `name=value` after an operator's keyword: `kind=inner`, `hint.strategy=shuffle`.
//!
//! Must not know which settings there are. Start with [`settings`].

use diag::Span;

use super::expr::{self, constant};
use crate::{
    ast::{Expr, ExprKind, Name, operator::Setting},
    parser::Parser,
    token::Kind,
};

/// Every setting at the cursor; commas between them are allowed.
pub(super) fn settings(p: &mut Parser<'_>) -> Vec<Setting> {
    let mut found = Vec::new();
    while let Some(length) = name_length(p) {
        found.push(setting(p, length));
        if p.at(Kind::Comma) && name_length_at(p, 1).is_some() {
            p.bump();
        }
    }
    found
}

/// Hints and the settings called `names`, where any other `name = value` is a column.
pub(super) fn among(p: &mut Parser<'_>, names: &[&str]) -> Vec<Setting> {
    let mut found = Vec::new();
    while let Some(length) = name_length(p).filter(|_| p.at_word("hint") || names.contains(&p.word(0))) {
        found.push(setting(p, length));
    }
    found
}

/// `(name=value, ...)` or the same without parentheses.
pub(super) fn parenthesised(p: &mut Parser<'_>) -> Vec<Setting> {
    if !p.at(Kind::OpenParen) {
        return settings(p);
    }
    let list = p.bracketed(Kind::OpenParen, |p| {
        expr::comma_list(p, Kind::CloseParen, |p| match name_length(p) {
            Some(length) => Some(setting(p, length)),
            None => {
                p.expected("`name=value`");
                p.skip_to(|kind| matches!(kind, Kind::Comma | Kind::CloseParen | Kind::Pipe | Kind::Semicolon));
                None
            }
        })
    });
    list.unwrap_or_default().into_iter().flatten().collect()
}

fn name_length(p: &Parser<'_>) -> Option<usize> {
    name_length_at(p, 0)
}

/// How many tokens `name` or `name.name` takes, if `=` follows.
fn name_length_at(p: &Parser<'_>, start: usize) -> Option<usize> {
    let mut ahead = start;
    loop {
        if p.nth(ahead) != Kind::Name {
            return None;
        }
        match p.nth(ahead + 1) {
            Kind::Equal => return Some(ahead + 1 - start),
            Kind::Dot => ahead += 2,
            _ => return None,
        }
    }
}

fn setting(p: &mut Parser<'_>, length: usize) -> Setting {
    let start = p.span().start;
    p.bump_many(length);
    let span = Span::new(start, p.last_end());
    let text = p.words(span);
    p.bump();
    Setting { name: Name { text, span }, value: value(p) }
}

/// A constant or a bare word; never a call, so `kind=inner (T)` stays two things.
pub(super) fn value(p: &mut Parser<'_>) -> Expr {
    if p.at(Kind::Minus) && matches!(p.nth(1), Kind::Integer | Kind::Real | Kind::Timespan) {
        return expr::unary(p);
    }
    // `kind=bool (T)` is a word and a table, `=bool(null)` a constant.
    let word_apart = p.at(Kind::Name) && !matches!(p.word(0), "true" | "false") && p.nth(1) == Kind::OpenParen && !p.joined(1);
    if let Some(literal) = (!word_apart).then(|| constant(p)).flatten() {
        return literal;
    }
    let name = p.name("a value");
    let span = name.span;
    if name.text.is_empty() { expr::new(ExprKind::Missing, span) } else { expr::new(ExprKind::Name(name), span) }
}
