//! `datetime_part`: a part of a datetime by name.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::{Type, text::datetime};

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{Args, KernelError, each_int},
};

/// `datetime_part(part, date)`.
pub static FUNCTION: Function = Function {
    name: "datetime_part",
    aliases: &["datepart"],
    section: Section::Datetime,
    doc: "datetime-part-function",
    summary: "The part of a datetime that a name asks for.",
    params: &[
        Param::required("part", ParamType::Constant(Type::String)),
        Param::required("date", ParamType::Exact(Type::Datetime)),
    ],
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("Year", "datetime_part('year', datetime(2017-10-30 01:02:03.7654321))", "int(2017)"),
        Example::gives("Quarter", "datetime_part('quarter', datetime(2017-10-30 01:02:03.7654321))", "int(4)"),
        Example::gives("Month", "datetime_part('month', datetime(2017-10-30 01:02:03.7654321))", "int(10)"),
        Example::gives("Week_of_year", "datetime_part('week_of_year', datetime(2017-10-30 01:02:03.7654321))", "int(44)"),
        Example::gives("Day", "datetime_part('day', datetime(2017-10-30 01:02:03.7654321))", "int(30)"),
        Example::gives("Dayofyear", "datetime_part('dayOfYear', datetime(2017-10-30 01:02:03.7654321))", "int(303)"),
        Example::gives("Hour", "datetime_part('hour', datetime(2017-10-30 01:02:03.7654321))", "int(1)"),
        Example::gives("Minute", "datetime_part('minute', datetime(2017-10-30 01:02:03.7654321))", "int(2)"),
        Example::gives("Second", "datetime_part('second', datetime(2017-10-30 01:02:03.7654321))", "int(3)"),
        Example::gives("Millisecond", "datetime_part('millisecond', datetime(2017-10-30 01:02:03.7654321))", "int(765)"),
        Example::gives("Microsecond", "datetime_part('microsecond', datetime(2017-10-30 01:02:03.7654321))", "int(765432)"),
        Example::gives("Nanosecond", "datetime_part('nanosecond', datetime(2017-10-30 01:02:03.7654321))", "int(765432100)"),
        Example::gives("In any case", "datetime_part('Hour', datetime(2017-10-30 01:02:03))", "int(1)"),
        Example::gives("Null", "datetime_part('hour', datetime(null))", "int(null)"),
        Example::fails("Unknown part", "datetime_part('era', datetime(2017-10-30))", "K0204"),
    ],
};

static KERNEL: Function = Function { eval: Eval::Kernel(part), ..FUNCTION };

/// What reads a part, by its name in any case.
fn reader(name: &str) -> Option<fn(i64) -> i64> {
    Some(match name.to_ascii_lowercase().as_str() {
        "year" => datetime::year,
        "quarter" => |ticks| (datetime::month(ticks) - 1) / 3 + 1,
        "month" => datetime::month,
        "week_of_year" | "weekofyear" => |ticks| datetime::iso_week(ticks).1,
        "day" => datetime::day,
        "dayofyear" => datetime::day_of_year,
        "hour" => |ticks| datetime::to_civil(ticks).hour,
        "minute" => |ticks| datetime::to_civil(ticks).minute,
        "second" => |ticks| datetime::to_civil(ticks).second,
        "millisecond" => |ticks| datetime::to_civil(ticks).ticks / 10_000,
        "microsecond" => |ticks| datetime::to_civil(ticks).ticks / 10,
        "nanosecond" => |ticks| datetime::to_civil(ticks).ticks * 100,
        _ => return None,
    })
}

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    if call.args.first().and_then(Typed::as_text).and_then(reader).is_none() {
        return Err(CallError::ArgumentValue {
            function: FUNCTION.name,
            position: 1,
            parameter: "part",
            problem:
                "must be year, quarter, month, week_of_year, day, dayOfYear, hour, minute, second, millisecond, microsecond or \
                      nanosecond"
                    .to_owned(),
        });
    }
    Ok(kernel_call(&KERNEL, call.args.to_vec(), Type::Int))
}

fn part(args: &Args) -> Result<ArrayRef, KernelError> {
    let reader = args.constant_text(0).and_then(reader);
    let dates = args.longs(1)?;
    Ok(each_int(args, |row| i32::try_from(reader?(dates.get(row)?)).ok()))
}
