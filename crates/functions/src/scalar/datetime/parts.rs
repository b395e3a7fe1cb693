//! Parts of a datetime: `getyear`, `monthofyear`, `dayofmonth`, `dayofweek`, `dayofyear`, `hourofday`, `week_of_year`.

use arrow::array::ArrayRef;
use schema::{
    Type,
    text::{datetime, timespan::TICKS_PER_DAY},
};

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_int, each_long},
};

const PARAMS: &[Param] = &[Param::required("date", ParamType::Exact(Type::Datetime))];

/// `dayofmonth(date)`.
pub static DAYOFMONTH: Function = Function {
    name: "dayofmonth",
    aliases: &[],
    section: Section::Datetime,
    doc: "day-of-month-function",
    summary: "The day of the month, 1 to 31.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| part(args, datetime::day)),
    examples: &[
        Example::gives("A day", "dayofmonth(datetime(2026-12-14))", "int(14)"),
        Example::gives("Null", "dayofmonth(datetime(null))", "int(null)"),
    ],
};

/// `dayofyear(date)`.
pub static DAYOFYEAR: Function = Function {
    name: "dayofyear",
    aliases: &[],
    section: Section::Datetime,
    doc: "day-of-year-function",
    summary: "The day of the year, 1 to 366.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| part(args, datetime::day_of_year)),
    examples: &[
        Example::gives("The last of a leap year", "dayofyear(datetime(2028-12-31))", "int(366)"),
        Example::gives("Null", "dayofyear(datetime(null))", "int(null)"),
    ],
};

/// `getmonth(date)`.
pub static GETMONTH: Function = Function {
    name: "getmonth",
    aliases: &["monthofyear"],
    section: Section::Datetime,
    doc: "getmonth-function",
    summary: "The month, 1 to 12.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| part(args, datetime::month)),
    examples: &[
        Example::gives("A month", "getmonth(datetime(2015-10-12))", "int(10)"),
        Example::gives("Null", "getmonth(datetime(null))", "int(null)"),
    ],
};

/// `getyear(date)`.
pub static GETYEAR: Function = Function {
    name: "getyear",
    aliases: &[],
    section: Section::Datetime,
    doc: "getyear-function",
    summary: "The year.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| part(args, datetime::year)),
    examples: &[
        Example::gives("A year", "getyear(datetime(2015-10-12))", "int(2015)"),
        Example::gives("Null", "getyear(datetime(null))", "int(null)"),
    ],
};

/// `hourofday(date)`.
pub static HOUROFDAY: Function = Function {
    name: "hourofday",
    aliases: &[],
    section: Section::Datetime,
    doc: "hour-of-day-function",
    summary: "The hour of the day, 0 to 23.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| part(args, hour)),
    examples: &[
        Example::gives("An hour", "hourofday(datetime(2015-12-14 18:54))", "int(18)"),
        Example::gives("Null", "hourofday(datetime(null))", "int(null)"),
    ],
};

/// `week_of_year(date)`.
pub static WEEK_OF_YEAR: Function = Function {
    name: "week_of_year",
    aliases: &[],
    section: Section::Datetime,
    doc: "week-of-year-function",
    summary: "The number of the ISO 8601 week, 1 to 53: weeks begin on Monday, week 1 has the first Thursday.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| part(args, iso_week)),
    examples: &[
        Example::gives("First days of January in the last week", "week_of_year(datetime(2000-01-01))", "int(52)"),
        Example::gives("Last days of December in the first", "week_of_year(datetime(2024-12-31))", "int(1)"),
        Example::gives("A Sunday", "week_of_year(datetime(2020-12-31))", "int(53)"),
        Example::gives("Null", "week_of_year(datetime(null))", "int(null)"),
    ],
};

/// `weekofyear(date)`.
pub static WEEKOFYEAR: Function = Function {
    name: "weekofyear",
    aliases: &[],
    section: Section::Datetime,
    doc: "week-of-year-function",
    summary: "The number of the week as it was counted before week_of_year: weeks begin on Sunday, week 1 has the first Wednesday.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Int),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| part(args, wednesday_week)),
    examples: &[
        Example::gives("A week", "weekofyear(datetime(2026-03-05))", "int(9)"),
        Example::gives("Before week 1", "weekofyear(datetime(2026-01-01))", "int(53)"),
        Example::gives("Null", "weekofyear(datetime(null))", "int(null)"),
    ],
};

/// `dayofweek(date)`.
pub static DAYOFWEEK: Function = Function {
    name: "dayofweek",
    aliases: &[],
    section: Section::Datetime,
    doc: "day-of-week-function",
    summary: "The timespan from the Sunday before, 0 to 6 whole days.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Timespan),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(dayofweek),
    examples: &[
        Example::gives("A Sunday", "dayofweek(datetime(1947-11-30 10:00:05))", "0d"),
        Example::gives("A Saturday", "dayofweek(datetime(2026-03-07 23:00))", "6d"),
        Example::gives("Null", "dayofweek(datetime(null))", "timespan(null)"),
        Example::fails("Takes a datetime", "dayofweek(1)", "K0202"),
    ],
};

fn hour(ticks: i64) -> i64 {
    datetime::to_civil(ticks).hour
}

fn iso_week(ticks: i64) -> i64 {
    datetime::iso_week(ticks).1
}

/// As .NET's calendar with the rule "first four days" and weeks from Sunday: days of December in the next year's first week
/// still count up, days of January before week 1 belong to the last week of the year before.
fn wednesday_week(ticks: i64) -> i64 {
    let wednesday = ticks + (3 - datetime::weekday(ticks)) * TICKS_PER_DAY;
    if datetime::year(wednesday) > datetime::year(ticks) { 53 } else { (datetime::day_of_year(wednesday) - 1) / 7 + 1 }
}

fn part(args: &Args, part: fn(i64) -> i64) -> Result<ArrayRef, KernelError> {
    let dates = args.longs(0)?;
    Ok(each_int(args, |row| i32::try_from(part(dates.get(row)?)).ok()))
}

fn dayofweek(args: &Args) -> Result<ArrayRef, KernelError> {
    let dates = args.longs(0)?;
    Ok(each_long(args, |row| Some(datetime::weekday(dates.get(row)?) * TICKS_PER_DAY)))
}
