//! `make_timespan`: a span from its parts.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::{
    Type,
    text::timespan::{TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND},
};

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{Args, KernelError, Reals, each_long},
    rewrite::to_type,
};

/// `make_timespan([day,] hour, minute [, second])`.
pub static FUNCTION: Function = Function {
    name: "make_timespan",
    aliases: &[],
    section: Section::Datetime,
    doc: "make-timespan-function",
    summary: "The timespan of hours, minutes and seconds, or of days, hours, minutes and seconds; or what a text says.",
    params: &[Param::repeated("part", ParamType::Any, 1, 4)],
    returns: Returns::Fixed(Type::Timespan),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("Hours and minutes", "make_timespan(1, 30)", "1.5h"),
        Example::gives("And seconds", "make_timespan(1, 30, 15.5)", "time(01:30:15.5)"),
        Example::gives("And days", "make_timespan(1, 12, 30, 55.123)", "time(1.12:30:55.123)"),
        Example::gives("A text", r#"make_timespan("01:30")"#, "1.5h"),
        Example::gives("Out of range", "make_timespan(24, 0)", "timespan(null)"),
        Example::gives("Null", "make_timespan(1, long(null))", "timespan(null)"),
    ],
};

static KERNEL: Function = Function { eval: Eval::Kernel(make), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    if let [value] = call.args {
        return Ok(to_type(value, Type::Timespan));
    }
    let part = |(position, arg): (usize, &Typed)| match arg.ty {
        Type::Int | Type::Long | Type::Real | Type::Decimal | Type::Dynamic => {
            Ok(Typed::new(to_type(arg, Type::Real), Type::Real))
        }
        found => Err(CallError::ArgumentType {
            function: FUNCTION.name,
            position: position + 1,
            parameter: "part",
            expected: "a number".to_owned(),
            found,
        }),
    };
    let parts: Result<Vec<Typed>, CallError> = call.args.iter().enumerate().map(part).collect();
    Ok(kernel_call(&KERNEL, parts?, Type::Timespan))
}

fn make(args: &Args) -> Result<ArrayRef, KernelError> {
    let parts: Vec<Reals> = (0..args.len()).map(|position| args.reals(position)).collect::<Result<_, _>>()?;
    // Days come first only when all four parts are given.
    let first = usize::from(args.len() == 4);
    Ok(each_long(args, |row| {
        let part = |position: usize, below: f64| {
            let value = parts.get(position).map_or(Some(0.0), |part| part.get(row))?;
            (0.0..below).contains(&value).then_some(value)
        };
        let whole = |position: usize, below: f64| part(position, below).map(|value| value.trunc() as i64);
        let days = if first == 1 { whole(0, 10_675_199.0)? } else { 0 };
        let (hours, minutes) = (whole(first, 24.0)?, whole(first + 1, 60.0)?);
        let ticks = (part(first + 2, 60.0)? * TICKS_PER_SECOND as f64).round() as i64;
        Some(days * TICKS_PER_DAY + hours * TICKS_PER_HOUR + minutes * TICKS_PER_MINUTE + ticks)
    }))
}
