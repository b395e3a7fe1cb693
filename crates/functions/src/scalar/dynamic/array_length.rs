//! `array_length`: the number of elements of an array.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long, json},
};

/// `array_length(array)`.
pub static FUNCTION: Function = Function {
    name: "array_length",
    aliases: &["arraylength"],
    section: Section::Dynamic,
    doc: "array-length-function",
    summary: "The number of elements of an array; null for anything else.",
    params: &[Param::required("array", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(array_length),
    examples: &[
        Example::gives("Elements", r#"array_length(dynamic([1, 2, 3, "four"]))"#, "4"),
        Example::gives("Commas inside elements", r#"array_length(parse_json('["a,b", [1,2], {"c":[3,4]}]'))"#, "3"),
        Example::gives("Empty", "array_length(dynamic([]))", "0"),
        Example::gives("A text", r#"array_length(dynamic("abc"))"#, "long(null)"),
        Example::gives("A bag", r#"array_length(dynamic({"a":1}))"#, "long(null)"),
        Example::gives("Null", "array_length(dynamic(null))", "long(null)"),
    ],
};

fn array_length(args: &Args) -> Result<ArrayRef, KernelError> {
    let arrays = args.texts(0)?;
    Ok(each_long(args, |row| i64::try_from(json::elements(arrays.get(row)?)?.count()).ok()))
}
