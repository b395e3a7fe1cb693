//! `distinct column, ...`, `distinct *`.

use super::{expr::expr, named};
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    super::setting::among(p, &[]);
    OperatorKind::Distinct(named::expressions(p, "distinct", expr))
}
