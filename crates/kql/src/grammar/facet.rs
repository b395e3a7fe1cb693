//! `facet by columns with ( operators )`.

use super::{expr::path, pipe};
use crate::{ast::operator::OperatorKind, parser::Parser, token::Kind};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    p.expect_word("by");
    let mut by = vec![path(p)];
    while p.eat(Kind::Comma) {
        by.push(path(p));
    }
    let with = match (p.eat_word("with"), p.at(Kind::OpenParen)) {
        (true, true) => pipe::parenthesised(p),
        (true, false) => vec![pipe::one(p)],
        (false, _) => Vec::new(),
    };
    OperatorKind::Facet { by, with }
}
