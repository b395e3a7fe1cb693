//! `series_fit_2lines`, `series_fit_2lines_dynamic`: the two straight lines, one after the other, that fit a series best.

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::{read, write};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, TupleField,
    kernel::{Args, KernelError, each_text_or_null, json},
};

const PARAMS: &[Param] = &[Param::required("series", ParamType::Exact(Type::Dynamic))];
const NULLS: Nulls = Nulls::Custom("What is no array gives nulls; a missing point counts as 0.");

/// `series_fit_2lines(series)`.
pub static SERIES_FIT_2LINES: Function = Function {
    name: "series_fit_2lines",
    aliases: &[],
    section: Section::Series,
    doc: "series-fit-2lines-function",
    summary: "The two lines, one after the other, that fit a series best by least squares: how well they do (0 to 1), the place of the first point of the right one, variances of the series and of what the lines leave, both lines, and the figures of each.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_fit_2lines"),
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Tuple(
        &[
            TupleField { name: "rsquare", ty: Type::Real },
            TupleField { name: "split_idx", ty: Type::Long },
            TupleField { name: "variance", ty: Type::Real },
            TupleField { name: "rvariance", ty: Type::Real },
            TupleField { name: "line_fit", ty: Type::Dynamic },
            TupleField { name: "right_rsquare", ty: Type::Real },
            TupleField { name: "right_slope", ty: Type::Real },
            TupleField { name: "right_interception", ty: Type::Real },
            TupleField { name: "right_variance", ty: Type::Real },
            TupleField { name: "right_rvariance", ty: Type::Real },
            TupleField { name: "left_rsquare", ty: Type::Real },
            TupleField { name: "left_slope", ty: Type::Real },
            TupleField { name: "left_interception", ty: Type::Real },
            TupleField { name: "left_variance", ty: Type::Real },
            TupleField { name: "left_rvariance", ty: Type::Real },
        ],
        |args| fit(args, false),
    ),
    examples: &[
        Example::gives("The split", "tostring(series_fit_2lines(dynamic([1,1,1,1,2,4,6,8]))[1])", r#""4""#),
        Example::gives(
            "Both lines",
            "tostring(series_fit_2lines(dynamic([1,1,1,1,2,4,6,8]))[4])",
            r#""[1.0,1.0,1.0,1.0,2.0,4.0,6.0,8.0]""#,
        ),
        Example::gives("Slope of the right line", "round(toreal(series_fit_2lines(dynamic([1,1,1,1,2,4,6,8]))[6]), 6)", "2.0"),
        Example::gives("Null", "isnull(series_fit_2lines(dynamic(null))[0])", "true"),
    ],
};

/// `series_fit_2lines_dynamic(series)`.
pub static SERIES_FIT_2LINES_DYNAMIC: Function = Function {
    name: "series_fit_2lines_dynamic",
    aliases: &[],
    section: Section::Series,
    doc: "series-fit-2lines-dynamic-function",
    summary: "As series_fit_2lines, in a property bag.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| fit(args, true)),
    examples: &[
        Example::gives("The split", "tostring(series_fit_2lines_dynamic(dynamic([1,1,1,1,2,4,6,8])).split_idx)", r#""4""#),
        Example::gives("Null", "series_fit_2lines_dynamic(dynamic(null))", "dynamic(null)"),
    ],
};

/// Sums over the first points of a series, from which the line through any run of points follows.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
}

/// A line through a run of points.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    slope: f64,
    /// Its value one step before the first point of the series.
    interception: f64,
    variance: f64,
    rvariance: f64,
    /// Sum of the squares it leaves.
    rest: f64,
}

impl Line {
    fn rsquare(&self) -> f64 {
        if self.variance > 0.0 { 1.0 - self.rvariance / self.variance } else { 1.0 }
    }
}

impl Sums {
    fn with(self, x: f64, y: f64) -> Self {
        Self {
            count: self.count + 1.0,
            x: self.x + x,
            y: self.y + y,
            xx: self.xx + x * x,
            xy: self.xy + x * y,
            yy: self.yy + y * y,
        }
    }

    fn without(self, o: Self) -> Self {
        Self {
            count: self.count - o.count,
            x: self.x - o.x,
            y: self.y - o.y,
            xx: self.xx - o.xx,
            xy: self.xy - o.xy,
            yy: self.yy - o.yy,
        }
    }

    fn line(self) -> Line {
        let spread = self.xx - self.x * self.x / self.count;
        let slope = if spread > 0.0 { (self.xy - self.x * self.y / self.count) / spread } else { 0.0 };
        let squares = (self.yy - self.y * self.y / self.count).max(0.0);
        let rest = (squares - slope * slope * spread).max(0.0);
        let freedom = (self.count - 1.0).max(1.0);
        Line {
            slope,
            interception: (self.y - slope * self.x) / self.count,
            variance: squares / freedom,
            rvariance: rest / freedom,
            rest,
        }
    }
}

fn fit(args: &Args, bag: bool) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let row = |row: usize, out: &mut String| {
        let values: Vec<f64> = read(series.get(row)?)?.into_iter().map(|value| value.unwrap_or(0.0)).collect();
        // Points are counted from 1, as by series_fit_line.
        let mut sums = vec![Sums::default()];
        sums.extend(values.iter().enumerate().scan(Sums::default(), |sums, (place, &y)| {
            *sums = sums.with(place as f64 + 1.0, y);
            Some(*sums)
        }));
        let all = *sums.last().filter(|all| all.count > 1.0)?;
        let lines = |split: usize| (sums[split].line(), all.without(sums[split]).line());
        let split = (1..values.len()).min_by(|&a, &b| {
            let rest = |split: usize| lines(split).0.rest + lines(split).1.rest;
            rest(a).total_cmp(&rest(b))
        })?;
        write_fit(all, split, lines(split), bag, out);
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}

fn write_fit(all: Sums, split: usize, (left, right): (Line, Line), bag: bool, out: &mut String) {
    let variance = all.line().variance;
    let rest = (left.rest + right.rest) / (all.count - 1.0).max(1.0);
    let well = if variance > 0.0 { 1.0 - rest / variance } else { 1.0 };
    let fitted = (0..all.count as usize).map(|place| {
        let line = if place < split { left } else { right };
        Some(line.slope.mul_add(place as f64 + 1.0, line.interception))
    });
    let begin = |name: &str, out: &mut String| {
        if !out.ends_with(['[', '{']) {
            out.push(',');
        }
        if bag {
            json::quote(name, out);
            out.push(':');
        }
    };
    out.push(if bag { '{' } else { '[' });
    begin("rsquare", out);
    json::write_real(well, out);
    begin("split_idx", out);
    out.push_str(&split.to_string());
    begin("variance", out);
    json::write_real(variance, out);
    begin("rvariance", out);
    json::write_real(rest, out);
    begin("line_fit", out);
    write(fitted, out);
    for (side, line) in [("right", right), ("left", left)] {
        let figures = [
            ("rsquare", line.rsquare()),
            ("slope", line.slope),
            ("interception", line.interception),
            ("variance", line.variance),
            ("rvariance", line.rvariance),
        ];
        for (name, figure) in figures {
            begin(&format!("{side}_{name}"), out);
            json::write_real(figure, out);
        }
    }
    out.push(if bag { '}' } else { ']' });
}
