//! `bin`, `bin_at`: values rounded down to a multiple of a size.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::{Type, text::datetime};

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    coerce, common_type,
    kernel::{Args, KernelError, each_decimal, each_int, each_long, each_real, two_longs},
};

/// `bin(value, roundTo)`.
pub static BIN: Function = Function {
    name: "bin",
    aliases: &["floor"],
    section: Section::Math,
    doc: "bin-function",
    summary: "The greatest multiple of the size that is not greater than the value; null unless the size is positive.",
    params: &[Param::required("value", ParamType::NumberOrTime), Param::required("roundTo", ParamType::NumberOrTime)],
    returns: Returns::By(|types| binned("bin", types)),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(bin),
    examples: &[
        Example::gives("Long", "bin(17, 5)", "15"),
        Example::gives("Towards minus infinity", "bin(-1, 5)", "-5"),
        Example::gives("A multiple stays", "bin(-10, 5)", "-10"),
        Example::gives("Real", "bin(4.7, 0.5)", "4.5"),
        Example::gives("A long by a real", "bin(5, 2.5)", "5.0"),
        Example::gives("Datetime", "bin(datetime(2026-03-05 14:37:11), 1h)", "datetime(2026-03-05 14:00)"),
        Example::gives("A week of ticks begins on Monday", "bin(datetime(2026-03-05), 7d)", "datetime(2026-03-02)"),
        Example::gives("Timespan", "bin(time(16:05:07), 1d)", "0s"),
        Example::gives("A negative timespan", "bin(time(-01:00:00), 1d)", "time(-1.00:00:00)"),
        Example::gives("Int", "bin(int(17), int(5))", "int(15)"),
        Example::gives("Decimal", "bin(decimal(4.7), decimal(0.5))", "decimal(4.5)"),
        Example::gives("Null", "bin(long(null), 5)", "long(null)"),
        Example::gives("Size 0", "bin(17, 0)", "long(null)"),
        Example::gives("A negative size", "bin(17, -5)", "long(null)"),
        Example::gives("Null size", "bin(datetime(2026-03-05), timespan(null))", "datetime(null)"),
        Example::fails("A datetime by a number", "bin(datetime(2026-03-05), 5)", "K0202"),
        Example::fails("Text", r#"bin("a", 5)"#, "K0202"),
    ],
};

/// `bin_at(value, bin_size, fixed_point)`.
pub static BIN_AT: Function = Function {
    name: "bin_at",
    aliases: &[],
    section: Section::Math,
    doc: "bin-at-function",
    summary: "The value rounded down to the fixed point plus a multiple of the size; null unless the size is positive.",
    params: &[
        Param::required("value", ParamType::NumberOrTime),
        Param::required("bin_size", ParamType::NumberOrTime),
        Param::required("fixed_point", ParamType::NumberOrTime),
    ],
    returns: Returns::By(|types| binned("bin_at", types)),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(bin_at),
    examples: &[
        Example::gives("Long", "bin_at(17, 5, 1)", "16"),
        Example::gives("Real", "bin_at(6.5, 2.5, 7)", "4.5"),
        Example::gives("Timespan", "bin_at(1h, 1d, 12h)", "time(-12:00:00)"),
        Example::gives(
            "Datetime",
            "bin_at(datetime(2017-05-15 10:20:00.0), 1d, datetime(1970-01-01 12:00:00.0))",
            "datetime(2017-05-14 12:00:00)",
        ),
        Example::gives(
            "Weeks from a Sunday",
            "bin_at(datetime(2017-05-17 10:20:00.0), 7d, datetime(2017-06-04 00:00:00.0))",
            "datetime(2017-05-14)",
        ),
        Example::gives("Null", "bin_at(long(null), 5, 1)", "long(null)"),
        Example::gives("Size 0", "bin_at(17, 0, 1)", "long(null)"),
        Example::fails("A fixed point of another kind", "bin_at(datetime(2026-03-05), 1d, 1h)", "K0202"),
    ],
};

static BIN_KERNEL: Function = Function { eval: Eval::Kernel(kernel), ..BIN };
static BIN_AT_KERNEL: Function = Function { eval: Eval::Kernel(kernel), ..BIN_AT };

/// The type of the result: that of times, else the widest number.
fn binned(function: &'static str, types: &[Type]) -> Result<Type, CallError> {
    let refused = |position: usize, expected: &str| CallError::ArgumentType {
        function,
        position: position + 1,
        parameter: match position {
            0 => "value",
            1 => "roundTo",
            _ => "fixed_point",
        },
        expected: expected.to_owned(),
        found: types.get(position).copied().unwrap_or(Type::Dynamic),
    };
    let value = types.first().copied().unwrap_or(Type::Long);
    match value {
        Type::Datetime | Type::Timespan => {
            if types.get(1) != Some(&Type::Timespan) {
                return Err(refused(1, "a timespan"));
            }
            if types.get(2).is_some_and(|&fixed| fixed != value) {
                return Err(refused(2, value.name()));
            }
            Ok(value)
        }
        _ => types.iter().enumerate().skip(1).try_fold(value, |wide, (position, &ty)| {
            common_type(wide, ty)
                .filter(|ty| !matches!(ty, Type::Datetime | Type::Timespan))
                .ok_or_else(|| refused(position, "a number"))
        }),
    }
}

fn bin(call: &Call) -> Result<Expr, CallError> {
    bind(&BIN_KERNEL, call)
}

fn bin_at(call: &Call) -> Result<Expr, CallError> {
    bind(&BIN_AT_KERNEL, call)
}

fn bind(function: &'static Function, call: &Call) -> Result<Expr, CallError> {
    let types: Vec<Type> = call.args.iter().map(|arg| arg.ty).collect();
    let ty = binned(function.name, &types)?;
    let number = !matches!(ty, Type::Datetime | Type::Timespan);
    let args: Result<Vec<Typed>, CallError> =
        call.args.iter().map(|arg| if number { coerce(arg.clone(), ty) } else { Ok(arg.clone()) }).collect();
    Ok(kernel_call(function, args?, ty))
}

fn kernel(args: &Args) -> Result<ArrayRef, KernelError> {
    match args.returns() {
        Type::Real => {
            let (values, sizes) = (args.reals(0)?, args.reals(1)?);
            let fixed = if args.len() > 2 { Some(args.reals(2)?) } else { None };
            Ok(each_real(args, |row| {
                let (value, size) = (values.get(row)?, sizes.get(row)?);
                let from = fixed.as_ref().map_or(Some(0.0), |fixed| fixed.get(row))?;
                (size > 0.0).then(|| ((value - from) / size).floor().mul_add(size, from))
            }))
        }
        Type::Decimal => {
            let (values, sizes) = (args.decimal_values(0)?, args.decimal_values(1)?);
            let fixed = if args.len() > 2 { Some(args.decimal_values(2)?) } else { None };
            each_decimal(args, |row| {
                let from = fixed.as_ref().map_or(Some(0), |fixed| fixed.get(row))?;
                let (value, size) = (values.get(row)?, sizes.get(row).filter(|&size| size > 0)?);
                value.checked_sub(value.checked_sub(from)?.rem_euclid(size))
            })
        }
        _ => integers(args),
    }
}

/// Integers and times.
fn integers(args: &Args) -> Result<ArrayRef, KernelError> {
    let (values, sizes) = (args.longs(0)?, args.longs(1)?);
    let fixed = if args.len() > 2 { Some(args.longs(2)?) } else { None };
    let moments = args.returns() == Type::Datetime;
    // The case of every chart over time. A moment is not negative, and so is its bin.
    if args.returns() != Type::Int && args.is_constant(1) && fixed.is_none() && sizes.get(0).is_some_and(|size| size > 0) {
        return Ok(two_longs(args, &values, &sizes, |value, size| value.overflowing_sub(value.rem_euclid(size))));
    }
    let floor = |row: usize| {
        let from = fixed.as_ref().map_or(Some(0), |fixed| fixed.get(row))?;
        let (value, size) = (values.get(row)?, sizes.get(row).filter(|&size| size > 0)?);
        // In 128 bits, where the distance of two longs always fits.
        let distance = i128::from(value) - i128::from(from);
        let floor = i128::from(value) - distance.rem_euclid(i128::from(size));
        i64::try_from(floor).ok().filter(|&floor| !moments || datetime::in_range(floor))
    };
    Ok(match args.returns() {
        Type::Int => each_int(args, |row| floor(row).and_then(|floor| i32::try_from(floor).ok())),
        _ => each_long(args, floor),
    })
}
