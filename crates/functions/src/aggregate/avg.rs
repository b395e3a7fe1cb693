//! `avg`, `avgif`: the mean of a group's values.

use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::{Expr, cast};
use datafusion_functions_aggregate::average::avg_udaf;
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{aggregate, aggregate_if, argument, cast_to, or_default},
};

/// `avg(expr)`.
pub static AVG: Function = Function {
    name: "avg",
    aliases: &[],
    section: Section::Aggregate,
    doc: "avg-aggregation-function",
    summary: "The mean of the group's values; NaN without values.",
    params: &[Param::required("expr", ParamType::NumberOrTime)],
    returns: Returns::By(avg_type),
    result_name: ResultName::Prefixed("avg"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(avg),
    examples: &[
        Example::gives("Long gives real", "range x from 1 to 4 step 1 | summarize avg(x)", "2.5"),
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize avg(x)", "2.0"),
        Example::gives("Timespan", "datatable(x: timespan)[1h, 2h] | summarize avg(x)", "1.5h"),
        Example::gives(
            "Datetime",
            "datatable(x: datetime)[datetime(2026-01-01), datetime(2026-01-03)] | summarize avg(x)",
            "datetime(2026-01-02)",
        ),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize avg(x)", "real(nan)"),
    ],
};

/// `avgif(expr, predicate)`.
pub static AVGIF: Function = Function {
    name: "avgif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "avgif-aggregation-function",
    summary: "The mean of the group's values for which the predicate is true; NaN without values.",
    params: &[Param::required("expr", ParamType::NumberOrTime), Param::required("predicate", ParamType::Exact(Type::Bool))],
    returns: Returns::By(avg_type),
    result_name: ResultName::Prefixed("avgif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(avg),
    examples: &[
        Example::gives("Some rows", "range x from 1 to 4 step 1 | summarize avgif(x, x > 2)", "3.5"),
        Example::gives("None", "range x from 1 to 4 step 1 | summarize avgif(x, x > 9)", "real(nan)"),
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize avgif(x, true)", "2.0"),
    ],
};

fn avg_type(types: &[Type]) -> Result<Type, CallError> {
    Ok(match types.first().copied().unwrap_or(Type::Real) {
        Type::Int | Type::Long => Type::Real,
        other => other,
    })
}

fn avg(call: &Call) -> Result<Aggregated, CallError> {
    let ty = call.args.first().map_or(Type::Real, |arg| arg.ty);
    let value = argument(call.args, 0);
    let (value, finish): (Expr, fn(Vec<Expr>) -> Expr) = match ty {
        // Ticks of a datetime exceed the 53 bits of a real, and their sum those of a long.
        Type::Datetime | Type::Timespan => (cast(value, DataType::Decimal128(33, 0)), ticks),
        Type::Decimal => (value, decimal),
        _ => (cast_to(value, Type::Real), real_or_nan),
    };
    let avg = match call.args.get(1) {
        Some(predicate) => aggregate_if(avg_udaf(), vec![value], predicate.expr.clone()),
        None => aggregate(avg_udaf(), vec![value]),
    };
    Ok(Aggregated::finished(avg, finish))
}

fn first(values: Vec<Expr>) -> Expr {
    values.into_iter().next().unwrap_or(Expr::Literal(ScalarValue::Null, None))
}

fn ticks(values: Vec<Expr>) -> Expr {
    cast_to(first(values), Type::Long)
}

fn decimal(values: Vec<Expr>) -> Expr {
    cast_to(first(values), Type::Decimal)
}

fn real_or_nan(values: Vec<Expr>) -> Expr {
    or_default(first(values), ScalarValue::Float64(Some(f64::NAN)))
}
