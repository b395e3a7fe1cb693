//! `take n`, also `limit`, and `sample n`.

use super::expr::expr;
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn take(p: &mut Parser<'_>) -> OperatorKind {
    super::setting::among(p, &[]);
    OperatorKind::Take(expr(p))
}

pub(super) fn sample(p: &mut Parser<'_>) -> OperatorKind {
    super::setting::among(p, &[]);
    OperatorKind::Sample(expr(p))
}
