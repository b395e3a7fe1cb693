//! `mv-apply columns on ( operators )`.

use super::{mv_expand, pipe};
use crate::{ast::operator::OperatorKind, parser::Parser, token::Kind};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let expand = mv_expand::read(p);
    let operators = if p.expect_word("on") && p.at(Kind::OpenParen) {
        pipe::parenthesised(p)
    } else {
        p.expected("`(` and the operators applied to each array");
        Vec::new()
    };
    OperatorKind::MvApply { expand, operators }
}
