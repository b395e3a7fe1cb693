//! `tobool`: a value as `bool`.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `tobool(value)`.
pub static FUNCTION: Function = Function {
    name: "tobool",
    aliases: &["toboolean"],
    section: Section::Conversion,
    doc: "tobool-function",
    summary: "A value as true or false; every number but 0 is true.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Bool))),
    examples: &[
        Example::gives("Its name", r#"tobool("true")"#, "true"),
        Example::gives("In any case", r#"tobool("False")"#, "false"),
        Example::gives("A number", "tobool(123)", "true"),
        Example::gives("Zero", "tobool(0)", "false"),
        Example::gives("A number as text", r#"tobool("1")"#, "true"),
        Example::gives("A dynamic bool", r#"tobool(dynamic({"x":true}).x)"#, "true"),
        Example::gives("Any other text", r#"tobool("yes")"#, "bool(null)"),
        Example::gives("Null", "tobool(long(null))", "bool(null)"),
        Example::gives("The other name", r#"toboolean("true")"#, "true"),
    ],
};
