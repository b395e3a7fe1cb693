//! `tolong`: a value as `long`.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `tolong(value)`.
pub static FUNCTION: Function = Function {
    name: "tolong",
    aliases: &[],
    section: Section::Conversion,
    doc: "tolong-function",
    summary: "A value as a 64-bit integer; fractions are cut off.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Long))),
    examples: &[
        Example::gives("Text", r#"tolong("123")"#, "123"),
        Example::gives("Hexadecimal text", r#"tolong("0x1F")"#, "31"),
        Example::gives("A real", "tolong(-2.9)", "-2"),
        Example::gives("A bool", "tolong(true)", "1"),
        Example::gives("A dynamic number", r#"tolong(dynamic({"n":7}).n)"#, "7"),
        Example::gives("A dynamic text", r#"tolong(dynamic("7"))"#, "7"),
        Example::gives("No number", r#"tolong("abc")"#, "long(null)"),
        Example::gives("Empty text", r#"tolong("")"#, "long(null)"),
        Example::gives("Too large", "tolong(1e300)", "long(null)"),
        Example::gives("Null", "tolong(real(null))", "long(null)"),
    ],
};
