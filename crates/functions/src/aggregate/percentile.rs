//! `percentile` and its forms: percentiles of a group's values.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    Typed, coerce,
    kernel::{
        group::{self, percentile::Percentiles},
        json,
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
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize percentile(x, 50)", "1"),
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
        Example::gives(
            "Nulls are left out",
            "datatable(x: long)[1, long(null), 3] | summarize percentiles(x, 50, 100) | project pack_array(percentile_x_50, percentile_x_100)",
            "dynamic([1,3])",
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
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize percentilew(x, 2, 50)", "1"),
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
    examples: &[
        Example::gives(
            "One of two columns",
            "datatable(x: long, w: long)[1, 8, 2, 1, 3, 1] | summarize percentilesw(x, w, 50, 100) | project percentile_x_100",
            "3",
        ),
        Example::gives(
            "Nulls are left out",
            "datatable(x: long)[1, long(null), 3] | summarize percentilesw(x, 2, 50, 100) | project pack_array(percentile_x_50, percentile_x_100)",
            "dynamic([1,3])",
        ),
    ],
};

/// `percentiles_array(expr, percentile, ...)`.
pub static PERCENTILES_ARRAY: Function = Function {
    name: "percentiles_array",
    aliases: &[],
    section: Section::Aggregate,
    doc: "percentiles-aggregation-function",
    summary: "As percentiles, in one dynamic array; the percentages may come in one too.",
    params: &[EXPR, Param::repeated("percentile", ParamType::Any, 1, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("percentiles"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(|call| array("percentiles_array", call, false)),
    examples: &[
        Example::gives(
            "One by one",
            "range x from 1 to 100 step 1 | summarize percentiles_array(x, 5, 50, 99.5)",
            "dynamic([5,50,100])",
        ),
        Example::gives(
            "In an array",
            "range x from 1 to 100 step 1 | summarize percentiles_array(x, dynamic([5, 95]))",
            "dynamic([5,95])",
        ),
        Example::gives(
            "No rows",
            "range x from 1 to 9 step 1 | where x > 9 | summarize percentiles_array(x, 50)",
            "dynamic(null)",
        ),
        Example::fails("Out of range", "range x from 1 to 9 step 1 | summarize percentiles_array(x, 101)", "K0204"),
        Example::gives(
            "Nulls are left out",
            "datatable(x: long)[1, long(null), 3] | summarize percentiles_array(x, 50, 100)",
            "dynamic([1,3])",
        ),
    ],
};

/// `percentilesw_array(expr, weight, percentile, ...)`.
pub static PERCENTILESW_ARRAY: Function = Function {
    name: "percentilesw_array",
    aliases: &[],
    section: Section::Aggregate,
    doc: "percentiles-aggregation-function",
    summary: "As percentilesw, in one dynamic array.",
    params: &[EXPR, WEIGHT, Param::repeated("percentile", ParamType::Any, 1, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("percentiles"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(|call| array("percentilesw_array", call, true)),
    examples: &[
        Example::gives(
            "Weighted",
            "datatable(x: long, w: long)[1, 8, 2, 1, 3, 1] | summarize percentilesw_array(x, w, 50, 100)",
            "dynamic([1,3])",
        ),
        Example::gives(
            "Nulls are left out",
            "datatable(x: long)[1, long(null), 3] | summarize percentilesw_array(x, 2, 50, 100)",
            "dynamic([1,3])",
        ),
    ],
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
    let percents = percents(function, call, weighted)?;
    let suffixes = percents.iter().map(|percent| suffix(*percent)).collect();
    let list = group::aggregate(Percentiles::new(&percents, weighted), arguments(call, weighted), None);
    Ok(Aggregated { suffixes, ..Aggregated::plain(list) })
}

fn array(function: &'static str, call: &Call, weighted: bool) -> Result<Aggregated, CallError> {
    let ty = value_type(&call.args.iter().map(|arg| arg.ty).collect::<Vec<_>>())?;
    let percentiles = Percentiles::new(&percents(function, call, weighted)?, weighted).into_dynamic(ty);
    Ok(Aggregated::plain(group::aggregate(percentiles, arguments(call, weighted), None)))
}

/// The value, and its weight if there is one.
fn arguments(call: &Call, weighted: bool) -> Vec<Expr> {
    let value = argument(call.args, 0);
    let decimal = call.args.first().is_some_and(|arg| arg.ty == Type::Decimal);
    let value = if decimal { cast_to(value, Type::Real) } else { value };
    if weighted { vec![value, argument(call.args, 1)] } else { vec![value] }
}

/// The percentages: numbers, or dynamic arrays of numbers.
fn percents(function: &'static str, call: &Call, weighted: bool) -> Result<Vec<f64>, CallError> {
    let mut percents = Vec::new();
    for (position, arg) in call.args.iter().enumerate().skip(1 + usize::from(weighted)) {
        match arg.as_text().filter(|_| arg.ty == Type::Dynamic).and_then(json::elements) {
            Some(elements) => {
                for element in elements {
                    percents.push(percent(function, position, json::typed::real(element))?);
                }
            }
            None => percents.push(percent(function, position, real(arg))?),
        }
    }
    Ok(percents)
}

/// The number that a constant is.
fn real(arg: &Typed) -> Option<f64> {
    match coerce(arg.clone(), Type::Real).ok()?.as_constant()? {
        &ScalarValue::Float64(value) => value,
        _ => None,
    }
}

/// `_99_9` for 99.9.
fn suffix(percent: f64) -> String {
    let mut text = "_".to_owned();
    schema::text::real::write(percent, &mut text);
    text.replace('.', "_")
}

/// A percentage, 0 to 100.
fn percent(function: &'static str, position: usize, value: Option<f64>) -> Result<f64, CallError> {
    value.filter(|percent| (0.0..=100.0).contains(percent)).ok_or_else(|| CallError::ArgumentValue {
        function,
        position: position + 1,
        parameter: "percentile",
        problem: "must be a constant number from 0 to 100".to_owned(),
    })
}
