//! `around`: whether a value lies within a distance of another.

use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, apply,
    operator::{
        arithmetic::{ADD, SUBTRACT},
        comparison::{GREATER_OR_EQUAL, LESS_OR_EQUAL},
        logic::AND,
    },
};

/// `around(value, center, delta)`.
pub static FUNCTION: Function = Function {
    name: "around",
    aliases: &[],
    section: Section::Math,
    doc: "around-function",
    summary: "Whether a value lies within a distance of a center, both ends included.",
    params: &[
        Param::required("value", ParamType::NumberOrTime),
        Param::required("center", ParamType::NumberOrTime),
        Param::required("delta", ParamType::NumberOrTime),
    ],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(around),
    examples: &[
        Example::gives("Within", "around(4, 5, 2)", "true"),
        Example::gives("At the end", "around(7, 5, 2)", "true"),
        Example::gives("Outside", "around(7.5, 5, 2)", "false"),
        Example::gives("Moments", "around(datetime(2021-01-01 01:29), datetime(2021-01-01 01:30), 1min)", "true"),
        Example::gives("Null", "around(long(null), 5, 2)", "bool(null)"),
        Example::gives("A null distance", "around(4, 5, long(null))", "bool(null)"),
        Example::fails("A moment is no distance", "around(4, 5, datetime(2021-01-01))", "K0201"),
    ],
};

fn around(call: &Call) -> Result<Expr, CallError> {
    let [value, center, delta] = call.args else { return Err(CallError::Conversion { from: Type::Dynamic, to: Type::Bool }) };
    let apply =
        |function, left: &crate::Typed, right: &crate::Typed| apply(function, vec![left.clone(), right.clone()], call.clock);
    let from = apply(&GREATER_OR_EQUAL, value, &apply(&SUBTRACT, center, delta)?)?;
    let to = apply(&LESS_OR_EQUAL, value, &apply(&ADD, center, delta)?)?;
    Ok(apply(&AND, &from, &to)?.expr)
}
