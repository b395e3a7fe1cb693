//! `hassuffix` and `hassuffix_cs`: whether a term of a text ends with another text.

use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::search::{Case, Edges, search},
};

/// `text hassuffix search`.
pub static HASSUFFIX: Function = Function {
    name: "hassuffix",
    aliases: &[],
    section: Section::Operator,
    doc: "hassuffix-operator",
    summary: "Whether a term of a text ends with another, in any case.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| search(args, Edges::Suffix, Case::Insensitive)),
    examples: &[
        Example::gives("The end of a term", r#""North America" hassuffix "RTH""#, "true"),
        Example::gives("The beginning of a term", r#""North America" hassuffix "ame""#, "false"),
        Example::gives("An empty search", r#""abc" hassuffix """#, "true"),
        Example::gives("In a null", r#"dynamic(null) hassuffix "a""#, "false"),
    ],
};

/// `text hassuffix_cs search`.
pub static HASSUFFIX_CS: Function = Function {
    name: "hassuffix_cs",
    aliases: &[],
    section: Section::Operator,
    doc: "hassuffix-cs-operator",
    summary: "Whether a term of a text ends with another; case counts.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| search(args, Edges::Suffix, Case::Sensitive)),
    examples: &[
        Example::gives("The same case", r#""North America" hassuffix_cs "rth""#, "true"),
        Example::gives("Another case", r#""North America" hassuffix_cs "RTH""#, "false"),
        Example::gives("In a null", r#"dynamic(null) hassuffix_cs "a""#, "false"),
    ],
};
