//! `make_datetime`: a moment from its parts.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::{
    Type,
    text::{datetime, timespan::TICKS_PER_SECOND},
};

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    coerce,
    kernel::{Args, KernelError, Longs, each_long},
    rewrite::to_type,
};

/// `make_datetime(year, month, day [, hour, minute, second])`.
pub static FUNCTION: Function = Function {
    name: "make_datetime",
    aliases: &[],
    section: Section::Datetime,
    doc: "make-datetime-function",
    summary: "The datetime of a year, month and day, and an hour, minute and second; or what a text says.",
    params: &[Param::repeated("part", ParamType::Any, 1, 6)],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("A day", "make_datetime(2026, 10, 1)", "datetime(2026-10-01)"),
        Example::gives("To the minute", "make_datetime(2026, 10, 1, 12, 10)", "datetime(2026-10-01 12:10)"),
        Example::gives(
            "With a fraction",
            "make_datetime(2026, 10, 1, 12, 11, 0.1234567)",
            "datetime(2026-10-01 12:11:00.1234567)",
        ),
        Example::gives("A text", r#"make_datetime("2026-10-01")"#, "datetime(2026-10-01)"),
        Example::gives("No such day", "make_datetime(2026, 2, 29)", "datetime(null)"),
        Example::gives("Null", "make_datetime(2026, int(null), 1)", "datetime(null)"),
        Example::fails("Two parts", "make_datetime(2026, 10)", "K0203"),
        Example::fails("Parts are numbers", r#"make_datetime("a", 10, 1)"#, "K0202"),
    ],
};

static KERNEL: Function = Function { eval: Eval::Kernel(make), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    if let [value] = call.args {
        return Ok(to_type(value, Type::Datetime));
    }
    if call.args.len() == 2 {
        let expected = "1 argument or 3 to 6 arguments".to_owned();
        return Err(CallError::Arguments { function: FUNCTION.name, expected, found: 2 });
    }
    let parts: Result<Vec<Typed>, CallError> = call.args.iter().enumerate().map(|(position, arg)| part(position, arg)).collect();
    Ok(kernel_call(&KERNEL, parts?, Type::Datetime))
}

/// Seconds may have a fraction; the other parts are whole.
fn part(position: usize, arg: &Typed) -> Result<Typed, CallError> {
    let ty = if position == 5 { Type::Real } else { Type::Long };
    let number = matches!(arg.ty, Type::Int | Type::Long | Type::Real | Type::Decimal | Type::Dynamic);
    if number && ty == Type::Long && arg.ty != Type::Int {
        return Ok(Typed::new(to_type(arg, ty), ty));
    }
    let refused = || CallError::ArgumentType {
        function: FUNCTION.name,
        position: position + 1,
        parameter: "part",
        expected: "a number".to_owned(),
        found: arg.ty,
    };
    if number { coerce(arg.clone(), ty).map_err(|_| refused()) } else { Err(refused()) }
}

fn make(args: &Args) -> Result<ArrayRef, KernelError> {
    let whole: Vec<Longs> = (0..args.len().min(5)).map(|position| args.longs(position)).collect::<Result<_, _>>()?;
    let seconds = if args.len() > 5 { Some(args.reals(5)?) } else { None };
    Ok(each_long(args, |row| {
        let part = |position: usize| whole.get(position).map_or(Some(0), |part| part.get(row));
        let seconds = seconds.as_ref().map_or(Some(0.0), |seconds| seconds.get(row))?;
        if !(0.0..60.0).contains(&seconds) {
            return None;
        }
        let minute = datetime::from_civil(part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, 0, 0)?;
        let ticks = (seconds * TICKS_PER_SECOND as f64).round() as i64;
        minute.checked_add(ticks).filter(|&ticks| datetime::in_range(ticks))
    }))
}
