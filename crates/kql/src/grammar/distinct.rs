//! `distinct column, name = expression, ...`, `distinct *`.

use super::named;
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    super::setting::among(p, &[]);
    OperatorKind::Distinct(named::list(p, "distinct", &[]))
}
