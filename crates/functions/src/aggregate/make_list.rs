//! `make_list` and its forms: a group's values as a dynamic array.

use std::any::Any;

use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        group::{
            self, GroupUdf,
            collect::{Collect, Gather},
        },
        native::argument,
    },
};

const EXPR: Param = Param::required("expr", ParamType::Any);
const PREDICATE: Param = Param::required("predicate", ParamType::Exact(Type::Bool));
const MAX_SIZE: Param = Param::optional("maxSize", ParamType::Constant(Type::Long));

/// Most elements of a list or set (reference page `make-list-aggregation-function`).
pub(super) const LIMIT: usize = 1_048_576;

/// `make_list(expr [, maxSize])`.
pub static MAKE_LIST: Function = Function {
    name: "make_list",
    aliases: &["makelist"],
    section: Section::Aggregate,
    doc: "make-list-aggregation-function",
    summary: "The group's values in a dynamic array, at most maxSize (1,048,576) of them.",
    params: &[EXPR, MAX_SIZE],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("list"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(make_list),
    examples: &[
        Example::gives("Long", "datatable(x: long)[1, 2, long(null), 2] | summarize make_list(x)", "dynamic([1,2,2])"),
        Example::gives(
            "Text",
            "datatable(x: string)['a', '', 'say \\\"b\\\"'] | summarize make_list(x)",
            "dynamic(['a','','say \\\"b\\\"'])",
        ),
        Example::gives("Real", "datatable(x: real)[1.0, 2.5] | summarize make_list(x)", "dynamic([1.0,2.5])"),
        Example::gives("Timespan", "datatable(x: timespan)[2s] | summarize make_list(x)", "dynamic(['00:00:02'])"),
        Example::gives(
            "Datetime",
            "datatable(x: datetime)[datetime(2026-01-01)] | summarize make_list(x)",
            "dynamic(['2026-01-01T00:00:00.0000000Z'])",
        ),
        Example::gives("Bool", "datatable(x: bool)[true, false] | summarize make_list(x)", "dynamic([true,false])"),
        Example::gives(
            "Dynamic values stay whole",
            "datatable(x: dynamic)[dynamic([1,2]), dynamic({'a':1})] | summarize make_list(x)",
            "dynamic([[1,2],{'a':1}])",
        ),
        Example::gives(
            "In the order of the rows",
            "range x from 1 to 4 step 1 | sort by x | summarize make_list(x)",
            "dynamic([4,3,2,1])",
        ),
        Example::gives("Bounded", "range x from 1 to 9 step 1 | summarize make_list(x, 3)", "dynamic([1,2,3])"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize make_list(x)", "dynamic([])"),
    ],
};

/// `make_list_if(expr, predicate [, maxSize])`.
pub static MAKE_LIST_IF: Function = Function {
    name: "make_list_if",
    aliases: &[],
    section: Section::Aggregate,
    doc: "make-list-if-aggregation-function",
    summary: "The group's values for which the predicate is true in a dynamic array, at most maxSize (1,048,576) of them.",
    params: &[EXPR, PREDICATE, MAX_SIZE],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("list"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(make_list_if),
    examples: &[
        Example::gives("Some rows", "range x from 1 to 5 step 1 | summarize make_list_if(x, x > 3)", "dynamic([4,5])"),
        Example::gives("Bounded", "range x from 1 to 5 step 1 | summarize make_list_if(x, x > 3, 1)", "dynamic([4])"),
        Example::gives(
            "Nulls are left out",
            "datatable(x: long)[1, long(null), 3] | summarize make_list_if(x, true)",
            "dynamic([1,3])",
        ),
    ],
};

/// `make_list_with_nulls(expr)`.
pub static MAKE_LIST_WITH_NULLS: Function = Function {
    name: "make_list_with_nulls",
    aliases: &[],
    section: Section::Aggregate,
    doc: "make-list-with-nulls-aggregation-function",
    summary: "The group's values, nulls too, in a dynamic array.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("list"),
    nulls: Nulls::Custom("Nulls are elements."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(make_list_with_nulls),
    examples: &[Example::gives(
        "Nulls are kept",
        "datatable(x: long)[1, long(null), 2] | summarize make_list_with_nulls(x)",
        "dynamic([1,null,2])",
    )],
};

/// The bound that an optional argument sets.
pub(super) fn limit(call: &Call, position: usize) -> usize {
    call.args.get(position).and_then(crate::Typed::as_long).map_or(LIMIT, |limit| usize::try_from(limit).unwrap_or(0).min(LIMIT))
}

/// A gathering of the first argument.
pub(super) fn collect(call: &Call, gather: Gather, limit: usize, predicate: Option<Expr>) -> Aggregated {
    let ty = call.args.first().map_or(Type::Dynamic, |arg| arg.ty);
    let collect = Collect { gather, ty, limit, ordered: false };
    Aggregated::plain(group::aggregate(collect, vec![argument(call.args, 0)], predicate))
}

fn make_list(call: &Call) -> Result<Aggregated, CallError> {
    Ok(collect(call, Gather::List, limit(call, 1), None))
}

fn make_list_if(call: &Call) -> Result<Aggregated, CallError> {
    Ok(collect(call, Gather::List, limit(call, 2), Some(argument(call.args, 1))))
}

fn make_list_with_nulls(call: &Call) -> Result<Aggregated, CallError> {
    Ok(collect(call, Gather::ListWithNulls, LIMIT, None))
}

/// The aggregate with its elements in the order of `place`, a `long` that numbers the rows: for a `summarize` over sorted
/// rows, which are grouped in several partitions. Aggregates whose result has no order are returned as they are.
#[must_use]
pub fn in_order(aggregate: Expr, place: Expr) -> Expr {
    let Expr::AggregateFunction(call) = &aggregate else { return aggregate };
    let inner: &dyn Any = call.func.inner().as_ref();
    let Some(collect) = inner.downcast_ref::<GroupUdf<Collect>>().map(GroupUdf::grouping) else { return aggregate };
    if collect.ordered || !matches!(collect.gather, Gather::List | Gather::ListWithNulls) {
        return aggregate;
    }
    let ordered = Collect { ordered: true, ..collect.clone() };
    let args = call.params.args.iter().cloned().chain([place]).collect();
    group::aggregate(ordered, args, call.params.filter.as_deref().cloned())
}
