//! `contains` and `contains_cs`: whether a text holds another anywhere.

use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::search::{Case, Edges, search},
};

/// `text contains search`.
pub static CONTAINS: Function = Function {
    name: "contains",
    aliases: &[],
    section: Section::Operator,
    doc: "contains-operator",
    summary: "Whether a text holds another anywhere, in any case.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| search(args, Edges::Anywhere, Case::Insensitive)),
    examples: &[
        Example::gives("In the middle of a term", r#""FabriKam" contains "BRik""#, "true"),
        Example::gives("Not there", r#""Fabrikam" contains "cam""#, "false"),
        Example::gives("Letters of any script", r#""CAFÉ" contains "fé""#, "true"),
        Example::gives("A dynamic by its JSON text", r#"dynamic({"SPF":"softfail"}) contains "fail""#, "true"),
        Example::gives("An empty search", r#""abc" contains """#, "true"),
        Example::gives("In a null", r#"dynamic(null) contains "a""#, "false"),
    ],
};

/// `text contains_cs search`.
pub static CONTAINS_CS: Function = Function {
    name: "contains_cs",
    aliases: &[],
    section: Section::Operator,
    doc: "contains-cs-operator",
    summary: "Whether a text holds another anywhere; case counts.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| search(args, Edges::Anywhere, Case::Sensitive)),
    examples: &[
        Example::gives("The same case", r#""FabriKam" contains_cs "Kam""#, "true"),
        Example::gives("Another case", r#""FabriKam" contains_cs "kam""#, "false"),
        Example::gives("An empty search", r#""" contains_cs """#, "true"),
        Example::gives("In a null", r#"dynamic(null) contains_cs "a""#, "false"),
    ],
};
