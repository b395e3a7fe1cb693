//! `datetime_add`: a moment so many periods on.

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

/// `datetime_add(period, amount, datetime)`.
pub static FUNCTION: Function = Function {
    name: "datetime_add",
    aliases: &[],
    section: Section::Datetime,
    doc: "datetime-add-function",
    summary: "A datetime moved by a number of periods; months keep the day where the month has it, else its last.",
    params: &[
        Param::required("period", ParamType::Constant(Type::String)),
        Param::required("amount", ParamType::Exact(Type::Long)),
        Param::required("datetime", ParamType::Exact(Type::Datetime)),
    ],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("Month", "datetime_add('month', 1, datetime(2026-01-31 10:00))", "datetime(2026-02-28 10:00)"),
        Example::gives("Year", "datetime_add('year', -1, datetime(2028-02-29))", "datetime(2027-02-28)"),
        Example::gives("Quarter", "datetime_add('quarter', 2, datetime(2026-11-20))", "datetime(2027-05-20)"),
        Example::gives("Week", "datetime_add('week', 1, datetime(2026-01-01))", "datetime(2026-01-08)"),
        Example::gives("Day", "datetime_add('day', -1, datetime(2026-01-01))", "datetime(2025-12-31)"),
        Example::gives("Second", "datetime_add('second', 90, datetime(2026-01-01))", "datetime(2026-01-01 00:01:30)"),
        Example::gives("Null", "datetime_add('day', long(null), datetime(2026-01-01))", "datetime(null)"),
        Example::gives("Beyond the last moment", "datetime_add('year', 9000, datetime(2026-01-01))", "datetime(null)"),
        Example::fails("Unknown period", "datetime_add('era', 1, datetime(2026-01-01))", "K0204"),
    ],
};

static KERNEL: Function = Function { eval: Eval::Kernel(add), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    Unit::of_constant(FUNCTION.name, call)?;
    Ok(kernel_call(&KERNEL, call.args.to_vec(), Type::Datetime))
}

fn add(args: &Args) -> Result<ArrayRef, KernelError> {
    let unit = args.constant_text(0).and_then(Unit::parse);
    let (amounts, dates) = (args.longs(1)?, args.longs(2)?);
    Ok(each_long(args, |row| moved(unit?, amounts.get(row)?, dates.get(row)?)))
}

fn moved(unit: Unit, amount: i64, date: i64) -> Option<i64> {
    let ticks = match unit {
        Unit::Year => return datetime::add_months(date, amount.checked_mul(12)?),
        Unit::Quarter => return datetime::add_months(date, amount.checked_mul(3)?),
        Unit::Month => return datetime::add_months(date, amount),
        Unit::Week => amount.checked_mul(7 * TICKS_PER_DAY)?,
        Unit::Span(span) => amount.checked_mul(span)?,
        Unit::Nanosecond => amount / 100,
    };
    date.checked_add(ticks).filter(|&ticks| datetime::in_range(ticks))
}
