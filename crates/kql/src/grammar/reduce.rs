//! `reduce by expression with threshold=.., characters=..`.

use super::{expr::expr, setting};
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let settings = setting::settings(p);
    p.expect_word("by");
    let by = expr(p);
    let with = if p.eat_word("with") { setting::parenthesised(p) } else { Vec::new() };
    OperatorKind::Reduce { settings, by, with }
}
