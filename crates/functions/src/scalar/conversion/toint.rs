//! `toint`: a value as `int`.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `toint(value)`.
pub static FUNCTION: Function = Function {
    name: "toint",
    aliases: &[],
    section: Section::Conversion,
    doc: "toint-function",
    summary: "A value as a 32-bit integer; fractions are cut off.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Int))),
    examples: &[
        Example::gives("Text", r#"toint("123")"#, "int(123)"),
        Example::gives("A real", "toint(2.3)", "int(2)"),
        Example::gives("A dynamic number", "toint(dynamic(7.9))", "int(7)"),
        Example::gives("Beyond 32 bits", "toint(2147483648)", "int(null)"),
        Example::gives("No number", r#"toint("twelve")"#, "int(null)"),
        Example::gives("Null", "toint(long(null))", "int(null)"),
    ],
};
