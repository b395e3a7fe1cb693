//! `array_reverse`: an array from its end to its beginning.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `array_reverse(value)`.
pub static FUNCTION: Function = Function {
    name: "array_reverse",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-reverse-function",
    summary: "The elements in reverse order.",
    params: &[Param::required("value", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(array_reverse),
    examples: &[
        Example::gives(
            "Texts",
            r#"array_reverse(dynamic(["this", "is", "an", "example"]))"#,
            r#"dynamic(["example","an","is","this"])"#,
        ),
        Example::gives("Empty", "array_reverse(dynamic([]))", "dynamic([])"),
        Example::gives("A bag", r#"array_reverse(dynamic({"a":1}))"#, "dynamic(null)"),
        Example::gives("Null", "array_reverse(dynamic(null))", "dynamic(null)"),
    ],
};

fn array_reverse(args: &Args) -> Result<ArrayRef, KernelError> {
    let arrays = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let Some(elements) = arrays.get(row).and_then(json::elements) else { return false };
        let elements: Vec<&str> = elements.collect();
        json::write_array(elements.iter().rev(), out);
        true
    }))
}
