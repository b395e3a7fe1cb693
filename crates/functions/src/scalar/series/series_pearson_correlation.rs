//! `series_pearson_correlation`: how nearly two series lie on a line.

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::read;
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real},
};

/// `series_pearson_correlation(series1, series2)`.
pub static FUNCTION: Function = Function {
    name: "series_pearson_correlation",
    aliases: &[],
    section: Section::Series,
    doc: "series-pearson-correlation-function",
    summary: "The correlation coefficient of two series, -1 to 1; null if they differ in length or an element is no number.",
    params: &[
        Param::required("series1", ParamType::Exact(Type::Dynamic)),
        Param::required("series2", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(correlation),
    examples: &[
        Example::gives("On a line", "series_pearson_correlation(dynamic([1,2,3,4,5]), dynamic([2,4,6,8,10]))", "1.0"),
        Example::gives("Against each other", "series_pearson_correlation(dynamic([1,2,3]), dynamic([3,2,1]))", "-1.0"),
        Example::gives("One does not change", "series_pearson_correlation(dynamic([1,2]), dynamic([3,3]))", "real(nan)"),
        Example::gives("Another length", "series_pearson_correlation(dynamic([1,2]), dynamic([3,3,4]))", "real(null)"),
        Example::gives("What is no number", r#"series_pearson_correlation(dynamic([1,"a"]), dynamic([3,4]))"#, "real(null)"),
        Example::gives("Null", "series_pearson_correlation(dynamic([1,2]), dynamic(null))", "real(null)"),
    ],
};

fn correlation(args: &Args) -> Result<ArrayRef, KernelError> {
    let (left, right) = (args.texts(0)?, args.texts(1)?);
    let numbers = |json: &str| read(json)?.into_iter().collect::<Option<Vec<f64>>>();
    Ok(each_real(args, |row| {
        let (left, right) = (numbers(left.get(row)?)?, numbers(right.get(row)?)?);
        if left.len() != right.len() || left.is_empty() {
            return None;
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (mean_left, mean_right) = (mean(&left), mean(&right));
        let (mut both, mut of_left, mut of_right) = (0.0, 0.0, 0.0);
        for (left, right) in left.iter().zip(&right) {
            let (left, right) = (left - mean_left, right - mean_right);
            both += left * right;
            of_left += left * left;
            of_right += right * right;
        }
        Some((both / (of_left * of_right).sqrt()).clamp(-1.0, 1.0))
    }))
}
