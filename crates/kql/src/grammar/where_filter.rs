//! `where predicate`, also `filter`.

use super::expr::expr;
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    OperatorKind::Where(expr(p))
}
