//! `series_outliers`: how far the points of a series lie outside the others.

use arrow::array::ArrayRef;
use schema::Type;

use super::{
    decomposition::scores,
    numbers::{read, write},
};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null},
};

/// `series_outliers(series [, kind, ignore_val, min_percentile, max_percentile])`.
pub static FUNCTION: Function = Function {
    name: "series_outliers",
    aliases: &[],
    section: Section::Series,
    doc: "series-outliers-function",
    summary: "For each point by how many distances between the 10th and 90th percentile (tukey: 25th and 75th) it lies above (positive) or below them, 0 between.",
    params: &[
        Param::required("series", ParamType::Exact(Type::Dynamic)),
        Param::optional("kind", ParamType::Exact(Type::String)),
        Param::optional("ignore_val", ParamType::Exact(Type::Real)),
        Param::optional("min_percentile", ParamType::Exact(Type::Real)),
        Param::optional("max_percentile", ParamType::Exact(Type::Real)),
        Param::optional("test_points", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Custom("What is no array gives null; a missing point scores 0."),
    cost: Cost::PerDistinct,
    status: Status::Partial(
        "The reference does not say how percentiles and scores are computed: figures may differ somewhat from Kusto's.",
    ),
    eval: Eval::Kernel(outliers),
    examples: &[
        Example::gives(
            "A spike",
            "tostring(series_outliers(dynamic([0,1,2,3,4,5,6,7,8,9,17])))",
            r#""[-0.125,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0]""#,
        ),
        Example::gives("Tukey", r#"tostring(series_outliers(dynamic([0,1,2,3,16]), "tukey"))"#, r#""[-0.5,0.0,0.0,0.0,6.5]""#),
        Example::gives(
            "A value to leave out",
            r#"tostring(series_outliers(dynamic([0,1,2,3,16,-1]), "tukey", -1))"#,
            r#""[-0.5,0.0,0.0,0.0,6.5,0.0]""#,
        ),
        Example::gives("Null", "series_outliers(dynamic(null))", "dynamic(null)"),
    ],
};

fn outliers(args: &Args) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let kinds = if args.len() > 1 { Some(args.texts(1)?) } else { None };
    let real = |position: usize| if args.len() > position { args.reals(position).map(Some) } else { Ok(None) };
    let (ignored, least, most) = (real(2)?, real(3)?, real(4)?);
    let test_points = if args.len() > 5 { Some(args.longs(5)?) } else { None };
    let row = |row: usize, out: &mut String| {
        let mut values = read(series.get(row)?)?;
        if let Some(ignored) = ignored.as_ref().and_then(|ignored| ignored.get(row)) {
            values.iter_mut().filter(|value| **value == Some(ignored)).for_each(|value| *value = None);
        }
        let percentile = |column: &Option<crate::kernel::Reals>, usual: f64| {
            column.as_ref().and_then(|column| column.get(row)).map_or(usual, |percent| percent.clamp(2.0, 98.0))
        };
        let (least, most) = match kinds.as_ref().map_or("ctukey", |kinds| kinds.text(row)) {
            "ctukey" => (percentile(&least, 10.0), percentile(&most, 90.0)),
            "tukey" => (25.0, 75.0),
            _ => return None,
        };
        let test_points = test_points.as_ref().and_then(|points| usize::try_from(points.get(row)?).ok()).unwrap_or(0);
        write(scores(&values, least, most, test_points).into_iter().map(Some), out);
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}
