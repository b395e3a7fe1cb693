//! `parse-kv expression as (key:type, ...) with (settings)`.

use super::{declaration, expr::expr, setting};
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let expr = expr(p);
    p.expect_word("as");
    let keys = declaration::columns(p);
    let settings = if p.eat_word("with") { setting::parenthesised(p) } else { Vec::new() };
    OperatorKind::ParseKv { expr, keys, settings }
}
