//! `member` and `element`: what `object.name` and `object[index]` stand for.
//!
//! On anything that is no bag, or no array, they give null and never fail.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::step};

/// `object.name`: for the binder, no part of the language.
pub static MEMBER: Function = Function {
    name: "member",
    aliases: &[],
    section: Section::Internal,
    doc: "scalar-data-types/dynamic",
    summary: "The value of a property bag's member.",
    params: &[
        Param::required("object", ParamType::Exact(Type::Dynamic)),
        Param::required("name", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(step(&call.args[0], call.args[1].clone()))),
    examples: &[
        Example::gives("A member", r#"dynamic({"a":{"b":1}}).a.b"#, "dynamic(1)"),
        Example::gives("In brackets", r#"dynamic({"a b":1})["a b"]"#, "dynamic(1)"),
        Example::gives("Missing", r#"dynamic({"a":1}).b"#, "dynamic(null)"),
        Example::gives("Of an array", "dynamic([1]).a", "dynamic(null)"),
        Example::gives("Of null", "dynamic(null).a", "dynamic(null)"),
    ],
};

/// `object[index]`: for the binder, no part of the language.
pub static ELEMENT: Function = Function {
    name: "element",
    aliases: &[],
    section: Section::Internal,
    doc: "scalar-data-types/dynamic",
    summary: "An array's element, counted from 0, or from the end by a negative number; a member if the index is text.",
    params: &[Param::required("object", ParamType::Exact(Type::Dynamic)), Param::required("index", ParamType::Any)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(step(&call.args[0], call.args[1].clone()))),
    examples: &[
        Example::gives("The first", "dynamic([10, 20, 30])[0]", "dynamic(10)"),
        Example::gives("The last", "dynamic([10, 20, 30])[-1]", "dynamic(30)"),
        Example::gives("Outside", "dynamic([10, 20, 30])[3]", "dynamic(null)"),
        Example::gives("Of a bag", r#"dynamic({"a":1})[0]"#, "dynamic(null)"),
    ],
};
