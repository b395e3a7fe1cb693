//! `top-hitters n of column by weight`.

use super::expr::expr;
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let count = expr(p);
    p.expect_word("of");
    let of = expr(p);
    OperatorKind::TopHitters { count, of, by: p.eat_word("by").then(|| expr(p)) }
}
