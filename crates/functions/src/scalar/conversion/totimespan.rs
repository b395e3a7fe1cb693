//! `totimespan`: a value as `timespan`.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `totimespan(value)`.
pub static FUNCTION: Function = Function {
    name: "totimespan",
    aliases: &["totime"],
    section: Section::Conversion,
    doc: "totimespan-function",
    summary: "A value as a span of time.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Timespan),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Timespan))),
    examples: &[
        Example::gives("A text", r#"totimespan("0.00:03:00")"#, "3m"),
        Example::gives("A text with days", r#"totimespan("1.02:03:04")"#, "time(1.02:03:04)"),
        Example::gives("A dynamic text", r#"totimespan(dynamic("00:00:10"))"#, "10s"),
        Example::gives("No span", r#"totimespan("soon")"#, "timespan(null)"),
        Example::gives("Null", "totimespan(dynamic(null))", "timespan(null)"),
        Example::gives("The other name", r#"totime("01:00:00")"#, "1h"),
    ],
};
