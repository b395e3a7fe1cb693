//! `has` and `has_cs`: whether a text holds whole terms, runs of letters and digits.

use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::search::{Case, Edges, search},
};

/// `text has search`.
pub static HAS: Function = Function {
    name: "has",
    aliases: &[],
    section: Section::Operator,
    doc: "has-operator",
    summary: "Whether a text holds another as whole terms, in any case.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| search(args, Edges::Term, Case::Insensitive)),
    examples: &[
        Example::gives("A term in any case", r#""North America" has "america""#, "true"),
        Example::gives("Part of a term", r#""North America" has "amer""#, "false"),
        Example::gives("Several terms", r#""Action required: verify your account" has "verify your""#, "true"),
        Example::gives("An underscore ends a term", r#""dkim_fail" has "fail""#, "true"),
        Example::gives("A digit does not", r#""fail2" has "fail""#, "false"),
        Example::gives("Punctuation at an edge needs no boundary", r#"@'"DKIM":"fail"' has @'DKIM":"fail'"#, "true"),
        Example::gives("A letter at an edge does", r#"@'"DKIM":"failed"' has @'DKIM":"fail'"#, "false"),
        Example::gives("A domain", r#""login.contoso.sharepoint.com/x" has ".sharepoint.com""#, "true"),
        Example::gives("Letters of any script", r#""Überweisung fällig" has "ÜBERWEISUNG""#, "true"),
        Example::gives("A dynamic by its JSON text", r#"dynamic(["Spoof DMARC"]) has "spoof""#, "true"),
        Example::gives("An empty search", r#""abc" has """#, "true"),
        Example::gives("In an empty text", r#""" has "a""#, "false"),
        Example::gives("In a null", r#"dynamic(null) has "a""#, "false"),
    ],
};

/// `text has_cs search`.
pub static HAS_CS: Function = Function {
    name: "has_cs",
    aliases: &[],
    section: Section::Operator,
    doc: "has-cs-operator",
    summary: "Whether a text holds another as whole terms; case counts.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| search(args, Edges::Term, Case::Sensitive)),
    examples: &[
        Example::gives("The same case", r#""North America" has_cs "America""#, "true"),
        Example::gives("Another case", r#""North America" has_cs "america""#, "false"),
        Example::gives("Part of a term", r#""North America" has_cs "Amer""#, "false"),
        Example::gives("An empty search", r#""abc" has_cs """#, "true"),
        Example::gives("In a null", r#"dynamic(null) has_cs "a""#, "false"),
    ],
};
