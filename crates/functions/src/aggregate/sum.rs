//! `sum`, `sumif`: the sum of a group's values.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use datafusion_functions_aggregate::sum::sum_udaf;
use schema::{DECIMAL_PRECISION, DECIMAL_SCALE, Type};

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{aggregate, aggregate_if, argument, cast_to, or_default},
};

/// `sum(expr)`.
pub static SUM: Function = Function {
    name: "sum",
    aliases: &[],
    section: Section::Aggregate,
    doc: "sum-aggregation-function",
    summary: "The sum of the group's values; 0 without values.",
    params: &[Param::required("expr", ParamType::NumberOrTime)],
    returns: Returns::By(sum_type),
    result_name: ResultName::Prefixed("sum"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(sum),
    examples: &[
        Example::gives("Long", "range x from 1 to 4 step 1 | summarize sum(x)", "10"),
        Example::gives("Int widens", "datatable(x: int)[2147483647, 1] | summarize sum(x)", "2147483648"),
        Example::gives("Real", "datatable(x: real)[1.5, 2.5, real(null)] | summarize sum(x)", "4.0"),
        Example::gives("Timespan", "datatable(x: timespan)[1h, 90m] | summarize sum(x)", "2.5h"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize sum(x)", "0"),
        Example::fails("Takes numbers", "datatable(x: string)['a'] | summarize sum(x)", "K0202"),
    ],
};

/// `sumif(expr, predicate)`.
pub static SUMIF: Function = Function {
    name: "sumif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "sumif-aggregation-function",
    summary: "The sum of the group's values for which the predicate is true; 0 without values.",
    params: &[Param::required("expr", ParamType::NumberOrTime), Param::required("predicate", ParamType::Exact(Type::Bool))],
    returns: Returns::By(sum_type),
    result_name: ResultName::Prefixed("sumif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(sum),
    examples: &[
        Example::gives("Some rows", "range x from 1 to 4 step 1 | summarize sumif(x, x > 2)", "7"),
        Example::gives("None", "range x from 1 to 4 step 1 | summarize sumif(x, x > 9)", "0"),
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize sumif(x, true)", "4"),
    ],
};

/// A sum of `int` is a `long`; all else keeps its type.
fn sum_type(types: &[Type]) -> Result<Type, CallError> {
    Ok(match types.first().copied().unwrap_or(Type::Long) {
        Type::Int => Type::Long,
        other => other,
    })
}

fn sum(call: &Call) -> Result<Aggregated, CallError> {
    let ty = sum_type(&call.args.iter().map(|arg| arg.ty).collect::<Vec<_>>())?;
    let value = argument(call.args, 0);
    let value = if call.args.first().is_some_and(|arg| arg.ty == Type::Int) { cast_to(value, Type::Long) } else { value };
    let sum = match call.args.get(1) {
        Some(predicate) => aggregate_if(sum_udaf(), vec![value], predicate.expr.clone()),
        None => aggregate(sum_udaf(), vec![value]),
    };
    Ok(Aggregated::finished(
        sum,
        match ty {
            Type::Real => real_or_zero,
            Type::Decimal => decimal_or_zero,
            _ => long_or_zero,
        },
    ))
}

fn first(values: Vec<Expr>) -> Expr {
    values.into_iter().next().unwrap_or(Expr::Literal(ScalarValue::Null, None))
}

fn long_or_zero(values: Vec<Expr>) -> Expr {
    or_default(first(values), ScalarValue::Int64(Some(0)))
}

fn real_or_zero(values: Vec<Expr>) -> Expr {
    or_default(first(values), ScalarValue::Float64(Some(0.0)))
}

fn decimal_or_zero(values: Vec<Expr>) -> Expr {
    or_default(cast_to(first(values), Type::Decimal), ScalarValue::Decimal128(Some(0), DECIMAL_PRECISION, DECIMAL_SCALE))
}
