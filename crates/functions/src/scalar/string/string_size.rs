//! `string_size`: the number of bytes of a text.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long},
};

/// `string_size(source)`.
pub static FUNCTION: Function = Function {
    name: "string_size",
    aliases: &[],
    section: Section::String,
    doc: "string-size-function",
    summary: "The number of bytes that a text takes in UTF-8.",
    params: &[Param::required("source", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("string_size"),
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(string_size),
    examples: &[
        Example::gives("ASCII", r#"string_size("hello")"#, "5"),
        Example::gives("Three bytes a character", r#"string_size("⒦⒰⒮⒯⒪")"#, "15"),
        Example::gives("Empty", r#"string_size("")"#, "0"),
        Example::gives("Null", "string_size(dynamic(null))", "0"),
    ],
};

fn string_size(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    Ok(each_long(args, |row| i64::try_from(values.text(row).len()).ok()))
}
