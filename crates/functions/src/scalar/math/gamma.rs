//! `gamma`, `loggamma`: the gamma function and its logarithm.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real},
};

const NUMBER: &[Param] = &[Param::required("number", ParamType::Number)];

/// `gamma(number)`.
pub static GAMMA: Function = Function {
    name: "gamma",
    aliases: &[],
    section: Section::Math,
    doc: "gamma-function",
    summary: "The gamma function of a number.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| each(args, gamma)),
    examples: &[
        Example::gives("A factorial", "round(gamma(5), 6)", "24.0"),
        Example::gives("A half", "round(gamma(0.5), 6)", "1.772454"),
        Example::gives("Null", "gamma(real(null))", "real(null)"),
    ],
};

/// `loggamma(number)`.
pub static LOGGAMMA: Function = Function {
    name: "loggamma",
    aliases: &[],
    section: Section::Math,
    doc: "loggamma-function",
    summary: "The natural logarithm of the absolute value of the gamma function.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| each(args, log_gamma)),
    examples: &[
        Example::gives("A factorial", "round(loggamma(5), 6)", "3.178054"),
        Example::gives("Null", "loggamma(real(null))", "real(null)"),
    ],
};

/// Coefficients of Lanczos' approximation for g = 7 and n = 9 (Lanczos, 1964; accurate to about 15 digits).
const LANCZOS: [f64; 9] = [
    0.999_999_999_999_809_9,
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

fn gamma(x: f64) -> f64 {
    if x < 0.5 {
        return std::f64::consts::PI / ((std::f64::consts::PI * x).sin() * gamma(1.0 - x));
    }
    let (sum, t) = series(x - 1.0);
    (2.0 * std::f64::consts::PI).sqrt() * t.powf(x - 0.5) * (-t).exp() * sum
}

pub(super) fn log_gamma(x: f64) -> f64 {
    if x < 0.5 {
        return (std::f64::consts::PI / (std::f64::consts::PI * x).sin().abs()).ln() - log_gamma(1.0 - x);
    }
    let (sum, t) = series(x - 1.0);
    0.5f64.mul_add((2.0 * std::f64::consts::PI).ln(), (x - 0.5) * t.ln()) - t + sum.ln()
}

fn series(x: f64) -> (f64, f64) {
    let terms = LANCZOS.iter().enumerate().skip(1).map(|(n, coefficient)| coefficient / (x + n as f64));
    (LANCZOS[0] + terms.sum::<f64>(), x + 7.5)
}

fn each(args: &Args, value: fn(f64) -> f64) -> Result<ArrayRef, KernelError> {
    let numbers = args.reals(0)?;
    Ok(each_real(args, |row| numbers.get(row).map(value)))
}
