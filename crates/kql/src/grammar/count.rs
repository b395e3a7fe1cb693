//! `count`, `count as Name`.

use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    OperatorKind::Count(p.eat_word("as").then(|| p.name("a name")))
}
