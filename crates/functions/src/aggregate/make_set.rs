//! `make_set`, `make_set_if`: a group's distinct values as a dynamic array.

use schema::Type;

use super::make_list::{collect, limit};
use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{group::collect::Gather, native::argument},
};

/// `make_set(expr [, maxSize])`.
pub static MAKE_SET: Function = Function {
    name: "make_set",
    aliases: &["makeset"],
    section: Section::Aggregate,
    doc: "make-set-aggregation-function",
    summary: "The group's distinct values in a dynamic array, at most maxSize (1,048,576) of them.",
    params: &[Param::required("expr", ParamType::Any), Param::optional("maxSize", ParamType::Constant(Type::Long))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("set"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(make_set),
    examples: &[
        Example::gives("Text", "datatable(x: string)['a', 'b', 'a', 'A'] | summarize make_set(x)", "dynamic(['a','b','A'])"),
        Example::gives("Long", "datatable(x: long)[2, 1, long(null), 2] | summarize make_set(x)", "dynamic([2,1])"),
        Example::gives(
            "Arrays are merged",
            "datatable(x: dynamic)[dynamic([1,2]), dynamic([2,3]), dynamic(4)] | summarize make_set(x)",
            "dynamic([1,2,3,4])",
        ),
        Example::gives("Bounded", "range x from 1 to 9 step 1 | summarize make_set(x, 2)", "dynamic([1,2])"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize make_set(x)", "dynamic([])"),
    ],
};

/// `make_set_if(expr, predicate [, maxSize])`.
pub static MAKE_SET_IF: Function = Function {
    name: "make_set_if",
    aliases: &[],
    section: Section::Aggregate,
    doc: "make-set-if-aggregation-function",
    summary: "The group's distinct values for which the predicate is true in a dynamic array, at most maxSize (1,048,576) of them.",
    params: &[
        Param::required("expr", ParamType::Any),
        Param::required("predicate", ParamType::Exact(Type::Bool)),
        Param::optional("maxSize", ParamType::Constant(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("set"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(make_set_if),
    examples: &[
        Example::gives("Some rows", "datatable(x: long)[5, 1, 5, 4] | summarize make_set_if(x, x > 3)", "dynamic([5,4])"),
        Example::gives("None", "datatable(x: long)[5, 1, 5, 4] | summarize make_set_if(x, x > 9)", "dynamic([])"),
        Example::gives(
            "Nulls are left out",
            "datatable(x: long)[1, long(null), 3] | summarize make_set_if(x, true)",
            "dynamic([1,3])",
        ),
    ],
};

fn make_set(call: &Call) -> Result<Aggregated, CallError> {
    Ok(collect(call, Gather::Set, limit(call, 1), None))
}

fn make_set_if(call: &Call) -> Result<Aggregated, CallError> {
    Ok(collect(call, Gather::Set, limit(call, 2), Some(argument(call.args, 1))))
}
