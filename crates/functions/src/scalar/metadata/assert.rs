//! `assert`: a condition that must hold for the query to run.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
};

/// `assert(condition, message)`.
pub static FUNCTION: Function = Function {
    name: "assert",
    aliases: &[],
    section: Section::Conditional,
    doc: "assert-function",
    summary: "True if a constant condition holds; otherwise the query is refused with the message.",
    params: &[
        Param::required("condition", ParamType::Constant(Type::Bool)),
        Param::required("message", ParamType::Constant(Type::String)),
    ],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null condition does not hold."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(assert),
    examples: &[
        Example::gives("It holds", r#"assert(1 < 2, "numbers have an order")"#, "true"),
        Example::fails("It does not", r#"assert(1 > 2, "numbers have an order")"#, "K0204"),
        Example::fails("Null", r#"assert(bool(null), "known")"#, "K0204"),
    ],
};

fn assert(call: &Call) -> Result<Expr, CallError> {
    match call.args.first().and_then(Typed::as_constant) {
        Some(ScalarValue::Boolean(Some(true))) => Ok(Expr::Literal(ScalarValue::Boolean(Some(true)), None)),
        _ => Err(CallError::ArgumentValue {
            function: FUNCTION.name,
            position: 1,
            parameter: "condition",
            problem: format!("does not hold: {}", call.args.get(1).and_then(Typed::as_text).unwrap_or_default()),
        }),
    }
}
