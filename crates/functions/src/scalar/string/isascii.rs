//! `isascii` and `isutf8`: what a text is made of.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool},
};

/// `isascii(value)`.
pub static ISASCII: Function = Function {
    name: "isascii",
    aliases: &[],
    section: Section::String,
    doc: "isascii",
    summary: "Whether all characters of a text are ASCII.",
    params: &[Param::required("value", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(isascii),
    examples: &[
        Example::gives("ASCII", r#"isascii("some string")"#, "true"),
        Example::gives("A letter beyond it", r#"isascii("pаypal")"#, "false"),
        Example::gives("Empty", r#"isascii("")"#, "true"),
        Example::gives("Null", "isascii(dynamic(null))", "true"),
    ],
};

/// `isutf8(value)`.
pub static ISUTF8: Function = Function {
    name: "isutf8",
    aliases: &[],
    section: Section::String,
    doc: "isutf8-function",
    summary: "Whether a text is valid UTF-8, which every text is here: sources refuse what is not.",
    params: &[Param::required("value", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(isutf8),
    examples: &[
        Example::gives("Text", r#"isutf8("some string")"#, "true"),
        Example::gives("Null", "isutf8(dynamic(null))", "true"),
    ],
};

fn isascii(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    Ok(each_bool(args, |row| Some(values.text(row).is_ascii())))
}

fn isutf8(args: &Args) -> Result<ArrayRef, KernelError> {
    Ok(each_bool(args, |_| Some(true)))
}
