//! Implicit conversions: what Kusto does to an operand of one type where another is wanted.

use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::{Expr, cast};
use schema::Type;

use crate::{CallError, Typed, apply::apply, registry::find};

/// The type that both operands of an operator, or all branches of `iff`, are brought to; `None` when there is none.
///
/// Numbers widen (`int` < `long` < `decimal` < `real`); `dynamic` gives way to any scalar type, and a `guid` to a text.
#[must_use]
pub fn common_type(a: Type, b: Type) -> Option<Type> {
    use Type::{Decimal, Dynamic, Guid, Int, Long, Real, String};
    Some(match (a, b) {
        (x, y) if x == y => x,
        (Int, Long) | (Long, Int) => Long,
        (Int | Long, Decimal) | (Decimal, Int | Long) => Decimal,
        (Int | Long | Decimal, Real) | (Real, Int | Long | Decimal) => Real,
        (Dynamic, other) | (other, Dynamic) => other,
        (Guid, String) | (String, Guid) => String,
        _ => return None,
    })
}

/// Converts a value implicitly to `to`.
///
/// # Errors
/// [`CallError::Conversion`] where Kusto demands an explicit conversion.
pub fn coerce(value: Typed, to: Type) -> Result<Typed, CallError> {
    use Type::{Bool, Datetime, Decimal, Dynamic, Guid, Int, Long, Real, String, Timespan};
    let from = value.ty;
    let by = |name: &str, value: Typed| match find(name) {
        // The clock plays no part in a conversion.
        Some(function) => apply(function, vec![value], 0),
        None => Err(CallError::Conversion { from, to }),
    };
    match (from, to) {
        (a, b) if a == b => Ok(value),
        (Int, Long | Real | Decimal) | (Long, Real | Decimal | Int) | (Decimal, Real) | (Bool, Int | Long) => {
            Ok(Typed::new(native(value.expr, &to.engine_type()), to))
        }
        (Bool | Int | Long | Real | Decimal | Datetime | Timespan | Guid | Dynamic, String) => by("tostring", value),
        (Dynamic, Bool) => by("tobool", value),
        (Dynamic, Int) => by("toint", value),
        (Dynamic, Long) => by("tolong", value),
        (Dynamic, Real) => by("toreal", value),
        (Dynamic, Decimal) => by("todecimal", value),
        (Dynamic, Datetime) => by("todatetime", value),
        (Dynamic, Timespan) => by("totimespan", value),
        (Dynamic | String, Guid) => by("toguid", value),
        (Bool | Int | Long | Real | Decimal | Datetime | Timespan | Guid | String, Dynamic) => by("to_dynamic", value),
        _ => Err(CallError::Conversion { from, to }),
    }
}

/// A native cast; a constant is converted at once, so that it stays one.
fn native(expr: Expr, to: &DataType) -> Expr {
    match expr {
        Expr::Literal(value, metadata) => match value.cast_to(to) {
            Ok(converted) => Expr::Literal(converted, metadata),
            Err(_) => cast(Expr::Literal(value, metadata), to.clone()),
        },
        other => cast(other, to.clone()),
    }
}

/// The null of a type (`""` for text).
#[must_use]
pub fn null_of(ty: Type) -> ScalarValue {
    match ty {
        Type::String => ScalarValue::Utf8View(Some(String::new())),
        other => ScalarValue::try_from(&other.engine_type()).unwrap_or(ScalarValue::Null),
    }
}
