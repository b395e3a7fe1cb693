//! `todecimal`: a value as `decimal`.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `todecimal(value)`.
pub static FUNCTION: Function = Function {
    name: "todecimal",
    aliases: &[],
    section: Section::Conversion,
    doc: "todecimal-function",
    summary: "A value as a decimal number.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Decimal),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Decimal))),
    examples: &[
        Example::gives("Text", r#"todecimal("123.45678")"#, "decimal(123.45678)"),
        Example::gives("A real keeps the digits it shows", "todecimal(0.1)", "decimal(0.1)"),
        Example::gives("A long", "todecimal(7)", "decimal(7)"),
        Example::gives("A dynamic number", "todecimal(dynamic(1.5))", "decimal(1.5)"),
        Example::gives("No number", r#"todecimal("abc")"#, "decimal(null)"),
        Example::gives("Null", "todecimal(real(null))", "decimal(null)"),
    ],
};
