//! `count`, `countif`: the number of rows.

use datafusion_expr::lit;
use datafusion_functions_aggregate::count::count_udaf;
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{aggregate, aggregate_if, argument},
};

/// `count([predicate])`.
pub static COUNT: Function = Function {
    name: "count",
    aliases: &["cnt"],
    section: Section::Aggregate,
    doc: "count-aggregation-function",
    summary: "The number of rows of the group; given a bool, of those for which it is true. A column of another type changes nothing.",
    params: &[Param::optional("predicate", ParamType::Any)],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("count"),
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(count),
    examples: &[
        Example::gives("Rows", "range x from 1 to 5 step 1 | summarize count()", "5"),
        Example::gives("Null rows count", "datatable(x: long)[1, long(null)] | summarize count()", "2"),
        Example::gives("No rows", "range x from 1 to 5 step 1 | where x > 9 | summarize count()", "0"),
        Example::gives("Rows that fit", "range x from 1 to 5 step 1 | summarize count(x > 3)", "2"),
        Example::gives("A column", "datatable(x: string)['a', ''] | summarize count(x)", "2"),
    ],
};

/// `countif(predicate)`.
pub static COUNTIF: Function = Function {
    name: "countif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "countif-aggregation-function",
    summary: "The number of rows of the group for which the predicate is true.",
    params: &[Param::required("predicate", ParamType::Exact(Type::Bool))],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("countif"),
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(countif),
    examples: &[
        Example::gives("Rows that fit", "range x from 1 to 5 step 1 | summarize countif(x > 3)", "2"),
        Example::gives("A null predicate does not", "datatable(x: long)[1, long(null), 5] | summarize countif(x > 3)", "1"),
        Example::gives("No rows", "range x from 1 to 5 step 1 | where x > 9 | summarize countif(x > 3)", "0"),
        Example::fails("Takes a bool", "range x from 1 to 5 step 1 | summarize countif('a')", "K0202"),
    ],
};

fn count(call: &Call) -> Result<Aggregated, CallError> {
    if call.args.first().is_some_and(|arg| arg.ty == Type::Bool) {
        return countif(call);
    }
    Ok(Aggregated::plain(aggregate(count_udaf(), vec![lit(1_i64)])))
}

fn countif(call: &Call) -> Result<Aggregated, CallError> {
    Ok(Aggregated::plain(aggregate_if(count_udaf(), vec![lit(1_i64)], argument(call.args, 0))))
}
