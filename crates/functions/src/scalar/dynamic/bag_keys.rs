//! `bag_keys`: the keys of a property bag.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `bag_keys(object)`.
pub static FUNCTION: Function = Function {
    name: "bag_keys",
    aliases: &[],
    section: Section::Dynamic,
    doc: "bag-keys-function",
    summary: "The keys of a property bag, in its order; null for anything else.",
    params: &[Param::required("object", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(bag_keys),
    examples: &[
        Example::gives("Keys", r#"bag_keys(dynamic({"a":"b", "c":{"d":123}}))"#, r#"dynamic(["a","c"])"#),
        Example::gives("Empty", "bag_keys(dynamic({}))", "dynamic([])"),
        Example::gives("A text", r#"bag_keys(dynamic("a"))"#, "dynamic(null)"),
        Example::gives("An array", "bag_keys(dynamic([]))", "dynamic(null)"),
        Example::gives("Null", "bag_keys(dynamic(null))", "dynamic(null)"),
    ],
};

fn bag_keys(args: &Args) -> Result<ArrayRef, KernelError> {
    let bags = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let Some(members) = bags.get(row).and_then(json::distinct_members) else { return false };
        json::write_array(members.iter().map(|(key, _)| format!("\"{key}\"")), out);
        true
    }))
}
