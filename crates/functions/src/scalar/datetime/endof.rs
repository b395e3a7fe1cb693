//! `endofday`, `endofweek`, `endofmonth`, `endofyear`: the last moment of the period a datetime lies in.

use arrow::array::ArrayRef;
use schema::{Type, text::datetime};

use super::startof::{Period, day, month, week, year};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long},
};

const PARAMS: &[Param] =
    &[Param::required("date", ParamType::Exact(Type::Datetime)), Param::optional("offset", ParamType::Exact(Type::Long))];

/// `endofday(date [, offset])`.
pub static ENDOFDAY: Function = Function {
    name: "endofday",
    aliases: &[],
    section: Section::Datetime,
    doc: "endofday-function",
    summary: "The last moment, ending in .9999999, of the day, moved by a number of days.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| end(args, day)),
    examples: &[
        Example::gives("Now", "endofday(datetime(2026-03-05 14:30))", "datetime(2026-03-05 23:59:59.9999999)"),
        Example::gives("The next", "endofday(datetime(2026-03-05 14:30), 1)", "datetime(2026-03-06 23:59:59.9999999)"),
        Example::gives("The last of all", "endofday(datetime(9999-12-31))", "datetime(9999-12-31 23:59:59.9999999)"),
        Example::gives("Null", "endofday(datetime(null))", "datetime(null)"),
        Example::gives("Null offset", "endofday(datetime(2026-03-05 14:30), long(null))", "datetime(null)"),
        Example::gives("Out of range", "endofday(datetime(2026-03-05 14:30), 9000000000)", "datetime(null)"),
    ],
};

/// `endofweek(date [, offset])`.
pub static ENDOFWEEK: Function = Function {
    name: "endofweek",
    aliases: &[],
    section: Section::Datetime,
    doc: "endofweek-function",
    summary: "The last moment, ending in .9999999, of the week, which ends on Saturday, moved by a number of weeks.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| end(args, week)),
    examples: &[
        Example::gives("Now", "endofweek(datetime(2026-03-05 14:30))", "datetime(2026-03-07 23:59:59.9999999)"),
        Example::gives("The next", "endofweek(datetime(2026-03-05 14:30), 1)", "datetime(2026-03-14 23:59:59.9999999)"),
        Example::gives("Null", "endofweek(datetime(null))", "datetime(null)"),
        Example::gives("Null offset", "endofweek(datetime(2026-03-05 14:30), long(null))", "datetime(null)"),
        Example::gives("Out of range", "endofweek(datetime(2026-03-05 14:30), 9000000000)", "datetime(null)"),
    ],
};

/// `endofmonth(date [, offset])`.
pub static ENDOFMONTH: Function = Function {
    name: "endofmonth",
    aliases: &[],
    section: Section::Datetime,
    doc: "endofmonth-function",
    summary: "The last moment, ending in .9999999, of the month, moved by a number of months.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| end(args, month)),
    examples: &[
        Example::gives("Now", "endofmonth(datetime(2028-02-17))", "datetime(2028-02-29 23:59:59.9999999)"),
        Example::gives("The next", "endofmonth(datetime(2028-02-17), 1)", "datetime(2028-03-31 23:59:59.9999999)"),
        Example::gives("The last of all", "endofmonth(datetime(9999-12-31))", "datetime(9999-12-31 23:59:59.9999999)"),
        Example::gives("Null", "endofmonth(datetime(null))", "datetime(null)"),
        Example::gives("Null offset", "endofmonth(datetime(2028-02-17), long(null))", "datetime(null)"),
        Example::gives("Out of range", "endofmonth(datetime(2028-02-17), 9000000000)", "datetime(null)"),
    ],
};

/// `endofyear(date [, offset])`.
pub static ENDOFYEAR: Function = Function {
    name: "endofyear",
    aliases: &[],
    section: Section::Datetime,
    doc: "endofyear-function",
    summary: "The last moment, ending in .9999999, of the year, moved by a number of years.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| end(args, year)),
    examples: &[
        Example::gives("Now", "endofyear(datetime(2026-02-17))", "datetime(2026-12-31 23:59:59.9999999)"),
        Example::gives("The next", "endofyear(datetime(2026-02-17), 1)", "datetime(2027-12-31 23:59:59.9999999)"),
        Example::gives("The last of all", "endofyear(datetime(9999-12-31))", "datetime(9999-12-31 23:59:59.9999999)"),
        Example::gives("Null", "endofyear(datetime(null))", "datetime(null)"),
        Example::gives("Null offset", "endofyear(datetime(2026-02-17), long(null))", "datetime(null)"),
        Example::gives("Out of range", "endofyear(datetime(2026-02-17), 9000000000)", "datetime(null)"),
    ],
};

/// The moment before the next period starts; the last period of year 9999 has no next.
fn last(date: i64, offset: i64, period: Period) -> Option<i64> {
    match period(date, offset.checked_add(1)?) {
        Some(next) => Some(next - 1),
        None => period(date, offset).map(|_| datetime::MAX_TICKS),
    }
}

fn end(args: &Args, period: Period) -> Result<ArrayRef, KernelError> {
    let dates = args.longs(0)?;
    if args.len() < 2 {
        return Ok(each_long(args, |row| last(dates.get(row)?, 0, period)));
    }
    let offsets = args.longs(1)?;
    Ok(each_long(args, |row| last(dates.get(row)?, offsets.get(row)?, period)))
}
