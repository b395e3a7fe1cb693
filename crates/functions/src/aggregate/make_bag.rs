//! `make_bag`, `make_bag_if`: a group's property bags merged into one.

use schema::Type;

use super::make_list::{collect, limit};
use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{group::collect::Gather, native::argument},
};

/// `make_bag(expr [, maxSize])`.
pub static MAKE_BAG: Function = Function {
    name: "make_bag",
    aliases: &["make_dictionary"],
    section: Section::Aggregate,
    doc: "make-bag-aggregation-function",
    summary: "The members of the group's property bags in one bag, at most maxSize (1,048,576) of them; of a key given twice one value.",
    params: &[
        Param::required("expr", ParamType::Exact(Type::Dynamic)),
        Param::optional("maxSize", ParamType::Constant(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("bag"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(make_bag),
    examples: &[
        Example::gives(
            "Bags are merged",
            "datatable(x: dynamic)[dynamic({'a':1}), dynamic({'b':[2,3]})] | summarize make_bag(x)",
            "dynamic({'a':1,'b':[2,3]})",
        ),
        Example::gives(
            "The first value of a key stays",
            "datatable(x: dynamic)[dynamic({'a':1}), dynamic({'a':2,'b':3})] | summarize make_bag(x)",
            "dynamic({'a':1,'b':3})",
        ),
        Example::gives(
            "What is no bag is left out",
            "datatable(x: dynamic)[dynamic(7), dynamic({'a':1}), dynamic(null)] | summarize make_bag(x)",
            "dynamic({'a':1})",
        ),
        Example::gives("No rows", "datatable(x: dynamic)[dynamic(7)] | where false | summarize make_bag(x)", "dynamic({})"),
    ],
};

/// `make_bag_if(expr, predicate [, maxSize])`.
pub static MAKE_BAG_IF: Function = Function {
    name: "make_bag_if",
    aliases: &[],
    section: Section::Aggregate,
    doc: "make-bag-if-aggregation-function",
    summary: "As make_bag, over the rows for which the predicate is true.",
    params: &[
        Param::required("expr", ParamType::Exact(Type::Dynamic)),
        Param::required("predicate", ParamType::Exact(Type::Bool)),
        Param::optional("maxSize", ParamType::Constant(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("bag"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(make_bag_if),
    examples: &[
        Example::gives(
            "Some rows",
            "datatable(x: dynamic, y: bool)[dynamic({'a':1}), false, dynamic({'b':2}), true] | summarize make_bag_if(x, y)",
            "dynamic({'b':2})",
        ),
        Example::gives(
            "Null is left out",
            "datatable(x: dynamic)[dynamic(null), dynamic({'b':2})] | summarize make_bag_if(x, true)",
            "dynamic({'b':2})",
        ),
    ],
};

fn make_bag(call: &Call) -> Result<Aggregated, CallError> {
    Ok(collect(call, Gather::Bag, limit(call, 1), None))
}

fn make_bag_if(call: &Call) -> Result<Aggregated, CallError> {
    Ok(collect(call, Gather::Bag, limit(call, 2), Some(argument(call.args, 1))))
}
