//! `as name`.

use super::setting::settings;
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let settings = settings(p);
    OperatorKind::As { settings, name: p.name("a name") }
}
