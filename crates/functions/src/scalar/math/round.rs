//! `round`: numbers rounded to decimal places, halves away from zero.

use arrow::array::ArrayRef;
use schema::{DECIMAL_SCALE, Type};

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_decimal, each_int, each_long, each_real},
};

/// `round(number [, precision])`.
pub static FUNCTION: Function = Function {
    name: "round",
    aliases: &[],
    section: Section::Math,
    doc: "round-function",
    summary: "A number rounded to a number of decimal places (0), or with a negative number to tens and hundreds; halves go away from zero.",
    params: &[Param::required("number", ParamType::Number), Param::optional("precision", ParamType::Exact(Type::Long))],
    returns: Returns::SameAs(0),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(round),
    examples: &[
        Example::gives("One place", "round(2.98765, 3)", "2.988"),
        Example::gives("A half that is none in binary", "round(2.15, 1)", "2.2"),
        Example::gives("Another", "round(1.005, 2)", "1.01"),
        Example::gives("Whole", "round(2.5)", "3.0"),
        Example::gives("Away from zero", "round(-2.5)", "-3.0"),
        Example::gives("Tens", "round(-50.55, -2)", "-100.0"),
        Example::gives("A long", "round(1250, -2)", "1300"),
        Example::gives("A long stays", "round(1250, 2)", "1250"),
        Example::gives("A decimal", "round(decimal(2.15), 1)", "decimal(2.2)"),
        Example::gives("Null", "round(real(null), 1)", "real(null)"),
        Example::gives("Null precision", "round(2.5, long(null))", "real(null)"),
        Example::fails("Text", r#"round("a")"#, "K0202"),
    ],
};

fn round(args: &Args) -> Result<ArrayRef, KernelError> {
    let precisions = if args.len() > 1 { Some(args.longs(1)?) } else { None };
    let places = |row: usize| match &precisions {
        Some(precisions) => precisions.get(row).map(|places| i32::try_from(places.clamp(-400, 400)).unwrap_or(0)),
        None => Some(0),
    };
    match args.ty(0) {
        Type::Real => {
            let numbers = args.reals(0)?;
            Ok(each_real(args, |row| Some(real(numbers.get(row)?, places(row)?))))
        }
        Type::Decimal => {
            let numbers = args.decimal_values(0)?;
            each_decimal(args, |row| integer(numbers.get(row)?, i32::from(DECIMAL_SCALE) - places(row)?))
        }
        ty => {
            let numbers = args.longs(0)?;
            let rounded = |row: usize| {
                let rounded = integer(i128::from(numbers.get(row)?), -places(row)?)?;
                i64::try_from(rounded).ok()
            };
            Ok(if ty == Type::Int {
                each_int(args, |row| rounded(row).and_then(|value| i32::try_from(value).ok()))
            } else {
                each_long(args, rounded)
            })
        }
    }
}

/// A number without its last `digits` decimal digits, which become zeros.
fn integer(value: i128, digits: i32) -> Option<i128> {
    if digits <= 0 {
        return Some(value);
    }
    let Some(unit) = 10_i128.checked_pow(digits.unsigned_abs()) else { return Some(0) };
    let half = if value < 0 { -(unit / 2) } else { unit / 2 };
    Some(value.checked_add(half)? / unit * unit)
}

/// Decides by the shortest decimal digits of the number, which is what a person sees: 2.15 is a half although the nearest
/// binary number lies below.
pub(crate) fn real(value: f64, places: i32) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    if places == 0 {
        return value.round();
    }
    if places > 0 {
        let scale = 10.0_f64.powi(places);
        let scaled = value * scale;
        if !scaled.is_finite() || scaled.abs() >= 4_503_599_627_370_496.0 {
            return value;
        }
        let near_half = (scaled.abs().fract() - 0.5).abs() < 1e-6;
        return if near_half { by_digits(value, places) } else { scaled.round() / scale };
    }
    let scale = 10.0_f64.powi(-places);
    if scale.is_finite() { (value / scale).round() * scale } else { 0.0 }
}

fn by_digits(value: f64, places: i32) -> f64 {
    let digits = format!("{}", value.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let keep = usize::try_from(places).unwrap_or(0);
    let up = fraction.as_bytes().get(keep).is_some_and(|&digit| digit >= b'5');
    let kept: f64 = format!("{whole}.{}", fraction.get(..keep).unwrap_or(fraction)).parse().unwrap_or(0.0);
    let scale = 10.0_f64.powi(places);
    let rounded = ((kept * scale).round() + f64::from(u8::from(up))) / scale;
    rounded.copysign(value)
}
