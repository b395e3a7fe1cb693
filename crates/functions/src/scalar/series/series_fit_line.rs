//! `series_fit_line`, `series_fit_line_dynamic`: the straight line that fits a series best.

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::{line, mean, read, write, write_each};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, TupleField,
    kernel::{Args, KernelError, each_text_or_null, json},
};

const PARAMS: &[Param] = &[Param::required("series", ParamType::Exact(Type::Dynamic))];
const NULLS: Nulls = Nulls::Custom("What is no array gives nulls; missing points are left out.");

/// `series_fit_line(series)`.
pub static SERIES_FIT_LINE: Function = Function {
    name: "series_fit_line",
    aliases: &[],
    section: Section::Series,
    doc: "series-fit-line-function",
    summary: "The straight line that fits a series best by least squares: how well (0 to 1), slope, variance of the series and of what the line leaves, value one step before the first point, and the line.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_fit_line"),
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Tuple(
        &[
            TupleField { name: "rsquare", ty: Type::Real },
            TupleField { name: "slope", ty: Type::Real },
            TupleField { name: "variance", ty: Type::Real },
            TupleField { name: "rvariance", ty: Type::Real },
            TupleField { name: "interception", ty: Type::Real },
            TupleField { name: "line_fit", ty: Type::Dynamic },
        ],
        |args| fit(args, false),
    ),
    examples: &[
        Example::gives("How well", "round(toreal(series_fit_line(dynamic([2,5,6,8,11,15,17,18,25,26,30,30]))[0]), 3)", "0.983"),
        Example::gives("Slope", "round(toreal(series_fit_line(dynamic([2,5,6,8,11,15,17,18,25,26,30,30]))[1]), 2)", "2.73"),
        Example::gives(
            "Value before the first point",
            "round(toreal(series_fit_line(dynamic([2,5,6,8,11,15,17,18,25,26,30,30]))[4]), 3)",
            "-1.667",
        ),
        Example::gives("Null", "isnull(series_fit_line(dynamic(null))[0])", "true"),
    ],
};

/// `series_fit_line_dynamic(series)`.
pub static SERIES_FIT_LINE_DYNAMIC: Function = Function {
    name: "series_fit_line_dynamic",
    aliases: &[],
    section: Section::Series,
    doc: "series-fit-line-dynamic-function",
    summary: "As series_fit_line, in a property bag.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| fit(args, true)),
    examples: &[
        Example::gives(
            "Slope",
            "round(toreal(series_fit_line_dynamic(dynamic([2,5,6,8,11,15,17,18,25,26,30,30])).slope), 2)",
            "2.73",
        ),
        Example::gives("Null", "series_fit_line_dynamic(dynamic(null))", "dynamic(null)"),
    ],
};

fn fit(args: &Args, bag: bool) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let row = |row: usize, out: &mut String| {
        let values = read(series.get(row)?)?;
        let (slope, start) = line(&values)?;
        let fitted: Vec<f64> = (0..values.len()).map(|x| slope.mul_add(x as f64, start)).collect();
        let average = mean(&values)?;
        let count = values.iter().flatten().count() as f64;
        let around = |center: &dyn Fn(usize) -> f64| {
            values.iter().enumerate().filter_map(|(x, y)| y.map(|y| (y - center(x)).powi(2))).sum::<f64>()
                / (count - 1.0).max(1.0)
        };
        let (variance, rest) = (around(&|_| average), around(&|x| fitted[x]));
        let well = if variance > 0.0 { 1.0 - rest / variance } else { 1.0 };
        // The reference's example counts the points from 1: the value at 0 stands one step before the first.
        let interception = start - slope;
        let figures =
            [("rsquare", well), ("slope", slope), ("variance", variance), ("rvariance", rest), ("interception", interception)];
        if bag {
            out.push('{');
            for (name, figure) in figures {
                json::quote(name, out);
                out.push(':');
                json::write_real(figure, out);
                out.push(',');
            }
            out.push_str("\"line_fit\":");
            write(fitted.iter().copied().map(Some), out);
            out.push('}');
        } else {
            write_each(0..=figures.len(), out, |position, out| match figures.get(position) {
                Some(&(_, figure)) => json::write_real(figure, out),
                None => write(fitted.iter().copied().map(Some), out),
            });
        }
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}
