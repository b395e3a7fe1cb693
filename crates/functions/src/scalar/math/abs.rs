//! `abs`, `ceiling`, `sign`.

use arrow::array::ArrayRef;
use schema::{DECIMAL_SCALE, Type};

use crate::{
    CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_decimal, each_int, each_long, each_real},
};

/// `abs(number)`.
pub static ABS: Function = Function {
    name: "abs",
    aliases: &[],
    section: Section::Math,
    doc: "abs-function",
    summary: "The value without its sign.",
    params: &[Param::required("number", ParamType::NumberOrTime)],
    returns: Returns::By(abs_type),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(abs),
    examples: &[
        Example::gives("Long", "abs(-5)", "5"),
        Example::gives("Int gives long", "abs(int(-5))", "5"),
        Example::gives("Real", "abs(-5.5)", "5.5"),
        Example::gives("Timespan", "abs(-1h)", "1h"),
        Example::gives("Decimal", "abs(decimal(-1.5))", "decimal(1.5)"),
        Example::gives("Null", "abs(long(null))", "long(null)"),
        Example::gives("The least long has no opposite", "abs(-9223372036854775807 - 1)", "long(null)"),
        Example::fails("Datetime", "abs(datetime(2026-01-01))", "K0202"),
    ],
};

/// `ceiling(number)`.
pub static CEILING: Function = Function {
    name: "ceiling",
    aliases: &[],
    section: Section::Math,
    doc: "ceiling-function",
    summary: "The least whole number that is not less.",
    params: &[Param::required("number", ParamType::Number)],
    returns: Returns::SameAs(0),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(ceiling),
    examples: &[
        Example::gives("Real", "ceiling(0.9)", "1.0"),
        Example::gives("Negative", "ceiling(-1.1)", "-1.0"),
        Example::gives("Long", "ceiling(3)", "3"),
        Example::gives("Decimal", "ceiling(decimal(1.2))", "decimal(2)"),
        Example::gives("Null", "ceiling(real(null))", "real(null)"),
    ],
};

/// `sign(number)`.
pub static SIGN: Function = Function {
    name: "sign",
    aliases: &[],
    section: Section::Math,
    doc: "sign-function",
    summary: "1, 0 or -1 by the sign of a number.",
    params: &[Param::required("number", ParamType::Number)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(sign),
    examples: &[
        Example::gives("Negative", "sign(-42)", "-1.0"),
        Example::gives("Zero", "sign(0)", "0.0"),
        Example::gives("Positive", "sign(11.2)", "1.0"),
        Example::gives("Null", "sign(real(null))", "real(null)"),
    ],
};

fn abs_type(types: &[Type]) -> Result<Type, CallError> {
    match types.first().copied() {
        Some(Type::Int) => Ok(Type::Long),
        Some(ty @ (Type::Long | Type::Real | Type::Decimal | Type::Timespan)) => Ok(ty),
        found => Err(CallError::ArgumentType {
            function: ABS.name,
            position: 1,
            parameter: "number",
            expected: "a number or timespan".to_owned(),
            found: found.unwrap_or(Type::Dynamic),
        }),
    }
}

fn abs(args: &Args) -> Result<ArrayRef, KernelError> {
    match args.ty(0) {
        Type::Real => {
            let numbers = args.reals(0)?;
            Ok(each_real(args, |row| numbers.get(row).map(f64::abs)))
        }
        Type::Decimal => {
            let numbers = args.decimal_values(0)?;
            each_decimal(args, |row| numbers.get(row)?.checked_abs())
        }
        _ => {
            let numbers = args.longs(0)?;
            Ok(each_long(args, |row| numbers.get(row)?.checked_abs()))
        }
    }
}

fn ceiling(args: &Args) -> Result<ArrayRef, KernelError> {
    match args.ty(0) {
        Type::Real => {
            let numbers = args.reals(0)?;
            Ok(each_real(args, |row| numbers.get(row).map(f64::ceil)))
        }
        Type::Decimal => {
            let numbers = args.decimal_values(0)?;
            let one = 10_i128.pow(u32::from(DECIMAL_SCALE.unsigned_abs()));
            each_decimal(args, |row| {
                let number = numbers.get(row)?;
                let over = number.rem_euclid(one);
                if over == 0 { Some(number) } else { number.checked_add(one - over) }
            })
        }
        Type::Int => {
            let numbers = args.longs(0)?;
            Ok(each_int(args, |row| i32::try_from(numbers.get(row)?).ok()))
        }
        _ => {
            let numbers = args.longs(0)?;
            Ok(each_long(args, |row| numbers.get(row)))
        }
    }
}

fn sign(args: &Args) -> Result<ArrayRef, KernelError> {
    let numbers = args.reals(0)?;
    Ok(each_real(args, |row| numbers.get(row).map(|number| if number == 0.0 { 0.0 } else { number.signum() })))
}
