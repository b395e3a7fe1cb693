//! `endswith` and `endswith_cs`: whether a text ends with another.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool, fold},
};

/// `text endswith search`.
pub static ENDSWITH: Function = Function {
    name: "endswith",
    aliases: &[],
    section: Section::Operator,
    doc: "endswith-operator",
    summary: "Whether a text ends with another, in any case.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| edge(args, fold::ends_with)),
    examples: &[
        Example::gives("In any case", r#""user@Contoso.COM" endswith "contoso.com""#, "true"),
        Example::gives("Not at the end", r#""Fabrikam" endswith "fab""#, "false"),
        Example::gives("Letters of any script", r#""CAFÉ" endswith "fé""#, "true"),
        Example::gives("Longer than the text", r#""am" endswith "kam""#, "false"),
        Example::gives("An empty search", r#""abc" endswith """#, "true"),
        Example::gives("A null", r#"dynamic(null) endswith "a""#, "false"),
    ],
};

/// `text endswith_cs search`.
pub static ENDSWITH_CS: Function = Function {
    name: "endswith_cs",
    aliases: &[],
    section: Section::Operator,
    doc: "endswith-cs-operator",
    summary: "Whether a text ends with another; case counts.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| edge(args, |text, end| text.ends_with(end))),
    examples: &[
        Example::gives("The same case", r#""Fabrikam" endswith_cs "kam""#, "true"),
        Example::gives("Another case", r#""Fabrikam" endswith_cs "KAM""#, "false"),
        Example::gives("A null", r#"dynamic(null) endswith_cs "a""#, "false"),
    ],
};

fn edge(args: &Args, holds: fn(&str, &str) -> bool) -> Result<ArrayRef, KernelError> {
    let (texts, edges) = (args.texts(0)?, args.texts(1)?);
    Ok(each_bool(args, |row| Some(holds(texts.text(row), edges.text(row)))))
}
