//! `series_periods_validate`: how well given periods suit a series.

use arrow::array::ArrayRef;
use schema::Type;

use super::{
    decomposition::scores_of,
    numbers::{read, write},
};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, TupleField,
    kernel::{Args, KernelError, each_text_or_null},
};

/// `series_periods_validate(series, period, ...)`.
pub static FUNCTION: Function = Function {
    name: "series_periods_validate",
    aliases: &[],
    section: Section::Series,
    doc: "series-periods-validate-function",
    summary: "The periods given, and for each a score from 0 to 1; 0 for one below 4 points or beyond half the series.",
    params: &[
        Param::required("series", ParamType::Exact(Type::Dynamic)),
        Param::repeated("period", ParamType::Exact(Type::Real), 1, 16),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_periods_validate"),
    nulls: Nulls::Custom("What is no array, or a null period, gives nulls."),
    cost: Cost::PerDistinct,
    status: Status::Partial("The reference does not say how periods are scored: figures may differ somewhat from Kusto's."),
    eval: Eval::Tuple(
        &[TupleField { name: "periods", ty: Type::Dynamic }, TupleField { name: "scores", ty: Type::Dynamic }],
        validate,
    ),
    examples: &[
        Example::gives(
            "The periods",
            "tostring(series_periods_validate(dynamic([1,2,9,2,1,2,9,2,1,2,9,2]), 4, 5)[0])",
            r#""[4.0,5.0]""#,
        ),
        Example::gives(
            "A score",
            "toreal(series_periods_validate(dynamic([1,2,9,2,1,2,9,2,1,2,9,2,1,2,9,2]), 4)[1][0]) > 0.9",
            "true",
        ),
        Example::gives(
            "No period of the series",
            "tostring(series_periods_validate(dynamic([1,2,9,2,1,2,9,2,1,2,9,2]), 5, 3)[1])",
            r#""[0.0,0.0]""#,
        ),
        Example::gives("Null", "isnull(series_periods_validate(dynamic(null), 4)[0])", "true"),
    ],
};

fn validate(args: &Args) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let periods = (1..args.len()).map(|position| args.reals(position)).collect::<Result<Vec<_>, _>>()?;
    let row = |row: usize, out: &mut String| {
        let given = periods.iter().map(|period| period.get(row)).collect::<Option<Vec<f64>>>()?;
        let scores = scores_of(&read(series.get(row)?)?, &given);
        out.push('[');
        write(given.into_iter().map(Some), out);
        out.push(',');
        write(scores.into_iter().map(Some), out);
        out.push(']');
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}
