//! `isempty` and `isnotempty`: whether a value is an empty text or null.

use datafusion_expr::{Expr, Operator, binary_expr};
use schema::Type;

use crate::{
    Call, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed, rewrite::to_type,
};

/// `isempty(value)`.
pub static ISEMPTY: Function = Function {
    name: "isempty",
    aliases: &[],
    section: Section::String,
    doc: "isempty-function",
    summary: "Whether a value is an empty text or null.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(empty(call, Operator::Eq))),
    examples: &[
        Example::gives("Empty", r#"isempty("")"#, "true"),
        Example::gives("Not empty", r#"isempty("x")"#, "false"),
        Example::gives("White space is text", r#"isempty(" ")"#, "false"),
        Example::gives("A null number", "isempty(long(null))", "true"),
        Example::gives("A number", "isempty(0)", "false"),
        Example::gives("Parsed from nothing", r#"isempty(parse_json(""))"#, "true"),
        Example::gives("An empty array", r#"isempty(parse_json("[]"))"#, "false"),
        Example::gives("An empty bag", r#"isempty(parse_json("{}"))"#, "false"),
        Example::gives("A missing member", "isempty(dynamic({}).a)", "true"),
        Example::gives("An empty dynamic text", r#"isempty(dynamic(""))"#, "true"),
    ],
};

/// `isnotempty(value)`.
pub static ISNOTEMPTY: Function = Function {
    name: "isnotempty",
    aliases: &["notempty"],
    section: Section::String,
    doc: "isnotempty-function",
    summary: "Whether a value is neither an empty text nor null.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(empty(call, Operator::NotEq))),
    examples: &[
        Example::gives("A text", r#"isnotempty("x")"#, "true"),
        Example::gives("Empty", r#"isnotempty("")"#, "false"),
        Example::gives("A null number", "isnotempty(long(null))", "false"),
        Example::gives("A number", "isnotempty(5)", "true"),
        Example::gives("A missing member", "isnotempty(dynamic({}).a)", "false"),
        Example::gives("A member", r#"isnotempty(dynamic({"a":0}).a)"#, "true"),
    ],
};

/// A text compared with the empty text; any other value with null.
fn empty(call: &Call, comparison: Operator) -> Expr {
    let value = &call.args[0];
    match value.ty {
        Type::String | Type::Dynamic => binary_expr(to_type(value, Type::String), comparison, Typed::text("").expr),
        _ if comparison == Operator::Eq => value.expr.clone().is_null(),
        _ => value.expr.clone().is_not_null(),
    }
}
