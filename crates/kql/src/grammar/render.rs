//! `render kind with (property=value, ...)`.
//!
//! A property's value may be a list: `ycolumns=a, b` goes on until the next `name=`.

use super::{expr, setting};
use crate::{
    ast::{Expr, Name, operator::Render},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> Render {
    let kind = p.name("a kind of chart");
    let properties = match (p.eat_word("with"), p.at(Kind::OpenParen)) {
        (_, true) => p.bracketed(Kind::OpenParen, |p| properties(p)).unwrap_or_default(),
        (true, false) => {
            let found = properties(p);
            if found.is_empty() {
                p.expected("`(`");
            }
            found
        }
        (false, false) => properties(p),
    };
    Render { kind, properties }
}

fn properties(p: &mut Parser<'_>) -> Vec<(Name, Vec<Expr>)> {
    let mut found = Vec::new();
    if p.at_word("by") && p.name_length(1) > 0 {
        // The old `by a, b` means `series=a, b`.
        let name = p.name("a property");
        found.push((name, values(p)));
    }
    while p.at(Kind::Name) && p.nth(1) == Kind::Equal {
        let name = p.name("a property");
        p.bump();
        found.push((name, values(p)));
        p.eat(Kind::Comma);
    }
    found
}

fn values(p: &mut Parser<'_>) -> Vec<Expr> {
    let mut values = vec![value(p)];
    while p.at(Kind::Comma) && p.name_length(1) > 0 && p.nth(1 + p.name_length(1)) != Kind::Equal {
        p.bump();
        values.push(value(p));
    }
    values
}

fn value(p: &mut Parser<'_>) -> Expr {
    let name = p.name_length(0);
    if name > 0 && p.nth(name) == Kind::OpenParen { expr::expr(p) } else { setting::value(p) }
}
