//! `hasprefix` and `hasprefix_cs`: whether a term of a text begins with another text.

use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::search::{Case, Edges, search},
};

/// `text hasprefix search`.
pub static HASPREFIX: Function = Function {
    name: "hasprefix",
    aliases: &[],
    section: Section::Operator,
    doc: "hasprefix-operator",
    summary: "Whether a term of a text begins with another, in any case.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| search(args, Edges::Prefix, Case::Insensitive)),
    examples: &[
        Example::gives("The beginning of a term", r#""North America" hasprefix "ame""#, "true"),
        Example::gives("The end of a term", r#""North America" hasprefix "erica""#, "false"),
        Example::gives("An empty search", r#""abc" hasprefix """#, "true"),
        Example::gives("In a null", r#"dynamic(null) hasprefix "a""#, "false"),
    ],
};

/// `text hasprefix_cs search`.
pub static HASPREFIX_CS: Function = Function {
    name: "hasprefix_cs",
    aliases: &[],
    section: Section::Operator,
    doc: "hasprefix-cs-operator",
    summary: "Whether a term of a text begins with another; case counts.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| search(args, Edges::Prefix, Case::Sensitive)),
    examples: &[
        Example::gives("The same case", r#""North America" hasprefix_cs "Ame""#, "true"),
        Example::gives("Another case", r#""North America" hasprefix_cs "ame""#, "false"),
        Example::gives("In a null", r#"dynamic(null) hasprefix_cs "a""#, "false"),
    ],
};
