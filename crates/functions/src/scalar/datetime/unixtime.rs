//! `unixtime_seconds_todatetime` and its siblings: moments counted from 1970.

use arrow::array::ArrayRef;
use schema::{
    Type,
    text::{
        datetime::{self, UNIX_EPOCH_TICKS},
        timespan::{TICKS_PER_MILLISECOND, TICKS_PER_SECOND},
    },
};

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long},
};

const PARAMS: &[Param] = &[Param::required("number", ParamType::Number)];

/// `unixtime_seconds_todatetime(number)`.
pub static SECONDS: Function = Function {
    name: "unixtime_seconds_todatetime",
    aliases: &[],
    section: Section::Datetime,
    doc: "unixtime-seconds-todatetime-function",
    summary: "The moment so many seconds after 1970-01-01.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| moments(args, TICKS_PER_SECOND, 1)),
    examples: &[
        Example::gives("A moment", "unixtime_seconds_todatetime(1546300800)", "datetime(2019-01-01)"),
        Example::gives("Before 1970", "unixtime_seconds_todatetime(-1) < datetime(1970-01-01)", "true"),
        Example::gives("A fraction", "unixtime_seconds_todatetime(0.5) > datetime(1970-01-01)", "true"),
        Example::gives("Null", "unixtime_seconds_todatetime(long(null))", "datetime(null)"),
        Example::gives("Out of range", "unixtime_seconds_todatetime(9223372036854775807)", "datetime(null)"),
    ],
};

/// `unixtime_milliseconds_todatetime(number)`.
pub static MILLISECONDS: Function = Function {
    name: "unixtime_milliseconds_todatetime",
    aliases: &[],
    section: Section::Datetime,
    doc: "unixtime-milliseconds-todatetime-function",
    summary: "The moment so many milliseconds after 1970-01-01.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| moments(args, TICKS_PER_MILLISECOND, 1)),
    examples: &[
        Example::gives("A moment", "unixtime_milliseconds_todatetime(1546300800000)", "datetime(2019-01-01)"),
        Example::gives("Before 1970", "unixtime_milliseconds_todatetime(-1) < datetime(1970-01-01)", "true"),
        Example::gives("A fraction", "unixtime_milliseconds_todatetime(0.5) > datetime(1970-01-01)", "true"),
        Example::gives("Null", "unixtime_milliseconds_todatetime(long(null))", "datetime(null)"),
        Example::gives("Out of range", "unixtime_milliseconds_todatetime(9223372036854775807)", "datetime(null)"),
    ],
};

/// `unixtime_microseconds_todatetime(number)`.
pub static MICROSECONDS: Function = Function {
    name: "unixtime_microseconds_todatetime",
    aliases: &[],
    section: Section::Datetime,
    doc: "unixtime-microseconds-todatetime-function",
    summary: "The moment so many microseconds after 1970-01-01.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| moments(args, 10, 1)),
    examples: &[
        Example::gives("A moment", "unixtime_microseconds_todatetime(1546300800000000)", "datetime(2019-01-01)"),
        Example::gives("Before 1970", "unixtime_microseconds_todatetime(-1) < datetime(1970-01-01)", "true"),
        Example::gives("A fraction", "unixtime_microseconds_todatetime(0.5) > datetime(1970-01-01)", "true"),
        Example::gives("Null", "unixtime_microseconds_todatetime(long(null))", "datetime(null)"),
        Example::gives("Out of range", "unixtime_microseconds_todatetime(9223372036854775807)", "datetime(null)"),
    ],
};

/// `unixtime_nanoseconds_todatetime(number)`.
pub static NANOSECONDS: Function = Function {
    name: "unixtime_nanoseconds_todatetime",
    aliases: &[],
    section: Section::Datetime,
    doc: "unixtime-nanoseconds-todatetime-function",
    summary: "The moment so many nanoseconds after 1970-01-01, to the tick of 100 nanoseconds.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| moments(args, 1, 100)),
    examples: &[
        Example::gives("A moment", "unixtime_nanoseconds_todatetime(1546300800000000000)", "datetime(2019-01-01)"),
        Example::gives("Null", "unixtime_nanoseconds_todatetime(long(null))", "datetime(null)"),
    ],
};

/// `number * ticks / per` ticks after 1970.
fn moments(args: &Args, ticks: i64, per: i64) -> Result<ArrayRef, KernelError> {
    let moment = |after: i128| {
        let ticks = i64::try_from(after.div_euclid(i128::from(per)) + i128::from(UNIX_EPOCH_TICKS)).ok()?;
        datetime::in_range(ticks).then_some(ticks)
    };
    if matches!(args.ty(0), Type::Int | Type::Long) {
        let numbers = args.longs(0)?;
        return Ok(each_long(args, |row| moment(i128::from(numbers.get(row)?) * i128::from(ticks))));
    }
    let numbers = args.reals(0)?;
    Ok(each_long(args, |row| {
        let after = numbers.get(row)? * ticks as f64;
        // A real beyond the range becomes the greatest integer, which is out of range too.
        if after.is_nan() { None } else { moment(after.round() as i128) }
    }))
}
