//! Values that rows are told apart or put in order by. A dynamic value is none: Kusto refuses it, as `1` and `"1"` would be
//! two keys in one place and one in another.
//!
//! <https://learn.microsoft.com/kusto/query/scalar-data-types/dynamic>

use diag::{Diagnostic, Span};
use functions::Typed;
use kql::ast::{Expr, ExprKind, Named};
use schema::Type;

use super::columns::Planned;
use crate::{
    error::{Result, codes},
    relation::Relation,
};

/// Refuses a dynamic key, and says how to make it one. Where columns depend on data there is none of, their types are not known.
pub(super) fn check(value: &Typed, expr: &Expr, input: &Relation, operator: &str) -> Result<()> {
    if value.ty != Type::Dynamic || input.open {
        return Ok(());
    }
    let text = kql::write_expr(expr);
    Err(dynamic(operator, &text, expr.span).into())
}

/// As [`check`], for a list. A `*` takes the columns as they are.
pub(super) fn check_all(planned: &[Planned], written: &[Named], input: &Relation, operator: &str) -> Result<()> {
    if planned.len() != written.len() {
        return Ok(());
    }
    let named = written.iter().zip(planned).filter(|(named, _)| !matches!(named.expr.kind, ExprKind::Wildcard(_)));
    named.into_iter().try_for_each(|(named, planned)| check(&planned.value, &named.expr, input, operator))
}

/// What is said of a dynamic key.
pub(super) fn dynamic(operator: &str, text: &str, span: Span) -> Diagnostic {
    let message = format!("`{operator}` cannot go by a dynamic value");
    Diagnostic::error(codes::OPERANDS, message, span).with_help(format!("convert it, such as with `tostring({text})`"))
}
