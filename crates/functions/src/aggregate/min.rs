//! `min`, `minif`: the least of a group's values.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use datafusion_functions_aggregate::min_max::min_udaf;
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{aggregate, aggregate_if, argument, or_default},
};

/// `min(expr)`.
pub static MIN: Function = Function {
    name: "min",
    aliases: &[],
    section: Section::Aggregate,
    doc: "min-aggregation-function",
    summary: "The least of the group's values; null without values.",
    params: &[Param::required("expr", ParamType::Any)],
    returns: Returns::By(ordered),
    result_name: ResultName::Prefixed("min"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(min),
    examples: &[
        Example::gives("Long", "datatable(x: long)[2, 1, long(null), 3] | summarize min(x)", "1"),
        Example::gives(
            "Datetime",
            "datatable(x: datetime)[datetime(2026-01-03), datetime(2026-01-01)] | summarize min(x)",
            "datetime(2026-01-01)",
        ),
        Example::gives("Text, by code point", "datatable(x: string)['b', 'a', 'C'] | summarize min(x)", "'C'"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize min(x)", "long(null)"),
        Example::gives("No rows of text", "datatable(x: string)['b'] | where x == 'z' | summarize min(x)", "''"),
        Example::fails("Dynamic has no order", "datatable(x: dynamic)[dynamic(1)] | summarize min(x)", "K0202"),
    ],
};

/// `minif(expr, predicate)`.
pub static MINIF: Function = Function {
    name: "minif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "minif-aggregation-function",
    summary: "The least of the group's values for which the predicate is true; null without values.",
    params: &[Param::required("expr", ParamType::Any), Param::required("predicate", ParamType::Exact(Type::Bool))],
    returns: Returns::By(ordered),
    result_name: ResultName::Prefixed("minif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(min),
    examples: &[
        Example::gives("Some rows", "range x from 1 to 4 step 1 | summarize minif(x, x in (2, 3))", "2"),
        Example::gives("None", "range x from 1 to 4 step 1 | summarize minif(x, x > 9)", "long(null)"),
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize minif(x, true)", "1"),
    ],
};

/// The type of the argument, if its values have an order.
fn ordered(types: &[Type]) -> Result<Type, CallError> {
    match types.first().copied() {
        Some(Type::Dynamic) | None => Err(CallError::ArgumentType {
            function: "min",
            position: 1,
            parameter: "expr",
            expected: "a value with an order (convert it first, such as with tolong())".to_owned(),
            found: Type::Dynamic,
        }),
        Some(ty) => Ok(ty),
    }
}

fn min(call: &Call) -> Result<Aggregated, CallError> {
    let value = argument(call.args, 0);
    let min = match call.args.get(1) {
        Some(predicate) => aggregate_if(min_udaf(), vec![value], predicate.expr.clone()),
        None => aggregate(min_udaf(), vec![value]),
    };
    let text = call.args.first().is_some_and(|arg| arg.ty == Type::String);
    Ok(if text { Aggregated::finished(min, text_or_empty) } else { Aggregated::plain(min) })
}

fn text_or_empty(values: Vec<Expr>) -> Expr {
    let value = values.into_iter().next().unwrap_or(Expr::Literal(ScalarValue::Null, None));
    or_default(value, ScalarValue::Utf8View(Some(String::new())))
}
