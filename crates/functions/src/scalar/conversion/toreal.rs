//! `toreal`: a value as `real`.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `toreal(value)`.
pub static FUNCTION: Function = Function {
    name: "toreal",
    aliases: &["todouble"],
    section: Section::Conversion,
    doc: "toreal-function",
    summary: "A value as a 64-bit floating-point number.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Real))),
    examples: &[
        Example::gives("Text", r#"toreal("123.4")"#, "123.4"),
        Example::gives("A long", "toreal(5)", "5.0"),
        Example::gives("A dynamic number", r#"toreal(dynamic({"score":0.25}).score)"#, "0.25"),
        Example::gives("An exponent", r#"toreal("1e3")"#, "1000.0"),
        Example::gives("No number", r#"toreal("abc")"#, "real(null)"),
        Example::gives("A bag", "toreal(dynamic({}))", "real(null)"),
        Example::gives("Null", "toreal(long(null))", "real(null)"),
        Example::gives("The other name", r#"todouble("1.5")"#, "1.5"),
    ],
};
