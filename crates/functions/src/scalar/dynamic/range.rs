//! `range`: an array of equally spaced values.

use arrow::array::ArrayRef;
use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::{Type, text, text::timespan::TICKS_PER_HOUR};

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    coerce,
    kernel::{Args, KernelError, each_text_or_null, json},
    null_of,
};

/// `range(start, stop, [step])`.
pub static FUNCTION: Function = Function {
    name: "range",
    aliases: &[],
    section: Section::Dynamic,
    doc: "range-function",
    summary: "The values from a start to a stop, which is included, at equal steps; a step is 1 or an hour if none is given.",
    params: &[
        Param::required("start", ParamType::NumberOrTime),
        Param::required("stop", ParamType::NumberOrTime),
        Param::optional("step", ParamType::NumberOrTime),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("Numbers", "range(1, 8, 3)", "dynamic([1,4,7])"),
        Example::gives("At steps of one", "range(1, 3)", "dynamic([1,2,3])"),
        Example::gives("Downwards", "range(5, 1, -2)", "dynamic([5,3,1])"),
        Example::gives("Reals", "range(0.25, 0.75, 0.25)", "dynamic([0.25,0.5,0.75])"),
        Example::gives("Spans", "range(1h, 3h)", r#"dynamic(["01:00:00","02:00:00","03:00:00"])"#),
        Example::gives(
            "Days",
            "range(datetime(2026-01-01), datetime(2026-01-03), 1d)",
            r#"dynamic(["2026-01-01T00:00:00.0000000Z","2026-01-02T00:00:00.0000000Z","2026-01-03T00:00:00.0000000Z"])"#,
        ),
        Example::gives("Cut off", "array_length(range(1, 1000000000))", "1048576"),
        Example::gives("Nothing in between", "range(3, 1)", "dynamic([])"),
        Example::gives("A step of nothing", "range(1, 3, 0)", "dynamic(null)"),
        Example::gives("Null", "range(1, long(null))", "dynamic(null)"),
        Example::fails("A number and a span", "range(1, 1h)", "K0201"),
    ],
};

/// Most elements, as the reference has it.
const MAX_ELEMENTS: usize = 1 << 20;

static KERNEL: Function = Function { name: "range_array", section: Section::Internal, eval: Eval::Kernel(range), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    let [start, stop, rest @ ..] = call.args else { return Ok(Expr::Literal(null_of(Type::Dynamic), None)) };
    let time = matches!(start.ty, Type::Datetime | Type::Timespan);
    let one = if time { (TICKS_PER_HOUR, Type::Timespan) } else { (1, Type::Long) };
    let step = rest.first().cloned().unwrap_or_else(|| Typed::constant(ScalarValue::Int64(Some(one.0)), one.1));
    let refused = |found: Type| CallError::Operands { operator: "range", left: start.ty, right: found };
    if time {
        if stop.ty != start.ty {
            return Err(refused(stop.ty));
        }
        if step.ty != Type::Timespan {
            return Err(refused(step.ty));
        }
        return Ok(kernel_call(&KERNEL, vec![start.clone(), stop.clone(), step], Type::Dynamic));
    }
    let number = [start, stop, &step].into_iter().try_fold(Type::Long, |common, arg| match arg.ty {
        Type::Datetime | Type::Timespan => Err(refused(arg.ty)),
        // Decimals would need a third way to count, for which there is no use.
        Type::Decimal | Type::Real => Ok(Type::Real),
        _ => Ok(common),
    })?;
    let args = [start.clone(), stop.clone(), step].into_iter().map(|arg| coerce(arg, number)).collect::<Result<_, _>>()?;
    Ok(kernel_call(&KERNEL, args, Type::Dynamic))
}

fn range(args: &Args) -> Result<ArrayRef, KernelError> {
    if args.ty(0) == Type::Real {
        let (starts, stops, steps) = (args.reals(0)?, args.reals(1)?, args.reals(2)?);
        return Ok(each_text_or_null(args, |row, out| {
            let bounds = (|| Some((starts.get(row)?, stops.get(row)?, steps.get(row)?)))();
            let Some((start, stop, step)) = bounds.filter(|(.., step)| *step != 0.0) else { return false };
            let value = |number: usize| Some(start + step * number as f64);
            write(value, |value| if step > 0.0 { value <= stop } else { value >= stop }, json::write_real, out);
            true
        }));
    }
    let (starts, stops, steps) = (args.longs(0)?, args.longs(1)?, args.longs(2)?);
    let writer: fn(i64, &mut String) = match args.ty(0) {
        Type::Datetime => |ticks, out| quoted(ticks, text::datetime::write, out),
        Type::Timespan => |ticks, out| quoted(ticks, text::timespan::write, out),
        _ => text::long::write,
    };
    Ok(each_text_or_null(args, |row, out| {
        let bounds = (|| Some((starts.get(row)?, stops.get(row)?, steps.get(row)?)))();
        let Some((start, stop, step)) = bounds.filter(|(.., step)| *step != 0) else { return false };
        let value = |number: usize| start.checked_add(step.checked_mul(i64::try_from(number).ok()?)?);
        write(value, |value| if step > 0 { value <= stop } else { value >= stop }, writer, out);
        true
    }))
}

/// Appends the values as long as they are within the bounds.
fn write<T: Copy>(
    value: impl Fn(usize) -> Option<T>,
    within: impl Fn(T) -> bool,
    write: impl Fn(T, &mut String),
    out: &mut String,
) {
    out.push('[');
    for (number, value) in (0..MAX_ELEMENTS).map_while(|number| value(number).filter(|value| within(*value))).enumerate() {
        if number > 0 {
            out.push(',');
        }
        write(value, out);
    }
    out.push(']');
}

fn quoted(ticks: i64, write: fn(i64, &mut String), out: &mut String) {
    out.push('"');
    write(ticks, out);
    out.push('"');
}
