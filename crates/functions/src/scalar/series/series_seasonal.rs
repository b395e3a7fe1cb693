//! `series_seasonal`: what repeats in a series.

use arrow::array::ArrayRef;
use schema::Type;

use super::{
    decomposition::seasonal,
    numbers::{read, write},
};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null},
};

/// `series_seasonal(series [, period, test_points])`.
pub static FUNCTION: Function = Function {
    name: "series_seasonal",
    aliases: &[],
    section: Section::Series,
    doc: "series-seasonal-function",
    summary: "The season of a series, at each place the median of the points a whole number of periods away; zeros where no period is found.",
    params: &[
        Param::required("series", ParamType::Exact(Type::Dynamic)),
        Param::optional("period", ParamType::Exact(Type::Long)),
        Param::optional("test_points", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("What is no array gives null."),
    cost: Cost::PerDistinct,
    status: Status::Partial("The reference does not say how periods are scored: one may be found that Kusto does not find."),
    eval: Eval::Kernel(season),
    examples: &[
        Example::gives(
            "A period that is found",
            "tostring(series_seasonal(dynamic([8,12,14,12,10,10,12,14,12,10,10,12,14,12,10,10,12,14,12,10])))",
            r#""[10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0]""#,
        ),
        Example::gives(
            "Too short to find one",
            "tostring(series_seasonal(dynamic([1,3,5,2,4,6,1,3,5,2,4,6])))",
            r#""[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0]""#,
        ),
        Example::gives(
            "A period that is given",
            "tostring(series_seasonal(dynamic([1,3,5,1,3,5,2,4,6]), 3))",
            r#""[1.0,3.0,5.0,1.0,3.0,5.0,1.0,3.0,5.0]""#,
        ),
        Example::gives("Null", "series_seasonal(dynamic(null))", "dynamic(null)"),
    ],
};

/// The least score of a period that is found (reference page).
const THRESHOLD: f64 = 0.7;

fn season(args: &Args) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let whole = |position: usize| if args.len() > position { args.longs(position).map(Some) } else { Ok(None) };
    let (periods, test_points) = (whole(1)?, whole(2)?);
    let row = |row: usize, out: &mut String| {
        let values = read(series.get(row)?)?;
        let period = periods.as_ref().and_then(|periods| periods.get(row)).unwrap_or(-1);
        let left_out = test_points.as_ref().and_then(|points| usize::try_from(points.get(row)?).ok()).unwrap_or(0);
        let learned = values.get(..values.len().saturating_sub(left_out)).unwrap_or_default();
        write(seasonal(learned, period, THRESHOLD, values.len()).into_iter().map(Some), out);
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}
