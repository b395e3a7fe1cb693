//! `todatetime`: a value as `datetime`.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `todatetime(value)`.
pub static FUNCTION: Function = Function {
    name: "todatetime",
    aliases: &[],
    section: Section::Conversion,
    doc: "todatetime-function",
    summary: "A value as a moment in UTC.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Datetime))),
    examples: &[
        Example::gives("A text", r#"todatetime("2015-12-31 23:59:59.9")"#, "datetime(2015-12-31T23:59:59.9Z)"),
        Example::gives("A date", r#"todatetime("2026-11-20")"#, "datetime(2026-11-20)"),
        Example::gives(
            "A dynamic text",
            r#"todatetime(dynamic({"t":"2026-11-20T23:00:00Z"}).t)"#,
            "datetime(2026-11-20T23:00:00Z)",
        ),
        Example::gives("No moment", r#"todatetime("yesterday")"#, "datetime(null)"),
        Example::gives("Empty text", r#"todatetime("")"#, "datetime(null)"),
        Example::gives("Null", "todatetime(dynamic(null))", "datetime(null)"),
    ],
};
