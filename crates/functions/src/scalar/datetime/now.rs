//! `now`, `ago`: the moment the run stands for, and spans before it.
//!
//! The clock is an input, so that a rule run late gives the rows it would have given in time.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed, apply,
    operator::arithmetic::{ADD, SUBTRACT},
};

/// `now([offset])`.
pub static NOW: Function = Function {
    name: "now",
    aliases: &[],
    section: Section::Datetime,
    doc: "now-function",
    summary: "The moment the run stands for, moved by a timespan if one is given.",
    params: &[Param::optional("offset", ParamType::Exact(Type::Timespan))],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(now),
    examples: &[
        Example::gives("Does not move within a run", "now() - now()", "0s"),
        Example::gives("With an offset", "now(-1h) - now()", "time(-01:00:00)"),
        Example::gives("Null", "now(timespan(null))", "datetime(null)"),
        Example::fails("Takes a timespan", "now(datetime(2026-01-01))", "K0202"),
    ],
};

/// `ago(timespan)`.
pub static AGO: Function = Function {
    name: "ago",
    aliases: &[],
    section: Section::Datetime,
    doc: "ago-function",
    summary: "The moment a timespan before the one the run stands for.",
    params: &[Param::required("timespan", ParamType::Exact(Type::Timespan))],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(ago),
    examples: &[
        Example::gives("An hour", "now() - ago(1h)", "1h"),
        Example::gives("A negative span lies ahead", "ago(-2d) - now()", "2d"),
        Example::gives("Null", "ago(timespan(null))", "datetime(null)"),
        Example::gives("Before the first moment", "ago(10000000d)", "datetime(null)"),
        Example::fails("Takes a timespan", r#"ago("1h")"#, "K0202"),
    ],
};

fn clock(call: &Call) -> Typed {
    Typed::constant(ScalarValue::Int64(Some(call.clock)), Type::Datetime)
}

fn now(call: &Call) -> Result<Expr, CallError> {
    match call.args.first() {
        Some(offset) => Ok(apply(&ADD, vec![clock(call), offset.clone()], call.clock)?.expr),
        None => Ok(clock(call).expr),
    }
}

fn ago(call: &Call) -> Result<Expr, CallError> {
    let span = call.args.first().cloned().unwrap_or_else(|| Typed::constant(ScalarValue::Int64(None), Type::Timespan));
    Ok(apply(&SUBTRACT, vec![clock(call), span], call.clock)?.expr)
}
