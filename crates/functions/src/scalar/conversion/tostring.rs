//! `tostring`: a value as text.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `tostring(value)`.
pub static FUNCTION: Function = Function {
    name: "tostring",
    aliases: &[],
    section: Section::Conversion,
    doc: "tostring-function",
    summary: "The text form of a value; an empty text for null.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::String))),
    examples: &[
        Example::gives("A number", "tostring(123)", r#""123""#),
        Example::gives("A whole real", "tostring(2.0)", r#""2""#),
        Example::gives("A bool", "tostring(true)", r#""true""#),
        Example::gives("A moment", "tostring(datetime(2026-01-02T03:04:05.6Z))", r#""2026-01-02T03:04:05.6000000Z""#),
        Example::gives("A span", "tostring(1.5h)", r#""01:30:00""#),
        Example::gives("A text in a dynamic loses its quotes", r#"tostring(dynamic({"SPF":"fail"}).SPF)"#, r#""fail""#),
        Example::gives("A bag", r#"tostring(dynamic({"a": [1, null, "x"]}))"#, r#"@'{"a":[1,null,"x"]}'"#),
        Example::gives("A member of parsed text", r#"tostring(parse_json('{"SPF": "softfail"}').SPF)"#, r#""softfail""#),
        Example::gives("A missing member", "tostring(parse_json('{}').SPF)", r#""""#),
        Example::gives("A member of text that is no JSON", "tostring(parse_json('spf=fail').SPF)", r#""""#),
        Example::gives("Null", "tostring(long(null))", r#""""#),
        Example::gives("Null dynamic", "tostring(dynamic(null))", r#""""#),
    ],
};
