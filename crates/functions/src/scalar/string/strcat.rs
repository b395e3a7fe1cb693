//! `strcat` and `strcat_delim`: values joined into one text.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_text, truncate},
};

/// `strcat(argument, ...)`.
pub static STRCAT: Function = Function {
    name: "strcat",
    aliases: &[],
    section: Section::String,
    doc: "strcat-function",
    summary: "The arguments joined into one text.",
    params: &[Param::repeated("argument", ParamType::Any, 1, 64)],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(strcat),
    examples: &[
        Example::gives("Texts", r#"strcat("hello", " ", "world")"#, r#""hello world""#),
        Example::gives("Other types by their text", r#"strcat(1, "-", 2.5, "-", true)"#, r#""1-2.5-true""#),
        Example::gives(
            "A moment and a span",
            r#"strcat(datetime(2026-01-01), " ", 2s)"#,
            r#""2026-01-01T00:00:00.0000000Z 00:00:02""#,
        ),
        Example::gives("Dynamic values", r#"strcat(dynamic(["a", 1]), dynamic("b"))"#, r#"@'["a",1]b'"#),
        Example::gives("Null counts as nothing", r#"strcat("a", long(null), "b")"#, r#""ab""#),
        Example::gives("One argument", "strcat(5)", r#""5""#),
        Example::fails("Needs an argument", "strcat()", "K0203"),
    ],
};

/// `strcat_delim(delimiter, argument, ...)`.
pub static STRCAT_DELIM: Function = Function {
    name: "strcat_delim",
    aliases: &[],
    section: Section::String,
    doc: "strcat-delim-function",
    summary: "The arguments joined into one text with a delimiter between them.",
    params: &[Param::required("delimiter", ParamType::Exact(Type::String)), Param::repeated("argument", ParamType::Any, 2, 64)],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(strcat_delim),
    examples: &[
        Example::gives("Values of several types", "strcat_delim('-', 1, '2', 'A', 1s)", r#""1-2-A-00:00:01""#),
        Example::gives("A null keeps its place", r#"strcat_delim("-", "a", int(null), "b")"#, r#""a--b""#),
        Example::gives("An empty delimiter", r#"strcat_delim("", "a", "b")"#, r#""ab""#),
        Example::gives("A null delimiter", r#"strcat_delim(dynamic(null), "a", "b")"#, r#""ab""#),
        Example::fails("Needs two values", r#"strcat_delim("-", 1)"#, "K0203"),
    ],
};

fn strcat(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = Values::from(args, 0)?;
    Ok(each_text(args, |row, out| {
        for value in &values {
            value.write_text(row, out);
        }
        truncate(out);
    }))
}

fn strcat_delim(args: &Args) -> Result<ArrayRef, KernelError> {
    let (delimiters, values) = (args.texts(0)?, Values::from(args, 1)?);
    Ok(each_text(args, |row, out| {
        for (position, value) in values.iter().enumerate() {
            if position > 0 {
                out.push_str(delimiters.text(row));
            }
            value.write_text(row, out);
        }
        truncate(out);
    }))
}
