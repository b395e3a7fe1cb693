//! `search kind=.. in (tables) predicate`, after `|` and at the start of a pipe.

use super::{
    expr::{self, comma_list, expr, pattern},
    setting,
};
use crate::{
    ast::{Expr, operator::Search},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> Search {
    let settings = setting::among(p, &["kind", "datascope"]);
    let tables = tables(p);
    let predicate = if p.at_stop() {
        p.expected("what to search for");
        expr::missing(p)
    } else {
        expr(p)
    };
    Search { settings, tables, predicate }
}

/// `in (table, pattern*)`.
pub(super) fn tables(p: &mut Parser<'_>) -> Vec<Expr> {
    if !p.at_word("in") || p.nth(1) != Kind::OpenParen {
        return Vec::new();
    }
    p.bump();
    p.bracketed(Kind::OpenParen, |p| comma_list(p, Kind::CloseParen, pattern)).unwrap_or_default()
}
