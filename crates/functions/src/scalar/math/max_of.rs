//! `min_of`, `max_of`: the least and the greatest of several values.

use datafusion_expr::{Expr, Operator, binary_expr};
use schema::Type;

use crate::{
    Call, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{choose, null},
};

const PARAMS: &[Param] = &[Param::repeated("arg", ParamType::Common, 1, 64)];
const NULLS: Nulls = Nulls::Custom("Nulls are passed over; null only if all arguments are.");

/// `max_of(arg, ...)`.
pub static MAX_OF: Function = Function {
    name: "max_of",
    aliases: &[],
    section: Section::Math,
    doc: "max-of-function",
    summary: "The greatest of the arguments.",
    params: PARAMS,
    returns: Returns::Common,
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(extreme(call, Operator::Gt))),
    examples: &[
        Example::gives("Longs", "max_of(10, 1, -3, 17)", "17"),
        Example::gives("A null is passed over", "max_of(int(null), int(2))", "int(2)"),
        Example::gives("All null", "max_of(long(null), long(null))", "long(null)"),
        Example::gives("Datetimes", "max_of(datetime(2026-01-01), datetime(2025-01-01))", "datetime(2026-01-01)"),
        Example::gives("Common type", "max_of(1, 2.5)", "2.5"),
        Example::gives("Texts", r#"max_of("a", "b")"#, r#""b""#),
        Example::fails("Of two kinds", "max_of(1, 1h)", "K0205"),
    ],
};

/// `min_of(arg, ...)`.
pub static MIN_OF: Function = Function {
    name: "min_of",
    aliases: &[],
    section: Section::Math,
    doc: "min-of-function",
    summary: "The least of the arguments.",
    params: PARAMS,
    returns: Returns::Common,
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(extreme(call, Operator::Lt))),
    examples: &[
        Example::gives("Longs", "min_of(10, 1, -3, 17)", "-3"),
        Example::gives("A null is passed over", "min_of(long(null), 2, 7)", "2"),
        Example::gives("All null", "min_of(long(null), long(null))", "long(null)"),
        Example::gives("Timespans", "min_of(1h, 30m)", "30m"),
    ],
};

/// The argument that stands in relation `better` to the others.
fn extreme(call: &Call, better: Operator) -> Expr {
    let mut args = call.args.iter().map(|arg| arg.expr.clone());
    let first = args.next().unwrap_or_else(|| null(Type::Dynamic));
    args.fold(first, |best, next| {
        // A null makes the comparison null, which is not true.
        let take_next = best.clone().is_null().or(binary_expr(next.clone(), better, best.clone()));
        choose(take_next, next, best)
    })
}
