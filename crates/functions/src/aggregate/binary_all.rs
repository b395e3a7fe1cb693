//! `binary_all_and`, `binary_all_or`, `binary_all_xor`: a group's values combined bit by bit.

use datafusion_functions_aggregate::bit_and_or_xor::{bit_and_udaf, bit_or_udaf, bit_xor_udaf};
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{aggregate, argument},
};

const EXPR: Param = Param::required("expr", ParamType::Exact(Type::Long));

/// `binary_all_and(expr)`.
pub static BINARY_ALL_AND: Function = Function {
    name: "binary_all_and",
    aliases: &[],
    section: Section::Aggregate,
    doc: "binary-all-and-aggregation-function",
    summary: "The bits that all of the group's values have.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(and),
    examples: &[Example::gives("Bits", "datatable(x: long)[7, 6, long(null), 14] | summarize binary_all_and(x)", "6")],
};

/// `binary_all_or(expr)`.
pub static BINARY_ALL_OR: Function = Function {
    name: "binary_all_or",
    aliases: &[],
    section: Section::Aggregate,
    doc: "binary-all-or-aggregation-function",
    summary: "The bits that any of the group's values has.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(or),
    examples: &[Example::gives("Bits", "datatable(x: long)[1, 4, long(null), 8] | summarize binary_all_or(x)", "13")],
};

/// `binary_all_xor(expr)`.
pub static BINARY_ALL_XOR: Function = Function {
    name: "binary_all_xor",
    aliases: &[],
    section: Section::Aggregate,
    doc: "binary-all-xor-aggregation-function",
    summary: "The bits that an odd number of the group's values has.",
    params: &[EXPR],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(xor),
    examples: &[Example::gives("Bits", "datatable(x: long)[1, 3, long(null), 8] | summarize binary_all_xor(x)", "10")],
};

fn and(call: &Call) -> Result<Aggregated, CallError> {
    Ok(Aggregated::plain(aggregate(bit_and_udaf(), vec![argument(call.args, 0)])))
}

fn or(call: &Call) -> Result<Aggregated, CallError> {
    Ok(Aggregated::plain(aggregate(bit_or_udaf(), vec![argument(call.args, 0)])))
}

fn xor(call: &Call) -> Result<Aggregated, CallError> {
    Ok(Aggregated::plain(aggregate(bit_xor_udaf(), vec![argument(call.args, 0)])))
}
