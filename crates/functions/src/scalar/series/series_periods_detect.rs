//! `series_periods_detect`: the periods of a series.

use arrow::array::ArrayRef;
use schema::Type;

use super::{
    decomposition::{MIN_PERIOD, periods},
    numbers::{read, write},
};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, TupleField,
    kernel::{Args, KernelError, each_text_or_null},
};

/// `series_periods_detect(series, min_period, max_period, num_periods)`.
pub static FUNCTION: Function = Function {
    name: "series_periods_detect",
    aliases: &[],
    section: Section::Series,
    doc: "series-periods-detect-function",
    summary: "The most pronounced periods of a series between two lengths, 4 points at least, and their scores from 0 to 1.",
    params: &[
        Param::required("series", ParamType::Exact(Type::Dynamic)),
        Param::required("min_period", ParamType::Exact(Type::Real)),
        Param::required("max_period", ParamType::Exact(Type::Real)),
        Param::required("num_periods", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_periods_detect"),
    nulls: Nulls::Custom("What is no array gives nulls."),
    cost: Cost::PerDistinct,
    status: Status::Partial("The reference does not say how periods are scored: figures may differ somewhat from Kusto's."),
    eval: Eval::Tuple(
        &[TupleField { name: "periods", ty: Type::Dynamic }, TupleField { name: "scores", ty: Type::Dynamic }],
        detect,
    ),
    examples: &[
        Example::gives(
            "A period",
            "tostring(series_periods_detect(dynamic([1,2,9,2,1,2,9,2,1,2,9,2,1,2,9,2]), 2, 8, 1)[0])",
            r#""[4.0]""#,
        ),
        Example::gives(
            "None of less than 4 points",
            "tostring(series_periods_detect(dynamic([1,9,1,9,1,9,1,9,1,9,1,9]), 2, 3, 1)[0])",
            r#""[0.0]""#,
        ),
        Example::gives("None", "tostring(series_periods_detect(dynamic([1,1,1,1,1,1]), 2, 3, 1)[0])", r#""[0.0]""#),
        Example::gives("Null", "isnull(series_periods_detect(dynamic(null), 2, 8, 1)[0])", "true"),
    ],
};

/// Most periods looked for.
const MOST: usize = 100;

fn detect(args: &Args) -> Result<ArrayRef, KernelError> {
    let (series, least, most, counts) = (args.texts(0)?, args.reals(1)?, args.reals(2)?, args.longs(3)?);
    let row = |row: usize, out: &mut String| {
        let count = usize::try_from(counts.get(row)?).ok()?.min(MOST);
        let (least, most) = (least.get(row)?.max(0.0) as usize, most.get(row)?.max(0.0) as usize);
        let mut found = periods(&read(series.get(row)?)?, least.max(MIN_PERIOD), most, count);
        // Where fewer are found the rest is 0.
        found.resize(count, (0, 0.0));
        out.push('[');
        write(found.iter().map(|&(period, _)| Some(period as f64)), out);
        out.push(',');
        write(found.iter().map(|&(_, score)| Some(score)), out);
        out.push(']');
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}
