//! `dcount`, `count_distinct` and their `if` forms: the number of distinct values.
//!
//! Kusto's `dcount` estimates; here it is exact, as `count_distinct` is.

use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        group::{self, distinct::CountDistinct},
        native::argument,
    },
};

const EXPR: Param = Param::required("expr", ParamType::Any);
const PREDICATE: Param = Param::required("predicate", ParamType::Exact(Type::Bool));
const ACCURACY: Param = Param::optional("accuracy", ParamType::Constant(Type::Long));

/// `dcount(expr [, accuracy])`.
pub static DCOUNT: Function = Function {
    name: "dcount",
    aliases: &[],
    section: Section::Aggregate,
    doc: "dcount-aggregation-function",
    summary: "The number of distinct values of the group. Kusto estimates it; here it is exact, whatever the accuracy asked for.",
    params: &[EXPR, ACCURACY],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("dcount"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(distinct),
    examples: &[
        Example::gives("Texts, case matters", "datatable(x: string)['a', 'b', 'a', 'A'] | summarize dcount(x)", "3"),
        Example::gives("The empty text is a value", "datatable(x: string)['a', '', ''] | summarize dcount(x)", "2"),
        Example::gives("Null is not", "datatable(x: long)[1, long(null), 1, 2] | summarize dcount(x)", "2"),
        Example::gives("Accuracy", "range x from 1 to 100 step 1 | summarize dcount(x % 7, 4)", "7"),
        Example::gives("No rows", "range x from 1 to 4 step 1 | where x > 9 | summarize dcount(x)", "0"),
    ],
};

/// `dcountif(expr, predicate [, accuracy])`.
pub static DCOUNTIF: Function = Function {
    name: "dcountif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "dcountif-aggregation-function",
    summary: "The number of distinct values of the group's rows for which the predicate is true; exact.",
    params: &[EXPR, PREDICATE, ACCURACY],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("dcountif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(distinct_if),
    examples: &[
        Example::gives("Some rows", "range x from 1 to 20 step 1 | summarize dcountif(x % 5, x > 18)", "2"),
        Example::gives("None", "range x from 1 to 20 step 1 | summarize dcountif(x % 5, x > 99)", "0"),
        Example::gives("Null is not counted", "datatable(x: long)[1, long(null), 3] | summarize dcountif(x, true)", "2"),
    ],
};

/// `count_distinct(expr)`.
pub static COUNT_DISTINCT: Function = Function {
    name: "count_distinct",
    aliases: &[],
    section: Section::Aggregate,
    doc: "count-distinct-aggregation-function",
    summary: "The number of distinct values of the group.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("count_distinct"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(distinct),
    examples: &[
        Example::gives("Texts", "datatable(x: string)['a', 'b', 'a'] | summarize count_distinct(x)", "2"),
        Example::gives("Null is not counted", "datatable(x: long)[1, long(null), 3] | summarize count_distinct(x)", "2"),
    ],
};

/// `count_distinctif(expr, predicate)`.
pub static COUNT_DISTINCTIF: Function = Function {
    name: "count_distinctif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "count-distinctif-aggregation-function",
    summary: "The number of distinct values of the group's rows for which the predicate is true.",
    params: &[EXPR, PREDICATE],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("count_distinctif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(distinct_if),
    examples: &[
        Example::gives("Some rows", "datatable(x: string)['a', 'b', 'a'] | summarize count_distinctif(x, x != 'b')", "1"),
        Example::gives("Null is not counted", "datatable(x: long)[1, long(null), 3] | summarize count_distinctif(x, true)", "2"),
    ],
};

fn distinct(call: &Call) -> Result<Aggregated, CallError> {
    Ok(Aggregated::plain(group::aggregate(CountDistinct, vec![argument(call.args, 0)], None)))
}

fn distinct_if(call: &Call) -> Result<Aggregated, CallError> {
    Ok(Aggregated::plain(group::aggregate(CountDistinct, vec![argument(call.args, 0)], Some(argument(call.args, 1)))))
}
