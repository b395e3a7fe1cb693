//! `series_fir`, `series_iir`: series smoothed and filtered.

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::{read, write};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null},
};

const SERIES: Param = Param::required("series", ParamType::Exact(Type::Dynamic));
const NULLS: Nulls = Nulls::Custom("What is no array gives null; a missing element counts as 0.");

/// `series_fir(series, filter [, normalize, center])`.
pub static SERIES_FIR: Function = Function {
    name: "series_fir",
    aliases: &[],
    section: Section::Series,
    doc: "series-fir-function",
    summary: "A series with each element replaced by a weighted sum of it and those before (or around it, if centered); the weights are divided by their sum unless normalize is false, which is the default for weights with a negative one.",
    params: &[
        SERIES,
        Param::required("filter", ParamType::Exact(Type::Dynamic)),
        Param::optional("normalize", ParamType::Exact(Type::Bool)),
        Param::optional("center", ParamType::Exact(Type::Bool)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(fir),
    examples: &[
        Example::gives("A moving mean", "tostring(series_fir(dynamic([2,4,6]), dynamic([1,1])))", r#""[1.0,3.0,5.0]""#),
        Example::gives("Centered", "tostring(series_fir(dynamic([3,6,9]), dynamic([1,1,1]), true, true))", r#""[3.0,6.0,5.0]""#),
        Example::gives("Differences", "tostring(series_fir(dynamic([1,4,9]), dynamic([1,-1]), false))", r#""[1.0,3.0,5.0]""#),
        Example::gives("Null", "series_fir(dynamic(null), dynamic([1,1]))", "dynamic(null)"),
    ],
};

/// `series_iir(series, numerators, denominators)`.
pub static SERIES_IIR: Function = Function {
    name: "series_iir",
    aliases: &[],
    section: Section::Series,
    doc: "series-iir-function",
    summary: "A series through a filter that feeds back: numerators weigh the input, denominators the output before.",
    params: &[
        SERIES,
        Param::required("numerators", ParamType::Exact(Type::Dynamic)),
        Param::required("denominators", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(iir),
    examples: &[
        Example::gives(
            "A running sum",
            "tostring(series_iir(dynamic([1,2,3]), dynamic([1]), dynamic([1,-1])))",
            r#""[1.0,3.0,6.0]""#,
        ),
        Example::gives("The first denominator is not 0", "isnull(series_iir(dynamic([1]), dynamic([1]), dynamic([0])))", "true"),
    ],
};

/// Most weights of a filter (reference page `series-fir-function`).
const MOST: usize = 1024;

fn numbers(json: Option<&str>) -> Option<Vec<f64>> {
    Some(read(json?)?.into_iter().map(|value| value.unwrap_or(0.0)).collect())
}

/// The sum of weights times the elements `place`, `place - 1`, ...; elements outside the series are 0.
fn weighted(weights: &[f64], values: &[f64], place: usize) -> f64 {
    weights.iter().enumerate().filter_map(|(back, weight)| Some(weight * values.get(place.checked_sub(back)?)?)).sum()
}

fn fir(args: &Args) -> Result<ArrayRef, KernelError> {
    let (series, filters) = (args.texts(0)?, args.texts(1)?);
    let flag = |position: usize| if args.len() > position { args.bools(position).map(Some) } else { Ok(None) };
    let (normalize, center) = (flag(2)?, flag(3)?);
    let row = |row: usize, out: &mut String| {
        let (values, mut weights) =
            (numbers(series.get(row))?, numbers(filters.get(row)).filter(|weights| weights.len() <= MOST)?);
        let usual = weights.iter().all(|&weight| weight >= 0.0);
        if normalize.as_ref().and_then(|normalize| normalize.get(row)).unwrap_or(usual) {
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        let centered = center.as_ref().and_then(|center| center.get(row)).unwrap_or(false);
        let ahead = if centered { weights.len() / 2 } else { 0 };
        write((0..values.len()).map(|place| Some(weighted(&weights, &values, place + ahead))), out);
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}

fn iir(args: &Args) -> Result<ArrayRef, KernelError> {
    let (series, numerators, denominators) = (args.texts(0)?, args.texts(1)?, args.texts(2)?);
    let row = |row: usize, out: &mut String| {
        let values = numbers(series.get(row))?;
        let weights = numbers(numerators.get(row)).filter(|weights| weights.len() <= MOST)?;
        let feedback = numbers(denominators.get(row)).filter(|weights| weights.len() <= MOST)?;
        let (&scale, feedback) = feedback.split_first().filter(|&(&scale, _)| scale != 0.0)?;
        let mut outputs: Vec<f64> = Vec::with_capacity(values.len());
        for place in 0..values.len() {
            let before = place.checked_sub(1).map_or(0.0, |last| weighted(feedback, &outputs, last));
            outputs.push((weighted(&weights, &values, place) - before) / scale);
        }
        write(outputs.into_iter().map(Some), out);
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}
