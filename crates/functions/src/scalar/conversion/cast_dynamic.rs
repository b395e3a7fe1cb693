//! `cast_dynamic`: what `mv-expand X to typeof(T)` does to each element.
//!
//! Source: Microsoft's reference, page `mv-expand-operator`: the cast does not parse, what does not conform becomes null.

use crate::{Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::cast_type};

/// `cast_dynamic(value, typeof(T))`, the type given as its null: for the binder, no part of the language.
pub static FUNCTION: Function = Function {
    name: "cast_dynamic",
    aliases: &[],
    section: Section::Internal,
    doc: "mv-expand-operator",
    summary: "A dynamic value as another type if that is what it is, else null.",
    params: &[Param::required("value", ParamType::Exact(schema::Type::Dynamic)), Param::required("type", ParamType::Any)],
    returns: Returns::SameAs(1),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(cast_type(&call.args[0], call.args[1].ty))),
    examples: &[],
};
