//! `format_timespan`: a span written after a pattern.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::{
    Type,
    text::timespan::{TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND},
};

use super::format::{Piece, fraction, number, pieces};
use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{Args, KernelError, each_text},
};

/// `format_timespan(timespan, format)`.
pub static FUNCTION: Function = Function {
    name: "format_timespan",
    aliases: &[],
    section: Section::Datetime,
    doc: "format-timespan-function",
    summary: "A timespan written after a pattern of d, f, F, h, H, m and s, without its sign; an empty text for null.",
    params: &[
        Param::required("timespan", ParamType::Exact(Type::Timespan)),
        Param::required("format", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("All parts", "format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss [FF]')", r#""29.09:00:05 [12]""#),
        Example::gives(
            "Days padded",
            "format_timespan(time(29.09:00:05.12345), 'ddd.h:mm:ss [fffffff]')",
            r#""029.9:00:05 [1234500]""#,
        ),
        Example::gives("Hours and minutes", "format_timespan(90m, 'hh:mm')", r#""01:30""#),
        Example::gives("A negative span", "format_timespan(-90m, 'h:mm')", r#""1:30""#),
        Example::gives("Null", "format_timespan(timespan(null), 'hh')", r#""""#),
        Example::fails("Too many letters", "format_timespan(90m, 'hhh')", "K0204"),
    ],
};

static KERNEL: Function = Function { eval: Eval::Kernel(format), ..FUNCTION };

/// How often a letter may stand in a row (reference page `format-timespan-function`).
const fn letters(letter: char) -> usize {
    match letter {
        'd' => 8,
        'h' | 'H' | 'm' | 's' => 2,
        'f' | 'F' => 7,
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
    let (spans, patterns) = (args.longs(0)?, args.texts(1)?);
    let constant = args.constant_text(1).and_then(|pattern| pieces(pattern, letters));
    Ok(each_text(args, |row, out| {
        let Some(ticks) = spans.get(row) else { return };
        match &constant {
            Some(pieces) => write(ticks, pieces, out),
            None => write(ticks, &pieces(patterns.text(row), letters).unwrap_or_default(), out),
        }
    }))
}

fn write(ticks: i64, pieces: &[Piece], out: &mut String) {
    let part = |unit: i64, of: i64| (ticks / unit % of).abs();
    for &piece in pieces {
        match piece {
            Piece::Other(c) => out.push(c),
            Piece::Run('d', width) => number((ticks / TICKS_PER_DAY).abs(), width, out),
            Piece::Run('h' | 'H', width) => number(part(TICKS_PER_HOUR, 24), width, out),
            Piece::Run('m', width) => number(part(TICKS_PER_MINUTE, 60), width, out),
            Piece::Run('s', width) => number(part(TICKS_PER_SECOND, 60), width, out),
            Piece::Run(letter, count) => fraction((ticks % TICKS_PER_SECOND).abs(), count, letter == 'F', out),
        }
    }
}
