//! `to_dynamic`: a value of any type as `dynamic`, where one is implicitly converted.

use schema::Type;

use crate::{Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `to_dynamic(value)`: for the binder, no part of the language.
pub static FUNCTION: Function = Function {
    name: "to_dynamic",
    aliases: &[],
    section: Section::Internal,
    doc: "scalar-data-types/dynamic",
    summary: "A value as it stands inside an array or property bag.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Dynamic))),
    examples: &[],
};
