//! `series_stats`, `series_stats_dynamic`, `series_sum`, `series_product`: a series in a few figures.

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::{mean, read};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, TupleField,
    kernel::{Args, KernelError, each_real, each_text_or_null, json},
};

const PARAMS: &[Param] = &[
    Param::required("series", ParamType::Exact(Type::Dynamic)),
    Param::optional("ignore_nonfinite", ParamType::Exact(Type::Bool)),
];
const ONE: &[Param] = &[Param::required("series", ParamType::Exact(Type::Dynamic))];
const NULLS: Nulls = Nulls::Custom("What is no array, or has an element that is no number, gives nulls.");

/// `series_stats(series [, ignore_nonfinite])`.
pub static SERIES_STATS: Function = Function {
    name: "series_stats",
    aliases: &[],
    section: Section::Series,
    doc: "series-stats-function",
    summary: "Minimum and maximum of a series with their places (from 0), mean, standard deviation and variance of the sample.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_stats"),
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Tuple(
        &[
            TupleField { name: "min", ty: Type::Real },
            TupleField { name: "min_idx", ty: Type::Long },
            TupleField { name: "max", ty: Type::Real },
            TupleField { name: "max_idx", ty: Type::Long },
            TupleField { name: "avg", ty: Type::Real },
            TupleField { name: "stdev", ty: Type::Real },
            TupleField { name: "variance", ty: Type::Real },
        ],
        |args| stats(args, false),
    ),
    examples: &[
        Example::gives("Minimum", "series_stats(dynamic([23,46,23,87,4,8,3,75,2,56,13,75,32,16,29]))[0]", "dynamic(2.0)"),
        Example::gives("Its place", "series_stats(dynamic([23,46,23,87,4,8,3,75,2,56,13,75,32,16,29]))[1]", "dynamic(8)"),
        Example::gives("Mean", "series_stats(dynamic([23,46,23,87,4,8,3,75,2,56,13,75,32,16,29]))[4]", "dynamic(32.8)"),
        Example::gives(
            "Variance",
            "round(toreal(series_stats(dynamic([23,46,23,87,4,8,3,75,2,56,13,75,32,16,29]))[6]), 6)",
            "812.457143",
        ),
        Example::gives("A missing value", "isnull(series_stats(dynamic([1,null,3]))[4])", "true"),
        Example::gives("Left out", "series_stats(dynamic([1,null,3]), true)[4]", "dynamic(2.0)"),
    ],
};

/// `series_stats_dynamic(series [, ignore_nonfinite])`.
pub static SERIES_STATS_DYNAMIC: Function = Function {
    name: "series_stats_dynamic",
    aliases: &[],
    section: Section::Series,
    doc: "series-stats-dynamic-function",
    summary: "As series_stats, in a property bag that has the sum and the length too.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| stats(args, true)),
    examples: &[
        Example::gives(
            "A figure",
            "tostring(series_stats_dynamic(dynamic([23,46,23,87,4,8,3,75,2,56,13,75,32,16,29])).max_idx)",
            r#""3""#,
        ),
        Example::gives("The length", "tostring(series_stats_dynamic(dynamic([1,2])).len)", r#""2""#),
        Example::gives("Null", "series_stats_dynamic(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_sum(series)`.
pub static SERIES_SUM: Function = Function {
    name: "series_sum",
    aliases: &[],
    section: Section::Series,
    doc: "series-sum-function",
    summary: "The sum of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| folded(args, 0.0, |sum, value| sum + value)),
    examples: &[
        Example::gives("Numbers", "series_sum(dynamic([1,2,3,4]))", "10.0"),
        Example::gives("A missing one", "series_sum(dynamic([1,null]))", "real(null)"),
        Example::gives("No array", "series_sum(dynamic(1))", "real(null)"),
    ],
};

/// `series_product(series)`.
pub static SERIES_PRODUCT: Function = Function {
    name: "series_product",
    aliases: &[],
    section: Section::Series,
    doc: "series-product-function",
    summary: "The product of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| folded(args, 1.0, |product, value| product * value)),
    examples: &[
        Example::gives("Numbers", "series_product(dynamic([1,2,3,4]))", "24.0"),
        Example::gives("A missing one", "series_product(dynamic([1,null]))", "real(null)"),
    ],
};

fn folded(args: &Args, start: f64, fold: fn(f64, f64) -> f64) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    Ok(each_real(args, |row| read(series.get(row)?)?.into_iter().try_fold(start, |before, value| Some(fold(before, value?)))))
}

fn stats(args: &Args, bag: bool) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    let ignore = if args.len() > 1 { Some(args.bools(1)?) } else { None };
    Ok(each_text_or_null(args, |row, out| {
        let ignore = ignore.as_ref().and_then(|ignore| ignore.get(row)).unwrap_or(false);
        match series.get(row).and_then(read) {
            Some(values) => {
                write(&values, ignore, bag, out);
                true
            }
            None => false,
        }
    }))
}

fn write(values: &[Option<f64>], ignore: bool, bag: bool, out: &mut String) {
    let values: Vec<Option<f64>> =
        if ignore { values.iter().map(|value| value.filter(|value| value.is_finite())).collect() } else { values.to_vec() };
    let usable = ignore || values.iter().all(Option::is_some);
    let points = || values.iter().enumerate().filter_map(|(place, value)| value.map(|value| (place, value))).filter(|_| usable);
    let least = points().reduce(|best, point| if point.1 < best.1 { point } else { best });
    let most = points().reduce(|best, point| if point.1 > best.1 { point } else { best });
    let (count, sum) = points().fold((0_u32, 0.0), |(count, sum), (_, value)| (count + 1, sum + value));
    let average = mean(&values).filter(|_| usable);
    let variance = average.map(|average| {
        let squares: f64 = points().map(|(_, value)| (value - average).powi(2)).sum();
        if count > 1 { squares / f64::from(count - 1) } else { 0.0 }
    });
    let place = |point: Option<(usize, f64)>| point.map(|(place, _)| Figure::Whole(place));
    let real = |value: Option<f64>| value.map(Figure::Real);
    let mut figures = vec![
        ("min", real(least.map(|(_, value)| value))),
        ("min_idx", place(least)),
        ("max", real(most.map(|(_, value)| value))),
        ("max_idx", place(most)),
        ("avg", real(average)),
        ("stdev", real(variance.map(f64::sqrt))),
        ("variance", real(variance)),
    ];
    if bag {
        figures.extend([("sum", real((count > 0).then_some(sum))), ("len", Some(Figure::Whole(values.len())))]);
    }
    out.push(if bag { '{' } else { '[' });
    for (position, (name, figure)) in figures.into_iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        if bag {
            json::quote(name, out);
            out.push(':');
        }
        match figure {
            Some(Figure::Real(value)) => json::write_real(value, out),
            Some(Figure::Whole(value)) => out.push_str(&value.to_string()),
            None => out.push_str("null"),
        }
    }
    out.push(if bag { '}' } else { ']' });
}

enum Figure {
    Real(f64),
    Whole(usize),
}
