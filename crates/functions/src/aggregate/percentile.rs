//! `percentile` and its forms: percentiles of a group's values.

use datafusion_common::ScalarValue;
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    Typed,
    kernel::{
        group::{self, percentile::Percentiles},
        native::{argument, cast_to},
    },
};

const EXPR: Param = Param::required("expr", ParamType::NumberOrTime);
const WEIGHT: Param = Param::required("weight", ParamType::Exact(Type::Long));
const PERCENT: Param = Param::required("percentile", ParamType::Constant(Type::Real));
const PERCENTS: Param = Param::repeated("percentile", ParamType::Constant(Type::Real), 1, 64);

/// `percentile(expr, percentile)`.
pub static PERCENTILE: Function = Function {
    name: "percentile",
    aliases: &[],
    section: Section::Aggregate,
    doc: "percentiles-aggregation-function",
    summary: "The value that the given percentage of the group's values does not exceed, by the nearest rank. Kusto estimates it for large groups; here it is exact.",
    params: &[EXPR, PERCENT],
    returns: Returns::By(value_type),
    result_name: ResultName::Prefixed("percentile"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(percentiles),
    examples: &[
        Example::gives("Median", "range x from 1 to 9 step 1 | summarize percentile(x, 50)", "5"),
        Example::gives("Nearest rank", "datatable(x: long)[15, 20, 35, 40, 50] | summarize percentile(x, 30)", "20"),
        Example::gives("Fraction", "range x from 1 to 1000 step 1 | summarize percentile(x, 99.9)", "999"),
        Example::gives("Timespan", "datatable(x: timespan)[1h, 2h, 3h] | summarize percentile(x, 50)", "2h"),
        Example::gives("Negative reals", "datatable(x: real)[-1.5, 2.5, -3.5] | summarize percentile(x, 0)", "-3.5"),
        Example::gives("No rows", "range x from 1 to 9 step 1 | where x > 9 | summarize percentile(x, 50)", "long(null)"),
        Example::fails("Out of range", "range x from 1 to 9 step 1 | summarize percentile(x, 101)", "K0204"),
    ],
};

/// `percentiles(expr, percentile, ...)`.
pub static PERCENTILES: Function = Function {
    name: "percentiles",
    aliases: &[],
    section: Section::Aggregate,
    doc: "percentiles-aggregation-function",
    summary: "A column for each percentage, as percentile.",
    params: &[EXPR, PERCENTS],
    returns: Returns::By(value_type),
    result_name: ResultName::Prefixed("percentile"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(percentiles),
    examples: &[
        Example::gives(
            "The first of two columns",
            "range x from 1 to 100 step 1 | summarize percentiles(x, 5, 95) | project percentile_x_5",
            "5",
        ),
        Example::gives(
            "The second",
            "range x from 1 to 100 step 1 | summarize percentiles(x, 5, 99.5) | project percentile_x_99_5",
            "100",
        ),
    ],
};

/// `percentilew(expr, weight, percentile)`.
pub static PERCENTILEW: Function = Function {
    name: "percentilew",
    aliases: &[],
    section: Section::Aggregate,
    doc: "percentiles-aggregation-function",
    summary: "As percentile, each value counted as often as its weight says.",
    params: &[EXPR, WEIGHT, PERCENT],
    returns: Returns::By(value_type),
    result_name: ResultName::Prefixed("percentile"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(percentilesw),
    examples: &[
        Example::gives("Weighted", "datatable(x: long, w: long)[1, 8, 2, 1, 3, 1] | summarize percentilew(x, w, 85)", "2"),
        Example::gives(
            "Without weight it does not count",
            "datatable(x: long, w: long)[1, 0, 2, 1] | summarize percentilew(x, w, 1)",
            "2",
        ),
    ],
};

/// `percentilesw(expr, weight, percentile, ...)`.
pub static PERCENTILESW: Function = Function {
    name: "percentilesw",
    aliases: &[],
    section: Section::Aggregate,
    doc: "percentiles-aggregation-function",
    summary: "A column for each percentage, as percentilew.",
    params: &[EXPR, WEIGHT, PERCENTS],
    returns: Returns::By(value_type),
    result_name: ResultName::Prefixed("percentile"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(percentilesw),
    examples: &[Example::gives(
        "One of two columns",
        "datatable(x: long, w: long)[1, 8, 2, 1, 3, 1] | summarize percentilesw(x, w, 50, 100) | project percentile_x_100",
        "3",
    )],
};

/// A percentile of decimals is a real; all else keeps its type.
fn value_type(types: &[Type]) -> Result<Type, CallError> {
    Ok(match types.first().copied().unwrap_or(Type::Real) {
        Type::Decimal => Type::Real,
        other => other,
    })
}

fn percentiles(call: &Call) -> Result<Aggregated, CallError> {
    build("percentiles", call, false)
}

fn percentilesw(call: &Call) -> Result<Aggregated, CallError> {
    build("percentilesw", call, true)
}

fn build(function: &'static str, call: &Call, weighted: bool) -> Result<Aggregated, CallError> {
    let first = 1 + usize::from(weighted);
    let percents = call.args.iter().enumerate().skip(first).map(|(position, arg)| percent(function, position, arg));
    let percents = percents.collect::<Result<Vec<f64>, CallError>>()?;
    let decimal = call.args.first().is_some_and(|arg| arg.ty == Type::Decimal);
    let mut args = vec![argument(call.args, 0)];
    if decimal {
        args = args.into_iter().map(|value| cast_to(value, Type::Real)).collect();
    }
    if weighted {
        args.push(argument(call.args, 1));
    }
    let suffixes = percents.iter().map(|percent| suffix(*percent)).collect();
    let list = group::aggregate(Percentiles::new(&percents, weighted), args, None);
    Ok(Aggregated { suffixes, ..Aggregated::plain(list) })
}

/// `_99_9` for 99.9.
fn suffix(percent: f64) -> String {
    let mut text = "_".to_owned();
    schema::text::real::write(percent, &mut text);
    text.replace('.', "_")
}

/// A percentage, 0 to 100.
fn percent(function: &'static str, position: usize, arg: &Typed) -> Result<f64, CallError> {
    match arg.as_constant() {
        Some(ScalarValue::Float64(Some(percent))) if (0.0..=100.0).contains(percent) => Ok(*percent),
        _ => Err(CallError::ArgumentValue {
            function,
            position: position + 1,
            parameter: "percentile",
            problem: "must be a number from 0 to 100".to_owned(),
        }),
    }
}
