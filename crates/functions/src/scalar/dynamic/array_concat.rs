//! `array_concat`: several arrays as one.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `array_concat(array, ...)`.
pub static FUNCTION: Function = Function {
    name: "array_concat",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-concat-function",
    summary: "The elements of all arrays, in order.",
    params: &[Param::repeated("array", ParamType::Exact(Type::Dynamic), 1, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("What is no array is left out; null if none is."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(array_concat),
    examples: &[
        Example::gives("Two", r#"array_concat(dynamic([1, 2]), dynamic([3, "a"]))"#, r#"dynamic([1,2,3,"a"])"#),
        Example::gives("Empty", "array_concat(dynamic([]), dynamic([]))", "dynamic([])"),
        Example::gives("With null", "array_concat(dynamic([1]), dynamic(null))", "dynamic([1])"),
        Example::gives("Only null", "array_concat(dynamic(null), dynamic(null))", "dynamic(null)"),
    ],
};

fn array_concat(args: &Args) -> Result<ArrayRef, KernelError> {
    let arrays = (0..args.len()).map(|position| args.texts(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_text_or_null(args, |row, out| {
        let mut found = arrays.iter().filter_map(|array| json::elements(array.get(row)?)).peekable();
        let any = found.peek().is_some();
        if any {
            json::write_array(found.flatten(), out);
        }
        any
    }))
}
