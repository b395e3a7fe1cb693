//! `datetime_diff`: how many boundaries of a period lie between two moments.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::{
    Type,
    text::{datetime, timespan::TICKS_PER_DAY},
};

use super::unit::Unit;
use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    kernel::{Args, KernelError, each_long},
};

/// `datetime_diff(period, datetime1, datetime2)`.
pub static FUNCTION: Function = Function {
    name: "datetime_diff",
    aliases: &[],
    section: Section::Datetime,
    doc: "datetime-diff-function",
    summary: "The number of boundaries of a period, such as midnights for day, from the second datetime to the first.",
    params: &[
        Param::required("period", ParamType::Constant(Type::String)),
        Param::required("datetime1", ParamType::Exact(Type::Datetime)),
        Param::required("datetime2", ParamType::Exact(Type::Datetime)),
    ],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives(
            "Boundaries are counted, not spans",
            "datetime_diff('hour', datetime(2017-10-31 01:00), datetime(2017-10-30 23:59))",
            "2",
        ),
        Example::gives("Year", "datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31))", "17"),
        Example::gives("Quarter", "datetime_diff('quarter', datetime(2017-07-01), datetime(2017-03-30))", "2"),
        Example::gives("Month", "datetime_diff('month', datetime(2017-01-01), datetime(2015-12-30))", "13"),
        Example::gives(
            "Weeks begin on Sunday",
            "datetime_diff('week', datetime(2017-10-29 00:00), datetime(2017-09-30 23:59))",
            "5",
        ),
        Example::gives("Day", "datetime_diff('day', datetime(2017-10-29 00:00), datetime(2017-09-30 23:59))", "29"),
        Example::gives("Backwards", "datetime_diff('day', datetime(2026-01-01), datetime(2026-01-03))", "-2"),
        Example::gives("Minute", "datetime_diff('minute', datetime(2017-10-30 23:05:01), datetime(2017-10-30 23:00:59))", "5"),
        Example::gives(
            "Second",
            "datetime_diff('second', datetime(2017-10-30 23:00:10.100), datetime(2017-10-30 23:00:00.900))",
            "10",
        ),
        Example::gives(
            "Millisecond",
            "datetime_diff('millisecond', datetime(2017-10-30 23:00:00.200100), datetime(2017-10-30 23:00:00.100900))",
            "100",
        ),
        Example::gives(
            "Nanosecond",
            "datetime_diff('nanosecond', datetime(2017-10-30 23:00:00.0000001), datetime(2017-10-30 23:00:00))",
            "100",
        ),
        Example::gives("In any case", "datetime_diff('Day', datetime(2026-01-02), datetime(2026-01-01))", "1"),
        Example::gives("Null", "datetime_diff('day', datetime(null), datetime(2026-01-01))", "long(null)"),
        Example::fails("Unknown period", "datetime_diff('fortnight', datetime(2026-01-02), datetime(2026-01-01))", "K0204"),
    ],
};

static KERNEL: Function = Function { eval: Eval::Kernel(diff), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    Unit::of_constant(FUNCTION.name, call)?;
    Ok(kernel_call(&KERNEL, call.args.to_vec(), Type::Long))
}

fn diff(args: &Args) -> Result<ArrayRef, KernelError> {
    let unit = args.constant_text(0).and_then(Unit::parse);
    let (first, second) = (args.longs(1)?, args.longs(2)?);
    Ok(each_long(args, |row| {
        let (unit, first, second) = (unit?, first.get(row)?, second.get(row)?);
        match unit {
            Unit::Nanosecond => first.checked_sub(second)?.checked_mul(100),
            _ => number(unit, first).checked_sub(number(unit, second)),
        }
    }))
}

/// The number of the period a moment lies in, counted from some fixed one.
fn number(unit: Unit, ticks: i64) -> i64 {
    let civil = || datetime::to_civil(ticks);
    match unit {
        Unit::Year => civil().year,
        Unit::Quarter => civil().year * 4 + (civil().month - 1) / 3,
        Unit::Month => civil().year * 12 + civil().month,
        // 0001-01-01 was a Monday, so one day more makes the quotient change on Sundays.
        Unit::Week => (ticks.div_euclid(TICKS_PER_DAY) + 1).div_euclid(7),
        Unit::Span(span) => ticks.div_euclid(span),
        Unit::Nanosecond => ticks,
    }
}
