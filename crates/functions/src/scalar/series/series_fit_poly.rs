//! `series_fit_poly`: the polynomial that fits a series best.
//!
//! By least squares over polynomials that are orthogonal on the series' own points (Forsythe, 1957), which stays exact where
//! powers of x would not.

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::{read, write, write_each};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, TupleField,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `series_fit_poly(y_series [, x_series, degree])`.
pub static FUNCTION: Function = Function {
    name: "series_fit_poly",
    aliases: &[],
    section: Section::Series,
    doc: "series-fit-poly-function",
    summary: "The polynomial of a degree (1) that fits a series over another (1, 2, 3, ...) best by least squares: how well it does (0 to 1), its coefficients from the highest power down, variances of the series and of what it leaves, and its values.",
    params: &[
        Param::required("y_series", ParamType::Exact(Type::Dynamic)),
        Param::optional("x_series", ParamType::Exact(Type::Dynamic)),
        Param::optional("degree", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_fit_poly"),
    nulls: Nulls::Custom("What is no array of numbers, or a degree the points do not determine, gives nulls."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Tuple(
        &[
            TupleField { name: "rsquare", ty: Type::Real },
            TupleField { name: "coefficients", ty: Type::Dynamic },
            TupleField { name: "variance", ty: Type::Real },
            TupleField { name: "rvariance", ty: Type::Real },
            TupleField { name: "poly_fit", ty: Type::Dynamic },
        ],
        fit,
    ),
    examples: &[
        Example::gives("A line", "tostring(series_fit_poly(dynamic([3,5,7,9]))[1])", r#""[2.0,1.0]""#),
        Example::gives(
            "A parabola over its own points",
            "array_sum(series_fit_poly(dynamic([1,0,1,4,9]), dynamic([-1,0,1,2,3]), 2)[1]) between (0.999999 .. 1.000001)",
            "true",
        ),
        Example::gives("How well", "round(toreal(series_fit_poly(dynamic([2,5,6,8,11,15,17,18,25,26,30,30]))[0]), 3)", "0.983"),
        Example::gives("Its values", "tostring(series_fit_poly(dynamic([1,3]))[4])", r#""[1.0,3.0]""#),
        Example::gives("Too few points", "isnull(series_fit_poly(dynamic([1,3]), dynamic([1,2]), 2)[0])", "true"),
        Example::gives("Null", "isnull(series_fit_poly(dynamic(null))[0])", "true"),
    ],
};

/// The highest degree; beyond it, reals do not carry the coefficients.
const MOST: usize = 100;

fn fit(args: &Args) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let places = if args.len() > 1 { Some(args.texts(1)?) } else { None };
    let degrees = if args.len() > 2 { Some(args.longs(2)?) } else { None };
    let numbers = |json: &str| read(json)?.into_iter().collect::<Option<Vec<f64>>>();
    let row = |row: usize, out: &mut String| {
        let y = numbers(series.get(row)?)?;
        let x = match &places {
            Some(places) => numbers(places.get(row)?)?,
            None => (1..=y.len()).map(|x| x as f64).collect(),
        };
        let degree = degrees.as_ref().map_or(Some(1), |degrees| degrees.get(row))?;
        let degree = usize::try_from(degree).ok().filter(|&degree| degree <= MOST && degree < y.len())?;
        if x.len() != y.len() {
            return None;
        }
        let (coefficients, fitted) = polynomial(&x, &y, degree)?;
        let mean = y.iter().sum::<f64>() / y.len() as f64;
        let among = (y.len() as f64 - 1.0).max(1.0);
        let variance = y.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / among;
        let rest = y.iter().zip(&fitted).map(|(y, fitted)| (y - fitted).powi(2)).sum::<f64>() / among;
        let well = if variance > 0.0 { 1.0 - rest / variance } else { 1.0 };
        write_each(0..5, out, |column, out| match column {
            0 => json::write_real(well, out),
            1 => write(coefficients.iter().rev().copied().map(Some), out),
            2 => json::write_real(variance, out),
            3 => json::write_real(rest, out),
            _ => write(fitted.iter().copied().map(Some), out),
        });
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}

/// Coefficients from the lowest power up, and the polynomial's values; `None` if the points do not determine it.
fn polynomial(x: &[f64], y: &[f64], degree: usize) -> Option<(Vec<f64>, Vec<f64>)> {
    let mut fitted = vec![0.0; x.len()];
    let mut coefficients = vec![0.0; degree + 1];
    // The polynomial of this degree and the one before it: values at the points, and coefficients.
    let (mut values, mut before) = (vec![1.0; x.len()], vec![0.0; x.len()]);
    let (mut powers, mut powers_before) = (vec![1.0], Vec::<f64>::new());
    let mut norm_before = 1.0;
    for step in 0..=degree {
        let norm: f64 = values.iter().map(|value| value * value).sum();
        if norm.is_nan() || norm <= f64::MIN_POSITIVE {
            return None;
        }
        // What is left of y is as good as y, and smaller.
        let weight =
            values.iter().zip(y.iter().zip(&fitted)).map(|(value, (y, fitted))| value * (y - fitted)).sum::<f64>() / norm;
        fitted.iter_mut().zip(&values).for_each(|(fitted, value)| *fitted += weight * value);
        coefficients.iter_mut().zip(&powers).for_each(|(coefficient, power)| *coefficient += weight * power);
        if step == degree {
            break;
        }
        let shift = values.iter().zip(x).map(|(value, x)| x * value * value).sum::<f64>() / norm;
        let scale = if step == 0 { 0.0 } else { norm / norm_before };
        let next: Vec<f64> =
            x.iter().zip(values.iter().zip(&before)).map(|(x, (value, before))| (x - shift) * value - scale * before).collect();
        let power = |powers: &[f64], place: usize| powers.get(place).copied().unwrap_or(0.0);
        let next_powers: Vec<f64> = (0..=powers.len())
            .map(|place| {
                let raised = place.checked_sub(1).map_or(0.0, |lower| power(&powers, lower));
                raised - shift * power(&powers, place) - scale * power(&powers_before, place)
            })
            .collect();
        (before, values) = (values, next);
        (powers_before, powers) = (powers, next_powers);
        norm_before = norm;
    }
    Some((coefficients, fitted))
}
