//! `startofday`, `startofweek`, `startofmonth`, `startofyear`: the first moment of the period a datetime lies in.

use arrow::array::ArrayRef;
use schema::{
    Type,
    text::{datetime, timespan::TICKS_PER_DAY},
};

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long},
};

const PARAMS: &[Param] =
    &[Param::required("date", ParamType::Exact(Type::Datetime)), Param::optional("offset", ParamType::Exact(Type::Long))];

/// `startofday(date [, offset])`.
pub static STARTOFDAY: Function = Function {
    name: "startofday",
    aliases: &[],
    section: Section::Datetime,
    doc: "startofday-function",
    summary: "The first moment of the day, moved by a number of days.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| start(args, day)),
    examples: &[
        Example::gives("Now", "startofday(datetime(2026-03-05 14:30))", "datetime(2026-03-05)"),
        Example::gives("The next", "startofday(datetime(2026-03-05 14:30), 1)", "datetime(2026-03-06)"),
        Example::gives("The one before", "startofday(datetime(2026-03-01), -1)", "datetime(2026-02-28)"),
        Example::gives("Null", "startofday(datetime(null))", "datetime(null)"),
        Example::gives("Null offset", "startofday(datetime(2026-03-05 14:30), long(null))", "datetime(null)"),
        Example::gives("Out of range", "startofday(datetime(2026-03-05 14:30), 9000000000)", "datetime(null)"),
    ],
};

/// `startofweek(date [, offset])`.
pub static STARTOFWEEK: Function = Function {
    name: "startofweek",
    aliases: &[],
    section: Section::Datetime,
    doc: "startofweek-function",
    summary: "The first moment of the week, which begins on Sunday, moved by a number of weeks.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| start(args, week)),
    examples: &[
        Example::gives("Now", "startofweek(datetime(2026-03-05 14:30))", "datetime(2026-03-01)"),
        Example::gives("The next", "startofweek(datetime(2026-03-05 14:30), 1)", "datetime(2026-03-08)"),
        Example::gives("A Sunday starts its week", "startofweek(datetime(2026-03-08))", "datetime(2026-03-08)"),
        Example::gives("A Saturday", "startofweek(datetime(2026-03-07 23:59:59))", "datetime(2026-03-01)"),
        Example::gives("Null", "startofweek(datetime(null))", "datetime(null)"),
        Example::gives("Null offset", "startofweek(datetime(2026-03-05 14:30), long(null))", "datetime(null)"),
        Example::gives("Out of range", "startofweek(datetime(2026-03-05 14:30), 9000000000)", "datetime(null)"),
    ],
};

/// `startofmonth(date [, offset])`.
pub static STARTOFMONTH: Function = Function {
    name: "startofmonth",
    aliases: &[],
    section: Section::Datetime,
    doc: "startofmonth-function",
    summary: "The first moment of the month, moved by a number of months.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| start(args, month)),
    examples: &[
        Example::gives("Now", "startofmonth(datetime(2026-02-17 14:30))", "datetime(2026-02-01)"),
        Example::gives("The next", "startofmonth(datetime(2026-02-17 14:30), 1)", "datetime(2026-03-01)"),
        Example::gives("Across the year", "startofmonth(datetime(2026-01-31), -1)", "datetime(2025-12-01)"),
        Example::gives("Null", "startofmonth(datetime(null))", "datetime(null)"),
        Example::gives("Null offset", "startofmonth(datetime(2026-02-17 14:30), long(null))", "datetime(null)"),
        Example::gives("Out of range", "startofmonth(datetime(2026-02-17 14:30), 9000000000)", "datetime(null)"),
    ],
};

/// `startofyear(date [, offset])`.
pub static STARTOFYEAR: Function = Function {
    name: "startofyear",
    aliases: &[],
    section: Section::Datetime,
    doc: "startofyear-function",
    summary: "The first moment of the year, moved by a number of years.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| start(args, year)),
    examples: &[
        Example::gives("Now", "startofyear(datetime(2026-02-17 14:30))", "datetime(2026-01-01)"),
        Example::gives("The next", "startofyear(datetime(2026-02-17 14:30), 1)", "datetime(2027-01-01)"),
        Example::gives("Null", "startofyear(datetime(null))", "datetime(null)"),
        Example::gives("Null offset", "startofyear(datetime(2026-02-17 14:30), long(null))", "datetime(null)"),
        Example::gives("Out of range", "startofyear(datetime(2026-02-17 14:30), 9000000000)", "datetime(null)"),
    ],
};

/// The start of a period, so many periods on; `None` outside the years 1 to 9999.
pub(super) type Period = fn(i64, i64) -> Option<i64>;

pub(super) fn day(ticks: i64, offset: i64) -> Option<i64> {
    shifted(datetime::start_of_day(ticks), offset, TICKS_PER_DAY)
}

pub(super) fn week(ticks: i64, offset: i64) -> Option<i64> {
    shifted(datetime::start_of_week(ticks)?, offset, 7 * TICKS_PER_DAY)
}

pub(super) fn month(ticks: i64, offset: i64) -> Option<i64> {
    datetime::add_months(datetime::start_of_month(ticks), offset)
}

pub(super) fn year(ticks: i64, offset: i64) -> Option<i64> {
    datetime::add_months(datetime::start_of_year(ticks), offset.checked_mul(12)?)
}

fn shifted(start: i64, offset: i64, period: i64) -> Option<i64> {
    start.checked_add(offset.checked_mul(period)?).filter(|&ticks| datetime::in_range(ticks))
}

fn start(args: &Args, period: Period) -> Result<ArrayRef, KernelError> {
    let dates = args.longs(0)?;
    if args.len() < 2 {
        return Ok(each_long(args, |row| period(dates.get(row)?, 0)));
    }
    let offsets = args.longs(1)?;
    Ok(each_long(args, |row| period(dates.get(row)?, offsets.get(row)?)))
}
