//! `sort by key asc nulls first, ...`, also `order by`.

use super::{expr::expr, named};
use crate::{
    ast::operator::{OperatorKind, SortKey},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    super::setting::among(p, &[]);
    p.expect_word("by");
    OperatorKind::Sort(keys(p))
}

/// Sort keys, at least one.
pub(super) fn keys(p: &mut Parser<'_>) -> Vec<SortKey> {
    let mut keys = Vec::new();
    while !p.at_stop() {
        keys.push(key(p));
        if !p.eat(Kind::Comma) {
            break;
        }
    }
    if keys.is_empty() {
        named::incomplete(p, "by", "at least one column");
    }
    keys
}

fn key(p: &mut Parser<'_>) -> SortKey {
    let expr = expr(p);
    let descending = direction(p);
    SortKey { expr, descending, nulls_first: nulls(p) }
}

/// `nulls first` or `nulls last`: whether they come first.
pub(super) fn nulls(p: &mut Parser<'_>) -> Option<bool> {
    p.eat_word("nulls").then(|| {
        let first = p.eat_word("first");
        if !first {
            p.expect_word("last");
        }
        first
    })
}

/// `asc` or `desc`: whether it descends.
pub(super) fn direction(p: &mut Parser<'_>) -> Option<bool> {
    if p.eat_word("asc") {
        return Some(false);
    }
    p.eat_word("desc").then_some(true)
}
