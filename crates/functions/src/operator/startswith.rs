//! `startswith` and `startswith_cs`: whether a text begins with another.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool, fold},
};

/// `text startswith search`.
pub static STARTSWITH: Function = Function {
    name: "startswith",
    aliases: &[],
    section: Section::Operator,
    doc: "startswith-operator",
    summary: "Whether a text begins with another, in any case.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| edge(args, fold::starts_with)),
    examples: &[
        Example::gives("In any case", r#""Fabrikam" startswith "fab""#, "true"),
        Example::gives("Not at the beginning", r#""Fabrikam" startswith "kam""#, "false"),
        Example::gives("Letters of any script", r#""Österreich" startswith "ö""#, "true"),
        Example::gives("Longer than the text", r#""Fa" startswith "fab""#, "false"),
        Example::gives("An empty search", r#""abc" startswith """#, "true"),
        Example::gives("A null", r#"dynamic(null) startswith "a""#, "false"),
    ],
};

/// `text startswith_cs search`.
pub static STARTSWITH_CS: Function = Function {
    name: "startswith_cs",
    aliases: &[],
    section: Section::Operator,
    doc: "startswith-cs-operator",
    summary: "Whether a text begins with another; case counts.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| edge(args, |text, start| text.starts_with(start))),
    examples: &[
        Example::gives("The same case", r#""Fabrikam" startswith_cs "Fab""#, "true"),
        Example::gives("Another case", r#""Fabrikam" startswith_cs "fab""#, "false"),
        Example::gives("A null", r#"dynamic(null) startswith_cs "a""#, "false"),
    ],
};

fn edge(args: &Args, holds: fn(&str, &str) -> bool) -> Result<ArrayRef, KernelError> {
    let (texts, edges) = (args.texts(0)?, args.texts(1)?);
    Ok(each_bool(args, |row| Some(holds(texts.text(row), edges.text(row)))))
}
