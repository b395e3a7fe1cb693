//! Small expressions over DataFusion's own operators and aggregates that several functions are made of.

use std::sync::Arc;

use datafusion_common::ScalarValue;
use datafusion_expr::{
    AggregateUDF, Case, Expr,
    expr::{AggregateFunction, Cast},
};
use schema::Type;

use crate::{Typed, null_of};

/// A call of a DataFusion aggregate.
#[must_use]
pub fn aggregate(function: Arc<AggregateUDF>, args: Vec<Expr>) -> Expr {
    Expr::AggregateFunction(AggregateFunction::new_udf(function, args, false, None, vec![], None))
}

/// A call of a DataFusion aggregate over the rows for which `predicate` holds.
#[must_use]
pub fn aggregate_if(function: Arc<AggregateUDF>, args: Vec<Expr>, predicate: Expr) -> Expr {
    Expr::AggregateFunction(AggregateFunction::new_udf(function, args, false, Some(Box::new(predicate)), vec![], None))
}

/// `expr`, or `default` where it is null.
#[must_use]
pub fn or_default(expr: Expr, default: ScalarValue) -> Expr {
    choose(expr.clone().is_null(), Expr::Literal(default, None), expr)
}

/// `then` where `condition` is true, else `otherwise`.
#[must_use]
pub fn choose(condition: Expr, then: Expr, otherwise: Expr) -> Expr {
    Expr::Case(Case::new(None, vec![(Box::new(condition), Box::new(then))], Some(Box::new(otherwise))))
}

/// The value in the Arrow type of another Kusto type.
#[must_use]
pub fn cast_to(expr: Expr, ty: Type) -> Expr {
    Expr::Cast(Cast::new(Box::new(expr), ty.engine_type()))
}

/// A constant of a type's Arrow form.
#[must_use]
pub const fn constant(value: ScalarValue) -> Expr {
    Expr::Literal(value, None)
}

/// The null of a type as an expression.
#[must_use]
pub fn null(ty: Type) -> Expr {
    constant(null_of(ty))
}

/// The argument at `position`; the null of `dynamic` if it was not given.
#[must_use]
pub fn argument(args: &[Typed], position: usize) -> Expr {
    args.get(position).map_or_else(|| null(Type::Dynamic), |arg| arg.expr.clone())
}
