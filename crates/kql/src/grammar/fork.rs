//! `fork name=( operators ) ( operators )`.

use super::pipe;
use crate::{ast::operator::OperatorKind, parser::Parser, token::Kind};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let mut branches = Vec::new();
    loop {
        let length = p.name_length(0);
        let name = (length > 0 && p.nth(length) == Kind::Equal).then(|| {
            let name = p.name("a name");
            p.bump();
            name
        });
        if !p.at(Kind::OpenParen) {
            break;
        }
        branches.push((name, pipe::parenthesised(p)));
    }
    if branches.is_empty() {
        p.expected("`(` and a subquery");
    }
    OperatorKind::Fork(branches)
}
