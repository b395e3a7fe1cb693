//! `beta_cdf`, `beta_inv`, `beta_pdf`: the beta distribution, and `welch_test`, whose p-value follows from it.
//!
//! The distribution is the regularised incomplete beta function, computed by its continued fraction (NIST Digital Library of
//! Mathematical Functions, 8.17.22).

use arrow::array::ArrayRef;
use schema::Type;

use super::gamma::log_gamma;
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real},
};

const X: &[Param] = &[
    Param::required("x", ParamType::Number),
    Param::required("alpha", ParamType::Number),
    Param::required("beta", ParamType::Number),
];
const PROBABILITY: &[Param] = &[
    Param::required("probability", ParamType::Number),
    Param::required("alpha", ParamType::Number),
    Param::required("beta", ParamType::Number),
];

/// The greatest parameter that `beta_cdf` takes.
const MOST: f64 = 10_000.0;

/// `beta_cdf(x, alpha, beta)`.
pub static BETA_CDF: Function = Function {
    name: "beta_cdf",
    aliases: &[],
    section: Section::Math,
    doc: "beta-cdf-function",
    summary: "The probability that a value of the beta distribution is at most x; NaN for an x outside 0 to 1 or a parameter outside 0 to 10,000.",
    params: X,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("beta_cdf"),
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_three(args, |x, a, b| Some(cdf(x, a, b)))),
    examples: &[
        Example::gives("A probability", "round(beta_cdf(0.5, 2, 3), 12)", "0.6875"),
        Example::gives("Near the end", "round(beta_cdf(0.9, 10.0, 20.0), 15)", "0.999999999999959"),
        Example::gives("At both ends", "beta_cdf(0, 2, 3) + beta_cdf(1, 2, 3)", "1.0"),
        Example::gives("Outside", "isnan(beta_cdf(1.5, 10, 20))", "true"),
        Example::gives("No parameter", "isnan(beta_cdf(0.1, -1, 20))", "true"),
        Example::gives("Null", "beta_cdf(0.5, 2, real(null))", "real(null)"),
    ],
};

/// `beta_inv(probability, alpha, beta)`.
pub static BETA_INV: Function = Function {
    name: "beta_inv",
    aliases: &[],
    section: Section::Math,
    doc: "beta-inv-function",
    summary: "The value that a value of the beta distribution does not exceed with a probability: the opposite of beta_cdf. Null for a probability that is none, NaN for a parameter that is none.",
    params: PROBABILITY,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("beta_inv"),
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_three(args, inverse)),
    examples: &[
        Example::gives("A value", "round(beta_inv(0.1, 10.0, 20.0), 12)", "0.226415022389"),
        Example::gives("The opposite of beta_cdf", "round(beta_cdf(beta_inv(0.3, 2, 3), 2, 3), 12)", "0.3"),
        Example::gives("No probability", "beta_inv(1.5, 10, 20)", "real(null)"),
        Example::gives("No parameter", "isnan(beta_inv(0.1, -1, 20))", "true"),
        Example::gives("Null", "beta_inv(real(null), 10, 20)", "real(null)"),
    ],
};

/// `beta_pdf(x, alpha, beta)`.
pub static BETA_PDF: Function = Function {
    name: "beta_pdf",
    aliases: &[],
    section: Section::Math,
    doc: "beta-pdf-function",
    summary: "The density of the beta distribution at x; NaN unless x lies between 0 and 1 and both parameters are positive.",
    params: X,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::Prefixed("beta_pdf"),
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_three(args, |x, a, b| Some(pdf(x, a, b)))),
    examples: &[
        Example::gives("A density", "round(beta_pdf(0.5, 10.0, 20.0), 12)", "0.746176019311"),
        Example::gives("Outside", "isnan(beta_pdf(-10, 10, 20))", "true"),
        Example::gives("No parameter", "isnan(beta_pdf(0.1, -1, 20))", "true"),
        Example::gives("Null", "beta_pdf(0.5, real(null), 20)", "real(null)"),
    ],
};

/// `welch_test(mean1, variance1, count1, mean2, variance2, count2)`.
pub static WELCH_TEST: Function = Function {
    name: "welch_test",
    aliases: &[],
    section: Section::Math,
    doc: "welch-test-function",
    summary: "The p-value of Welch's t-test, of both sides: how likely means this far apart are if the populations' means are equal.",
    params: &[
        Param::required("mean1", ParamType::Number),
        Param::required("variance1", ParamType::Number),
        Param::required("count1", ParamType::Number),
        Param::required("mean2", ParamType::Number),
        Param::required("variance2", ParamType::Number),
        Param::required("count2", ParamType::Number),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(welch_test),
    examples: &[
        Example::gives("Two series", "round(welch_test(20.82, 7.865, 15, 23.7, 5.985, 12), 4)", "0.0087"),
        Example::gives("The same mean", "welch_test(5, 2, 10, 5, 3, 12)", "1.0"),
        Example::gives("One value alone", "welch_test(5, 0, 1, 5, 3, 12)", "real(nan)"),
        Example::gives("Null", "welch_test(real(null), 2, 10, 5, 3, 12)", "real(null)"),
    ],
};

/// The logarithm of the beta function.
fn log_beta(a: f64, b: f64) -> f64 {
    log_gamma(a) + log_gamma(b) - log_gamma(a + b)
}

fn pdf(x: f64, a: f64, b: f64) -> f64 {
    if !(x > 0.0 && x < 1.0 && a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    ((a - 1.0).mul_add(x.ln(), (b - 1.0) * (-x).ln_1p()) - log_beta(a, b)).exp()
}

fn cdf(x: f64, a: f64, b: f64) -> f64 {
    let parameter = |value: f64| value > 0.0 && value <= MOST;
    if (0.0..=1.0).contains(&x) && parameter(a) && parameter(b) { incomplete(x, a, b) } else { f64::NAN }
}

/// The regularised incomplete beta function for x of 0 to 1 and positive parameters.
fn incomplete(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = a.mul_add(x.ln(), b * (-x).ln_1p()) - log_beta(a, b);
    // The fraction converges fast on one side of the mean only.
    if x < (a + 1.0) / (a + b + 2.0) {
        front.exp() * fraction(x, a, b) / a
    } else {
        1.0 - front.exp() * fraction(1.0 - x, b, a) / b
    }
}

/// The continued fraction by Lentz's method.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const STEPS: u32 = 1_000;
    let nonzero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, nonzero(1.0 - (a + b) * x / (a + 1.0)).recip());
    let mut value = d;
    for step in 1..=STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = nonzero(even.mul_add(d, 1.0)).recip();
        c = nonzero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = nonzero(odd.mul_add(d, 1.0)).recip();
        c = nonzero(1.0 + odd / c);
        value *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

/// By halving: the distribution grows with x.
fn inverse(probability: f64, a: f64, b: f64) -> Option<f64> {
    // The page says null of both, and its example shows which is which.
    if !(probability > 0.0 && probability <= 1.0) {
        return None;
    }
    if !(a > 0.0 && b > 0.0) {
        return Some(f64::NAN);
    }
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle: f64 = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return Some(high);
        }
        if incomplete(middle, a, b) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
}

fn of_three(args: &Args, value: fn(f64, f64, f64) -> Option<f64>) -> Result<ArrayRef, KernelError> {
    let (x, a, b) = (args.reals(0)?, args.reals(1)?, args.reals(2)?);
    Ok(each_real(args, |row| value(x.get(row)?, a.get(row)?, b.get(row)?)))
}

fn welch_test(args: &Args) -> Result<ArrayRef, KernelError> {
    let columns = (0..6).map(|position| args.reals(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_real(args, |row| {
        let figure = |position: usize| columns.get(position)?.get(row);
        let (one, two) = (figure(1)? / figure(2)?, figure(4)? / figure(5)?);
        let t = (figure(0)? - figure(3)?) / (one + two).sqrt();
        // Welch and Satterthwaite's degrees of freedom.
        let freedom = (one + two).powi(2) / (one * one / (figure(2)? - 1.0) + two * two / (figure(5)? - 1.0));
        if !(freedom > 0.0 && t.is_finite()) {
            return Some(f64::NAN);
        }
        Some(incomplete(freedom / t.mul_add(t, freedom), freedom / 2.0, 0.5))
    }))
}
