//! `top n by keys`.

use super::{expr::expr, sort};
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    super::setting::among(p, &[]);
    let count = expr(p);
    p.expect_word("by");
    OperatorKind::Top { count, by: sort::keys(p) }
}
