//! `erf`, `erfc`: the error function and what it leaves to 1.
//!
//! Both follow from the incomplete gamma function P(1/2, x²): by its series near 0, by its continued fraction beyond
//! (NIST Digital Library of Mathematical Functions, 7.6.2 and 7.9.2).

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real},
};

const NUMBER: &[Param] = &[Param::required("x", ParamType::Number)];

/// `erf(x)`.
pub static ERF: Function = Function {
    name: "erf",
    aliases: &[],
    section: Section::Math,
    doc: "erf-function",
    summary: "The error function of a number.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| each(args, erf)),
    examples: &[
        Example::gives("At 1", "round(erf(1), 12)", "0.842700792950"),
        Example::gives("It is odd", "round(erf(-2), 12)", "-0.995322265019"),
        Example::gives("At 0", "erf(0)", "0.0"),
        Example::gives("Far out", "erf(10.5)", "1.0"),
        Example::gives("Null", "erf(real(null))", "real(null)"),
    ],
};

/// `erfc(x)`.
pub static ERFC: Function = Function {
    name: "erfc",
    aliases: &[],
    section: Section::Math,
    doc: "erfc-function",
    summary: "1 less the error function of a number, exact where that is nearly 1.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| each(args, erfc)),
    examples: &[
        Example::gives("At 1", "round(erfc(1), 12)", "0.157299207050"),
        Example::gives("At a negative number", "round(erfc(-1), 12)", "1.842700792950"),
        Example::gives("Far out", "erfc(10) between (2.08e-45 .. 2.09e-45)", "true"),
        Example::gives("Null", "erfc(real(null))", "real(null)"),
    ],
};

/// From here on the continued fraction is the faster of the two.
const FAR: f64 = 2.0;

fn erf(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x.abs() >= FAR {
        return (1.0 - beyond(x.abs())).copysign(x);
    }
    // 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1))
    let (mut term, mut sum, mut divisor) = (x, x, 1.0);
    while term.abs() > f64::EPSILON * sum.abs() * 0.1 {
        divisor += 2.0;
        term *= 2.0 * x * x / divisor;
        sum += term;
    }
    std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

fn erfc(x: f64) -> f64 {
    if x.is_nan() {
        x
    } else if x >= FAR {
        beyond(x)
    } else if x <= -FAR {
        2.0 - beyond(-x)
    } else {
        1.0 - erf(x)
    }
}

/// erfc of a number from 2 on: e^(-x²)/√π / (x + ½/(x + 1/(x + 3⁄2/(x + …)))), from the inside out.
fn beyond(x: f64) -> f64 {
    const DEPTH: u32 = 120;
    let fraction = (1..=DEPTH).rev().fold(x, |inner, n| x + 0.5 * f64::from(n) / inner);
    (-x * x).exp() / (fraction * std::f64::consts::PI.sqrt())
}

fn each(args: &Args, value: fn(f64) -> f64) -> Result<ArrayRef, KernelError> {
    let numbers = args.reals(0)?;
    Ok(each_real(args, |row| numbers.get(row).map(value)))
}
