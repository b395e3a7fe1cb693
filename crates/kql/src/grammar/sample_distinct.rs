//! `sample-distinct n of column`.

use super::expr::expr;
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let count = expr(p);
    p.expect_word("of");
    OperatorKind::SampleDistinct { count, of: expr(p) }
}
