//! `stdev`, `variance` and their population and `if` forms: how far a group's values spread.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use datafusion_functions_aggregate::{
    stddev::{stddev_pop_udaf, stddev_udaf},
    variance::{var_pop_udaf, var_samp_udaf},
};
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{aggregate, aggregate_if, argument, cast_to, or_default},
};

const EXPR: Param = Param::required("expr", ParamType::Number);
const PREDICATE: Param = Param::required("predicate", ParamType::Exact(Type::Bool));

/// `stdev(expr)`.
pub static STDEV: Function = Function {
    name: "stdev",
    aliases: &[],
    section: Section::Aggregate,
    doc: "stdev-aggregation-function",
    summary: "The standard deviation of the group's values, taken as a sample; 0 without values.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("stdev"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(stdev),
    examples: &[
        Example::gives("Values", "datatable(x: long)[1, 2, 3, long(null)] | summarize stdev(x)", "1.0"),
        Example::gives("One value", "print x = 7 | summarize stdev(x)", "0.0"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize stdev(x)", "0.0"),
    ],
};

/// `stdevif(expr, predicate)`.
pub static STDEVIF: Function = Function {
    name: "stdevif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "stdevif-aggregation-function",
    summary: "The standard deviation of the group's values, taken as a sample, of the rows for which the predicate is true; 0 without values.",
    params: &[EXPR, PREDICATE],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("stdevif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(stdev),
    examples: &[Example::gives(
        "Some rows",
        "datatable(x: long)[1, 2, 3, long(null), 100] | summarize stdevif(x, x < 50)",
        "1.0",
    )],
};

/// `stdevp(expr)`.
pub static STDEVP: Function = Function {
    name: "stdevp",
    aliases: &[],
    section: Section::Aggregate,
    doc: "stdevp-aggregation-function",
    summary: "The standard deviation of the group's values, taken as the whole population; 0 without values.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("stdevp"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(stdevp),
    examples: &[
        Example::gives("Values", "datatable(x: long)[2, 4, 4, 4, 5, 5, 7, 9] | summarize stdevp(x)", "2.0"),
        Example::gives("One value", "print x = 7 | summarize stdevp(x)", "0.0"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize stdevp(x)", "0.0"),
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize stdevp(x)", "1.0"),
    ],
};

/// `variance(expr)`.
pub static VARIANCE: Function = Function {
    name: "variance",
    aliases: &[],
    section: Section::Aggregate,
    doc: "variance-aggregation-function",
    summary: "The variance of the group's values, taken as a sample; 0 without values.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("variance"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(variance),
    examples: &[
        Example::gives("Values", "datatable(x: long)[1, 3, 5, long(null)] | summarize variance(x)", "4.0"),
        Example::gives("One value", "print x = 7 | summarize variance(x)", "0.0"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize variance(x)", "0.0"),
    ],
};

/// `varianceif(expr, predicate)`.
pub static VARIANCEIF: Function = Function {
    name: "varianceif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "varianceif-aggregation-function",
    summary: "The variance of the group's values, taken as a sample, of the rows for which the predicate is true; 0 without values.",
    params: &[EXPR, PREDICATE],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("varianceif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(variance),
    examples: &[Example::gives(
        "Some rows",
        "datatable(x: long)[1, 3, 5, long(null), 100] | summarize varianceif(x, x < 50)",
        "4.0",
    )],
};

/// `variancep(expr)`.
pub static VARIANCEP: Function = Function {
    name: "variancep",
    aliases: &[],
    section: Section::Aggregate,
    doc: "variancep-aggregation-function",
    summary: "The variance of the group's values, taken as the whole population; 0 without values.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("variancep"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(variancep),
    examples: &[
        Example::gives("Values", "datatable(x: long)[2, 4, 4, 4, 5, 5, 7, 9] | summarize variancep(x)", "4.0"),
        Example::gives("One value", "print x = 7 | summarize variancep(x)", "0.0"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize variancep(x)", "0.0"),
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize variancep(x)", "1.0"),
    ],
};

/// `variancepif(expr, predicate)`.
pub static VARIANCEPIF: Function = Function {
    name: "variancepif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "variancepif-aggregation-function",
    summary: "The variance of the group's values, taken as the whole population, of the rows for which the predicate is true; 0 without values.",
    params: &[EXPR, PREDICATE],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("variancepif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(variancep),
    examples: &[
        Example::gives("Some rows", "datatable(x: long)[2, 4, 4, 4, 5, 5, 7, 9, 100] | summarize variancepif(x, x < 50)", "4.0"),
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize variancepif(x, true)", "1.0"),
    ],
};

fn stdev(call: &Call) -> Result<Aggregated, CallError> {
    Ok(spread(stddev_udaf(), call))
}

fn stdevp(call: &Call) -> Result<Aggregated, CallError> {
    Ok(spread(stddev_pop_udaf(), call))
}

fn variance(call: &Call) -> Result<Aggregated, CallError> {
    Ok(spread(var_samp_udaf(), call))
}

fn variancep(call: &Call) -> Result<Aggregated, CallError> {
    Ok(spread(var_pop_udaf(), call))
}

fn spread(function: std::sync::Arc<datafusion_expr::AggregateUDF>, call: &Call) -> Aggregated {
    let value = vec![cast_to(argument(call.args, 0), Type::Real)];
    let spread = match call.args.get(1) {
        Some(predicate) => aggregate_if(function, value, predicate.expr.clone()),
        None => aggregate(function, value),
    };
    Aggregated::finished(spread, or_zero)
}

/// One value alone, or none, does not spread.
fn or_zero(values: Vec<Expr>) -> Expr {
    let value = values.into_iter().next().unwrap_or(Expr::Literal(ScalarValue::Null, None));
    or_default(value, ScalarValue::Float64(Some(0.0)))
}
