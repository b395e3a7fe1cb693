//! `series_decompose`, `series_decompose_anomalies`, `series_decompose_forecast`: season, trend and what stands out.

use arrow::array::ArrayRef;
use schema::Type;

use super::{
    decomposition::{Options, Parts, Trend, decompose, scores},
    numbers::{read, write, write_each},
};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, TupleField,
    kernel::{Args, KernelError, Longs, Reals, Texts, each_text_or_null},
};

const SERIES: Param = Param::required("series", ParamType::Exact(Type::Dynamic));
const SEASONALITY: Param = Param::optional("seasonality", ParamType::Exact(Type::Long));
const TREND: Param = Param::optional("trend", ParamType::Exact(Type::String));
const TEST_POINTS: Param = Param::optional("test_points", ParamType::Exact(Type::Long));
const SEASONALITY_THRESHOLD: Param = Param::optional("seasonality_threshold", ParamType::Exact(Type::Real));
const NULLS: Nulls =
    Nulls::Custom("What is no array gives nulls; missing points are left out of the learning and never anomalies.");
const STATUS: Status =
    Status::Partial("The reference does not say how periods and scores are computed: figures may differ somewhat from Kusto's.");

/// `series_decompose_anomalies(series [, threshold, seasonality, trend, test_points, method, seasonality_threshold])`.
pub static SERIES_DECOMPOSE_ANOMALIES: Function = Function {
    name: "series_decompose_anomalies",
    aliases: &[],
    section: Section::Series,
    doc: "series-decompose-anomalies-function",
    summary: "The points of a series that stand out of its season and trend: flags (1, -1 or 0), scores and the baseline. A score is by how many distances between the 10th and 90th percentile (tukey: 25th and 75th) a point lies beyond them; from the threshold (1.5) on it is flagged.",
    params: &[
        SERIES,
        Param::optional("threshold", ParamType::Exact(Type::Real)),
        SEASONALITY,
        TREND,
        TEST_POINTS,
        Param::optional("method", ParamType::Exact(Type::String)),
        SEASONALITY_THRESHOLD,
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_decompose_anomalies"),
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: STATUS,
    eval: Eval::Tuple(
        &[
            TupleField { name: "ad_flag", ty: Type::Dynamic },
            TupleField { name: "ad_score", ty: Type::Dynamic },
            TupleField { name: "baseline", ty: Type::Dynamic },
        ],
        anomalies,
    ),
    examples: &[
        Example::gives(
            "A spike",
            "tostring(series_decompose_anomalies(dynamic([1,2,1,2,1,2,1,2,30,2,1,2]))[0])",
            r#""[0,0,0,0,0,0,0,0,1,0,0,0]""#,
        ),
        Example::gives(
            "A dip",
            "tostring(series_decompose_anomalies(dynamic([9,8,9,8,9,8,-30,8,9,8,9,8]))[0])",
            r#""[0,0,0,0,0,0,-1,0,0,0,0,0]""#,
        ),
        Example::gives(
            "A higher threshold",
            "tostring(series_decompose_anomalies(dynamic([1,2,1,2,1,2,1,2,30,2,1,2]), 100.0)[0])",
            r#""[0,0,0,0,0,0,0,0,0,0,0,0]""#,
        ),
        Example::gives("Points that are equal", "tostring(series_decompose_anomalies(dynamic([5,5,5,5]))[0])", r#""[0,0,0,0]""#),
        Example::gives(
            "The baseline without season or trend",
            r#"tostring(series_decompose_anomalies(dynamic([1,2,3]), 1.5, 0, "none")[2])"#,
            r#""[0.0,0.0,0.0]""#,
        ),
        Example::gives(
            "The mean is the usual trend",
            "tostring(series_decompose_anomalies(dynamic([1,2,3]))[2])",
            r#""[2.0,2.0,2.0]""#,
        ),
        Example::gives("Empty", "tostring(series_decompose_anomalies(dynamic([]))[0])", r#""[]""#),
        Example::gives("Null", "isnull(series_decompose_anomalies(dynamic(null))[0])", "true"),
    ],
};

/// `series_decompose(series [, seasonality, trend, test_points, seasonality_threshold])`.
pub static SERIES_DECOMPOSE: Function = Function {
    name: "series_decompose",
    aliases: &[],
    section: Section::Series,
    doc: "series-decompose-function",
    summary: "A series taken apart: the baseline (season and trend), the season, the trend and the rest.",
    params: &[SERIES, SEASONALITY, TREND, TEST_POINTS, SEASONALITY_THRESHOLD],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_decompose"),
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: STATUS,
    eval: Eval::Tuple(
        &[
            TupleField { name: "baseline", ty: Type::Dynamic },
            TupleField { name: "seasonal", ty: Type::Dynamic },
            TupleField { name: "trend", ty: Type::Dynamic },
            TupleField { name: "residual", ty: Type::Dynamic },
        ],
        parts,
    ),
    examples: &[
        Example::gives(
            "A season of two",
            "tostring(series_decompose(dynamic([1,3,1,3,1,3]), 2)[1])",
            r#""[1.0,3.0,1.0,3.0,1.0,3.0]""#,
        ),
        Example::gives("A line", r#"tostring(series_decompose(dynamic([1,2,3,4]), 0, "linefit")[3])"#, r#""[0.0,0.0,0.0,0.0]""#),
        Example::gives("Null", "isnull(series_decompose(dynamic(null))[0])", "true"),
    ],
};

/// `series_decompose_forecast(series, test_points [, seasonality, trend, seasonality_threshold])`.
pub static SERIES_DECOMPOSE_FORECAST: Function = Function {
    name: "series_decompose_forecast",
    aliases: &[],
    section: Section::Series,
    doc: "series-decompose-forecast-function",
    summary: "The season and trend of a series without its last points, continued to its end.",
    params: &[SERIES, Param::required("test_points", ParamType::Exact(Type::Long)), SEASONALITY, TREND, SEASONALITY_THRESHOLD],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: STATUS,
    eval: Eval::Kernel(forecast),
    examples: &[
        Example::gives(
            "A line goes on",
            r#"tostring(series_decompose_forecast(dynamic([1,2,3,4,0,0]), 2, 0, "linefit"))"#,
            r#""[1.0,2.0,3.0,4.0,5.0,6.0]""#,
        ),
        Example::gives("Null", "series_decompose_forecast(dynamic(null), 2)", "dynamic(null)"),
    ],
};

/// The optional arguments, which may be columns.
struct OptionColumns {
    period: Option<Longs>,
    trend: Option<Texts>,
    test_points: Option<Longs>,
    seasonality_threshold: Option<Reals>,
}

impl OptionColumns {
    /// From the positions of the arguments.
    fn of(args: &Args, [period, trend, test_points, threshold]: [usize; 4]) -> Result<Self, KernelError> {
        let given = |position: usize| position < args.len();
        Ok(Self {
            period: given(period).then(|| args.longs(period)).transpose()?,
            trend: given(trend).then(|| args.texts(trend)).transpose()?,
            test_points: given(test_points).then(|| args.longs(test_points)).transpose()?,
            seasonality_threshold: given(threshold).then(|| args.reals(threshold)).transpose()?,
        })
    }

    /// Those of a row; `None` for a trend that does not exist.
    fn get(&self, row: usize) -> Option<Options> {
        Some(Options {
            period: self.period.as_ref().and_then(|period| period.get(row)).unwrap_or(-1),
            trend: self.trend.as_ref().map_or(Some(Trend::Average), |trend| Trend::parse(trend.text(row)))?,
            test_points: usize::try_from(self.test_points.as_ref().and_then(|points| points.get(row)).unwrap_or(0)).unwrap_or(0),
            seasonality_threshold: self.seasonality_threshold.as_ref().and_then(|threshold| threshold.get(row)).unwrap_or(0.6),
        })
    }
}

fn anomalies(args: &Args) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let thresholds = if args.len() > 1 { Some(args.reals(1)?) } else { None };
    let methods = if args.len() > 5 { Some(args.texts(5)?) } else { None };
    let options = OptionColumns::of(args, [2, 3, 4, 6])?;
    let row = |row: usize, out: &mut String| {
        let (series, options) = (read(series.get(row)?)?, options.get(row)?);
        let threshold = thresholds.as_ref().and_then(|thresholds| thresholds.get(row)).unwrap_or(1.5);
        let (least, most) = match methods.as_ref().map_or("ctukey", |methods| methods.text(row)) {
            "ctukey" => (10.0, 90.0),
            "tukey" => (25.0, 75.0),
            _ => return None,
        };
        let parts = decompose(&series, &options);
        let scores = scores(&parts.residual, least, most, options.test_points);
        out.push('[');
        write_each(&scores, out, |&score, out| {
            out.push_str(if score > threshold {
                "1"
            } else if score < -threshold {
                "-1"
            } else {
                "0"
            });
        });
        out.push(',');
        write(scores.iter().copied().map(Some), out);
        out.push(',');
        write(parts.baseline.iter().copied().map(Some), out);
        out.push(']');
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}

fn parts(args: &Args) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let options = OptionColumns::of(args, [1, 2, 3, 4])?;
    let row = |row: usize, out: &mut String| {
        let Parts { baseline, seasonal, trend, residual } = decompose(&read(series.get(row)?)?, &options.get(row)?);
        let some = |values: Vec<f64>| values.into_iter().map(Some).collect();
        let columns: [Vec<Option<f64>>; 4] = [some(baseline), some(seasonal), some(trend), residual];
        write_each(columns, out, write);
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}

fn forecast(args: &Args) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let options = OptionColumns::of(args, [2, 3, 1, 4])?;
    let row = |row: usize, out: &mut String| {
        let parts = decompose(&read(series.get(row)?)?, &options.get(row)?);
        write(parts.baseline.into_iter().map(Some), out);
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}
