//! `format_datetime`: a moment written after a pattern.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::{Type, text::datetime};

use super::format::{Piece, fraction, number, pieces};
use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{Args, KernelError, each_text},
};

/// `format_datetime(date, format)`.
pub static FUNCTION: Function = Function {
    name: "format_datetime",
    aliases: &[],
    section: Section::Datetime,
    doc: "format-datetime-function",
    summary: "A datetime written after a pattern of d, f, F, h, H, m, M, s, t and y; an empty text for null.",
    params: &[
        Param::required("date", ParamType::Exact(Type::Datetime)),
        Param::required("format", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("A date", "format_datetime(datetime(2009-06-15 13:45:30.6175425), 'yyyy-MM-dd')", r#""2009-06-15""#),
        Example::gives(
            "To the second",
            "format_datetime(datetime(2009-06-15 13:45:30.6175425), 'yyyy-MM-dd HH:mm:ss')",
            r#""2009-06-15 13:45:30""#,
        ),
        Example::gives("Short forms", "format_datetime(datetime(2009-06-05 03:04:05), 'd/M/yy h:m:s')", r#""5/6/09 3:4:5""#),
        Example::gives("Twelve hours", "format_datetime(datetime(2009-06-15 13:45:30.6175425), 'hh:mm tt')", r#""01:45 PM""#),
        Example::gives("Midnight", "format_datetime(datetime(2009-06-15), 'h tt')", r#""12 AM""#),
        Example::gives(
            "Fractions",
            "format_datetime(datetime(2009-06-15 13:45:30.6175425), 's.fff [fffffff]')",
            r#""30.617 [6175425]""#,
        ),
        Example::gives(
            "Fractions without zeros",
            "format_datetime(datetime(2009-06-15 13:45:30.1200000), 's.FFFFFFF')",
            r#""30.12""#,
        ),
        Example::gives("No fraction, no point", "format_datetime(datetime(2009-06-15 13:45:30), 's.FFF')", r#""30""#),
        Example::gives(
            "Other characters stay",
            "format_datetime(datetime(2009-06-15 13:45:30.6175425), 'yyyy_MM,dd')",
            r#""2009_06,15""#,
        ),
        Example::gives("Null", "format_datetime(datetime(null), 'yyyy')", r#""""#),
        Example::fails(
            "Names of months are not offered",
            "format_datetime(datetime(2009-06-15 13:45:30.6175425), 'MMM')",
            "K0204",
        ),
    ],
};

static KERNEL: Function = Function { eval: Eval::Kernel(format), ..FUNCTION };

/// How often a letter may stand in a row (reference page `format-datetime-function`).
const fn letters(letter: char) -> usize {
    match letter {
        'd' | 'h' | 'H' | 'm' | 'M' | 's' | 't' => 2,
        'f' | 'F' => 7,
        'y' => 4,
        _ => 0,
    }
}

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    if let Some(pattern) = call.args.get(1).and_then(Typed::as_text)
        && pieces(pattern, letters).is_none()
    {
        return Err(CallError::ArgumentValue {
            function: FUNCTION.name,
            position: 2,
            parameter: "format",
            problem: format!("`{pattern}` repeats a letter more often than the reference allows"),
        });
    }
    Ok(kernel_call(&KERNEL, call.args.to_vec(), Type::String))
}

fn format(args: &Args) -> Result<ArrayRef, KernelError> {
    let (dates, patterns) = (args.longs(0)?, args.texts(1)?);
    let constant = args.constant_text(1).and_then(|pattern| pieces(pattern, letters));
    Ok(each_text(args, |row, out| {
        let Some(ticks) = dates.get(row) else { return };
        match &constant {
            Some(pieces) => write(ticks, pieces, out),
            None => write(ticks, &pieces(patterns.text(row), letters).unwrap_or_default(), out),
        }
    }))
}

fn write(ticks: i64, pieces: &[Piece], out: &mut String) {
    let civil = datetime::to_civil(ticks);
    for &piece in pieces {
        match piece {
            Piece::Other(c) => out.push(c),
            Piece::Run('d', width) => number(civil.day, width, out),
            Piece::Run('h', width) => number((civil.hour + 11) % 12 + 1, width, out),
            Piece::Run('H', width) => number(civil.hour, width, out),
            Piece::Run('m', width) => number(civil.minute, width, out),
            Piece::Run('M', width) => number(civil.month, width, out),
            Piece::Run('s', width) => number(civil.second, width, out),
            Piece::Run('t', width) => {
                let half = if civil.hour < 12 { "AM" } else { "PM" };
                out.push_str(half.get(..width).unwrap_or(half));
            }
            Piece::Run('y', width) if width <= 2 => number(civil.year % 100, width, out),
            Piece::Run('y', width) => number(civil.year, width, out),
            Piece::Run(letter, count) => fraction(civil.ticks, count, letter == 'F', out),
        }
    }
}
