//! `gettype`: the type a value has at run time.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, Values, each_text,
        json::{self, Kind},
    },
};

/// `gettype(value)`.
pub static FUNCTION: Function = Function {
    name: "gettype",
    aliases: &[],
    section: Section::Metadata,
    doc: "gettype-function",
    summary: "The name of a value's type; for a dynamic value, of what it holds.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null dynamic is of type `null`; any other null is of its column's type."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(gettype),
    examples: &[
        Example::gives("Text", r#"gettype("a")"#, r#""string""#),
        Example::gives("A number", "gettype(111)", r#""long""#),
        Example::gives("A real", "gettype(123.45)", r#""real""#),
        Example::gives("A bool", "gettype(1 == 1)", r#""bool""#),
        Example::gives("A span", "gettype(1s)", r#""timespan""#),
        Example::gives("A small dynamic number", "gettype(parse_json('1'))", r#""int""#),
        Example::gives("A large dynamic number", "gettype(parse_json('3000000000'))", r#""long""#),
        Example::gives("A dynamic fraction", "gettype(parse_json('1.5'))", r#""real""#),
        Example::gives("A dynamic text", r#"gettype(parse_json(' "abc" '))"#, r#""string""#),
        Example::gives("A bag", r#"gettype(parse_json(' {"abc":1} '))"#, r#""dictionary""#),
        Example::gives("An array", "gettype(parse_json(' [1, 2, 3] '))", r#""array""#),
        Example::gives("Null", "gettype(parse_json(''))", r#""null""#),
        Example::gives("A null long", "gettype(long(null))", r#""long""#),
    ],
};

fn gettype(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = Values::of(args, 0)?;
    Ok(each_text(args, |row, out| {
        out.push_str(if values.ty() == Type::Dynamic { json_type(values.json(row).unwrap_or("")) } else { values.ty().name() });
    }))
}

fn json_type(value: &str) -> &'static str {
    match json::kind(value) {
        Kind::Null => "null",
        Kind::Bool => "bool",
        Kind::Number if value.parse::<i32>().is_ok() => "int",
        Kind::Number if value.parse::<i64>().is_ok() => "long",
        Kind::Number => "real",
        Kind::String => "string",
        Kind::Array => "array",
        Kind::Bag => "dictionary",
    }
}
