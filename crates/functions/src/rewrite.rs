//! Rewrites that several functions share: conversions, and paths into JSON fused with the parsing before and the conversion after.
//!
//! `tolong(parse_json(Text).a.b)` becomes one call of `json_path(Text, "a", "b")` that yields a `long`, and so costs one look
//! at each distinct text. Start with [`to_type`] and [`step`].

use datafusion_expr::{Expr, expr::ScalarFunction};
use schema::Type;

use crate::{
    Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{ScalarKernel, cast_json, convert, json_path},
};

/// Any value as a value of another type, as the explicit conversion functions do it.
pub(crate) static CONVERT: Function = Function {
    name: "convert",
    aliases: &[],
    section: Section::Internal,
    doc: "scalar-data-types",
    summary: "A value converted to the type of the result.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::SameAs(0),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(convert),
    examples: &[],
};

/// A path into a JSON text or dynamic value.
pub(crate) static JSON_PATH: Function = Function {
    name: "json_path",
    aliases: &[],
    section: Section::Internal,
    doc: "scalar-data-types/dynamic",
    summary: "The value at a path of keys and indexes, converted to the type of the result.",
    params: &[Param::required("json", ParamType::Any), Param::repeated("step", ParamType::Any, 0, usize::MAX)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(json_path),
    examples: &[],
};

/// A dynamic value taken as another type without conversion.
static CAST_JSON: Function = Function { name: "cast_json", eval: Eval::Kernel(cast_json), ..JSON_PATH };

/// A value converted explicitly to `ty`; null where it cannot be.
pub(crate) fn to_type(value: &Typed, ty: Type) -> Expr {
    if value.ty == ty {
        return value.expr.clone();
    }
    if value.ty != Type::Dynamic {
        return kernel_call(&CONVERT, vec![value.clone()], ty);
    }
    kernel_call(&JSON_PATH, path_of(value), ty)
}

/// A dynamic value as `ty` if that is what it is, else null: what `to typeof(ty)` does.
pub(crate) fn cast_type(value: &Typed, ty: Type) -> Expr {
    kernel_call(&CAST_JSON, vec![value.clone()], ty)
}

/// A text parsed as JSON.
pub(crate) fn parse(text: &Typed) -> Expr {
    kernel_call(&JSON_PATH, vec![text.clone()], Type::Dynamic)
}

/// The member or element of a dynamic value that `key` (a text, a number or a dynamic holding one of them) names.
pub(crate) fn step(object: &Typed, key: Typed) -> Expr {
    let mut path = path_of(object);
    path.push(key);
    kernel_call(&JSON_PATH, path, Type::Dynamic)
}

/// The arguments of the path that a dynamic value is read by: those of `json_path` if it is one, else the value itself.
fn path_of(value: &Typed) -> Vec<Typed> {
    if let Expr::ScalarFunction(ScalarFunction { func, args }) = &value.expr
        && let Some(kernel) = func.inner().downcast_ref::<ScalarKernel>()
        && kernel.function().name == JSON_PATH.name
    {
        return args.iter().zip(kernel.types()).map(|(expr, ty)| Typed::new(expr.clone(), *ty)).collect();
    }
    vec![value.clone()]
}
