//! `where predicate`, also `filter`.

use super::expr::expr;
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    super::setting::among(p, &[]);
    OperatorKind::Where(expr(p))
}
