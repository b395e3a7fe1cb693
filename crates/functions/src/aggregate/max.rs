//! `max`, `maxif`: the greatest of a group's values.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use datafusion_functions_aggregate::min_max::max_udaf;
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{aggregate, aggregate_if, argument, or_default},
};

/// `max(expr)`.
pub static MAX: Function = Function {
    name: "max",
    aliases: &[],
    section: Section::Aggregate,
    doc: "max-aggregation-function",
    summary: "The greatest of the group's values; null without values.",
    params: &[Param::required("expr", ParamType::Any)],
    returns: Returns::By(ordered),
    result_name: ResultName::Prefixed("max"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(max),
    examples: &[
        Example::gives("Long", "datatable(x: long)[2, 1, long(null), 3] | summarize max(x)", "3"),
        Example::gives(
            "Datetime",
            "datatable(x: datetime)[datetime(2026-01-03), datetime(2026-01-01)] | summarize max(x)",
            "datetime(2026-01-03)",
        ),
        Example::gives("Text, by code point", "datatable(x: string)['b', 'a', 'C'] | summarize max(x)", "'b'"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize max(x)", "long(null)"),
        Example::gives("No rows of text", "datatable(x: string)['b'] | where x == 'z' | summarize max(x)", "''"),
        Example::fails("Dynamic has no order", "datatable(x: dynamic)[dynamic(1)] | summarize max(x)", "K0202"),
    ],
};

/// `maxif(expr, predicate)`.
pub static MAXIF: Function = Function {
    name: "maxif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "maxif-aggregation-function",
    summary: "The greatest of the group's values for which the predicate is true; null without values.",
    params: &[Param::required("expr", ParamType::Any), Param::required("predicate", ParamType::Exact(Type::Bool))],
    returns: Returns::By(ordered),
    result_name: ResultName::Prefixed("maxif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(max),
    examples: &[
        Example::gives("Some rows", "range x from 1 to 4 step 1 | summarize maxif(x, x in (2, 3))", "3"),
        Example::gives("None", "range x from 1 to 4 step 1 | summarize maxif(x, x > 9)", "long(null)"),
        Example::gives("Nulls are left out", "datatable(x: long)[1, long(null), 3] | summarize maxif(x, true)", "3"),
    ],
};

/// The type of the argument, if its values have an order.
fn ordered(types: &[Type]) -> Result<Type, CallError> {
    match types.first().copied() {
        Some(Type::Dynamic) | None => Err(CallError::ArgumentType {
            function: "max",
            position: 1,
            parameter: "expr",
            expected: "a value with an order (convert it first, such as with tolong())".to_owned(),
            found: Type::Dynamic,
        }),
        Some(ty) => Ok(ty),
    }
}

fn max(call: &Call) -> Result<Aggregated, CallError> {
    let value = argument(call.args, 0);
    let max = match call.args.get(1) {
        Some(predicate) => aggregate_if(max_udaf(), vec![value], predicate.expr.clone()),
        None => aggregate(max_udaf(), vec![value]),
    };
    let text = call.args.first().is_some_and(|arg| arg.ty == Type::String);
    Ok(if text { Aggregated::finished(max, text_or_empty) } else { Aggregated::plain(max) })
}

fn text_or_empty(values: Vec<Expr>) -> Expr {
    let value = values.into_iter().next().unwrap_or(Expr::Literal(ScalarValue::Null, None));
    or_default(value, ScalarValue::Utf8View(Some(String::new())))
}
