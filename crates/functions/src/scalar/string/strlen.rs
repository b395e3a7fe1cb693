//! `strlen`: the number of characters of a text.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long},
};

/// `strlen(text)`.
pub static FUNCTION: Function = Function {
    name: "strlen",
    aliases: &[],
    section: Section::String,
    doc: "strlen-function",
    summary: "The number of characters (Unicode code points) of a text.",
    params: &[Param::required("source", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("strlen"),
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(strlen),
    examples: &[
        Example::gives("ASCII", r#"strlen("hello")"#, "5"),
        Example::gives("Code points, not bytes", r#"strlen("⒦⒰⒮⒯⒪")"#, "5"),
        Example::gives("Empty", r#"strlen("")"#, "0"),
        Example::fails("Takes one text", "strlen()", "K0203"),
        Example::gives("Null", "strlen(long(null))", "0"),
    ],
};

fn strlen(args: &Args) -> Result<ArrayRef, KernelError> {
    let source = args.texts(0)?;
    Ok(each_long(args, |row| i64::try_from(source.text(row).chars().count()).ok()))
}
