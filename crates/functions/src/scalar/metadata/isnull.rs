//! `isnull` and `isnotnull`: whether a value is missing.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{Call, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `isnull(value)`.
pub static ISNULL: Function = Function {
    name: "isnull",
    aliases: &[],
    section: Section::Metadata,
    doc: "isnull-function",
    summary: "Whether a value is null; a text never is.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(is_null(call, true))),
    examples: &[
        Example::gives("A number", "isnull(1)", "false"),
        Example::gives("A null number", "isnull(long(null))", "true"),
        Example::gives("A text is never null", r#"isnull("")"#, "false"),
        Example::gives("A missing member", "isnull(dynamic({}).a)", "true"),
        Example::gives("JSON's null", "isnull(parse_json('null'))", "true"),
        Example::gives("An empty array", "isnull(dynamic([]))", "false"),
    ],
};

/// `isnotnull(value)`.
pub static ISNOTNULL: Function = Function {
    name: "isnotnull",
    aliases: &["notnull"],
    section: Section::Metadata,
    doc: "isnotnull-function",
    summary: "Whether a value is not null; a text never is null.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(is_null(call, false))),
    examples: &[
        Example::gives("A number", "isnotnull(1)", "true"),
        Example::gives("A null number", "isnotnull(long(null))", "false"),
        Example::gives("A text is never null", r#"isnotnull("")"#, "true"),
    ],
};

fn is_null(call: &Call, wanted: bool) -> Expr {
    let arg = &call.args[0];
    let known = arg.as_constant().map(ScalarValue::is_null);
    if arg.ty == Type::String {
        return Expr::Literal(ScalarValue::Boolean(Some(!wanted)), None);
    }
    match known {
        Some(null) => Expr::Literal(ScalarValue::Boolean(Some(null == wanted)), None),
        None if wanted => arg.expr.clone().is_null(),
        None => arg.expr.clone().is_not_null(),
    }
}
