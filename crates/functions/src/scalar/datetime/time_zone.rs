//! `datetime_utc_to_local`, `datetime_local_to_utc`: the clock on the wall of a time zone.
//!
//! Zones are those of the IANA database, which is built in.

use arrow::array::ArrayRef;
use chrono::{DateTime, NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;
use datafusion_expr::Expr;
use schema::{
    Type,
    text::{
        datetime::{self, UNIX_EPOCH_TICKS},
        timespan::TICKS_PER_SECOND,
    },
};

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{Args, KernelError, each_long, each_text_or_null, json},
};

/// `datetime_utc_to_local(from, timezone)`.
pub static DATETIME_UTC_TO_LOCAL: Function = Function {
    name: "datetime_utc_to_local",
    aliases: &[],
    section: Section::Datetime,
    doc: "datetime-utc-to-local-function",
    summary: "What the clocks of a time zone show at a moment of UTC; null for an unknown zone.",
    params: &[
        Param::required("from", ParamType::Exact(Type::Datetime)),
        Param::required("timezone", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(utc_to_local),
    examples: &[
        Example::gives(
            "Winter",
            "datetime_utc_to_local(datetime(2026-01-15 12:00), 'Europe/Berlin')",
            "datetime(2026-01-15 13:00)",
        ),
        Example::gives(
            "Summer",
            "datetime_utc_to_local(datetime(2026-07-15 12:00), 'Europe/Berlin')",
            "datetime(2026-07-15 14:00)",
        ),
        Example::gives(
            "An abbreviation",
            "datetime_utc_to_local(datetime(2026-01-15 12:00), 'UTC')",
            "datetime(2026-01-15 12:00)",
        ),
        Example::gives("Null", "datetime_utc_to_local(datetime(null), 'UTC')", "datetime(null)"),
        Example::fails("Unknown zone", "datetime_utc_to_local(datetime(2026-01-15), 'Mars/Olympus')", "K0204"),
    ],
};

/// `datetime_local_to_utc(from, timezone)`.
pub static DATETIME_LOCAL_TO_UTC: Function = Function {
    name: "datetime_local_to_utc",
    aliases: &[],
    section: Section::Datetime,
    doc: "datetime-local-to-utc-function",
    summary: "The moment of UTC at which the clocks of a time zone show a time; null for an unknown zone.",
    params: &[
        Param::required("from", ParamType::Exact(Type::Datetime)),
        Param::required("timezone", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(local_to_utc),
    examples: &[
        Example::gives(
            "Winter",
            "datetime_local_to_utc(datetime(2026-01-15 13:00), 'Europe/Berlin')",
            "datetime(2026-01-15 12:00)",
        ),
        Example::gives(
            "Summer, to the tick",
            "datetime_local_to_utc(datetime(2026-07-15 14:00:00.0000001), 'Europe/Berlin')",
            "datetime(2026-07-15 12:00:00.0000001)",
        ),
        Example::gives(
            "An hour shown twice is the first",
            "datetime_local_to_utc(datetime(2026-10-25 02:30), 'Europe/Berlin')",
            "datetime(2026-10-25 00:30)",
        ),
        Example::gives(
            "An hour left out is read by the clock after",
            "datetime_local_to_utc(datetime(2026-03-29 02:30), 'Europe/Berlin')",
            "datetime(2026-03-29 00:30)",
        ),
        Example::gives("Null", "datetime_local_to_utc(datetime(null), 'UTC')", "datetime(null)"),
        Example::fails("Unknown zone", "datetime_local_to_utc(datetime(2026-01-15), 'Mars/Olympus')", "K0204"),
    ],
};

/// `datetime_list_timezones()`.
pub static DATETIME_LIST_TIMEZONES: Function = Function {
    name: "datetime_list_timezones",
    aliases: &[],
    section: Section::Datetime,
    doc: "datetime-list-timezones-function",
    summary: "The names of all time zones, in a dynamic array.",
    params: &[],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(list),
    examples: &[Example::gives("There are hundreds", "array_length(datetime_list_timezones()) > 400", "true")],
};

static UTC_TO_LOCAL: Function = Function { eval: Eval::Kernel(|args| convert(args, to_local)), ..DATETIME_UTC_TO_LOCAL };
static LOCAL_TO_UTC: Function = Function { eval: Eval::Kernel(|args| convert(args, to_utc)), ..DATETIME_LOCAL_TO_UTC };

fn utc_to_local(call: &Call) -> Result<Expr, CallError> {
    bind(&UTC_TO_LOCAL, call)
}

fn local_to_utc(call: &Call) -> Result<Expr, CallError> {
    bind(&LOCAL_TO_UTC, call)
}

fn bind(kernel: &'static Function, call: &Call) -> Result<Expr, CallError> {
    if let Some(name) = call.args.get(1).and_then(Typed::as_text)
        && zone(name).is_none()
    {
        return Err(CallError::ArgumentValue {
            function: kernel.name,
            position: 2,
            parameter: "timezone",
            problem: format!("`{name}` is no time zone of the IANA database, such as `Europe/Berlin`"),
        });
    }
    Ok(kernel_call(kernel, call.args.to_vec(), Type::Datetime))
}

fn zone(name: &str) -> Option<Tz> {
    Tz::from_str_insensitive(name).ok()
}

fn convert(args: &Args, convert: fn(i64, Tz) -> Option<i64>) -> Result<ArrayRef, KernelError> {
    let (dates, zones) = (args.longs(0)?, args.texts(1)?);
    let constant = args.constant_text(1).map(zone);
    Ok(each_long(args, |row| {
        let zone = match constant {
            Some(zone) => zone?,
            None => zone(zones.text(row))?,
        };
        convert(dates.get(row)?, zone).filter(|&ticks| datetime::in_range(ticks))
    }))
}

/// Whole seconds from 1970, and the ticks over.
const fn seconds(ticks: i64) -> (i64, i64) {
    let since = ticks - UNIX_EPOCH_TICKS;
    (since.div_euclid(TICKS_PER_SECOND), since.rem_euclid(TICKS_PER_SECOND))
}

const fn ticks((seconds, over): (i64, i64)) -> i64 {
    seconds * TICKS_PER_SECOND + over + UNIX_EPOCH_TICKS
}

fn to_local(date: i64, zone: Tz) -> Option<i64> {
    let (since, over) = seconds(date);
    let local = DateTime::from_timestamp(since, 0)?.with_timezone(&zone).naive_local();
    Some(ticks((local.and_utc().timestamp(), over)))
}

fn to_utc(date: i64, zone: Tz) -> Option<i64> {
    let (since, over) = seconds(date);
    let local: NaiveDateTime = DateTime::from_timestamp(since, 0)?.naive_utc();
    let utc = match zone.from_local_datetime(&local).earliest() {
        Some(moment) => moment.timestamp(),
        // Clocks that go forward leave this time out; as the reference's example shows, the offset of an hour later counts.
        None => zone.from_local_datetime(&(local + chrono::Duration::hours(1))).earliest()?.timestamp() - 3600,
    };
    Some(ticks((utc, over)))
}

fn list(args: &Args) -> Result<ArrayRef, KernelError> {
    Ok(each_text_or_null(args, |_, out| {
        out.push('[');
        for (position, zone) in chrono_tz::TZ_VARIANTS.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            json::quote(zone.name(), out);
        }
        out.push(']');
        true
    }))
}
