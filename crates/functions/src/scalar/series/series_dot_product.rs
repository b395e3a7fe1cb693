//! `series_dot_product`, `series_magnitude`, `series_cosine_similarity`: series as vectors.
//!
//! The longer series is cut to the shorter one's length, and elements that are no numbers do not count.

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::{number, read};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_real},
};

const TWO: &[Param] = &[Param::required("series1", ParamType::Any), Param::required("series2", ParamType::Any)];

/// `series_dot_product(series1, series2)`.
pub static SERIES_DOT_PRODUCT: Function = Function {
    name: "series_dot_product",
    aliases: &[],
    section: Section::Series,
    doc: "series-dot-product-function",
    summary: "The sum of the products of the elements of two series; a number stands for a series of it.",
    params: TWO,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("What is neither array nor number gives null, and so does an empty array."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(dot_product),
    examples: &[
        Example::gives("Two series", "series_dot_product(dynamic([1,2,4]), dynamic([4,2,1]))", "12.0"),
        Example::gives("A number", "series_dot_product(dynamic([1,2,3]), 10)", "60.0"),
        Example::gives("Another length", "series_dot_product(dynamic([1,2,3]), dynamic([4,5]))", "14.0"),
        Example::gives("What is no number", r#"series_dot_product(dynamic([1,"a",3]), dynamic([4,5,6]))"#, "22.0"),
        Example::gives("Empty", "series_dot_product(dynamic([]), dynamic([1]))", "real(null)"),
        Example::gives("Null", "series_dot_product(dynamic([1]), dynamic(null))", "real(null)"),
    ],
};

/// `series_magnitude(series)`.
pub static SERIES_MAGNITUDE: Function = Function {
    name: "series_magnitude",
    aliases: &[],
    section: Section::Series,
    doc: "series-magnitude-function",
    summary: "The length of a series as a vector: the root of the sum of its squares.",
    params: &[Param::required("series", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("What is neither array nor number gives null, and so does an empty array."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(magnitude),
    examples: &[
        Example::gives("A series", "round(series_magnitude(dynamic([1,2,3,4])), 12)", "5.477225575052"),
        Example::gives("Empty", "series_magnitude(dynamic([]))", "real(null)"),
        Example::gives("Null", "series_magnitude(dynamic(null))", "real(null)"),
    ],
};

/// `series_cosine_similarity(series1, series2 [, magnitude1, magnitude2])`.
pub static SERIES_COSINE_SIMILARITY: Function = Function {
    name: "series_cosine_similarity",
    aliases: &[],
    section: Section::Series,
    doc: "series-cosine-similarity-function",
    summary: "The cosine of the angle between two series as vectors; their lengths are computed unless they are given.",
    params: &[
        Param::required("series1", ParamType::Exact(Type::Dynamic)),
        Param::required("series2", ParamType::Exact(Type::Dynamic)),
        Param::optional("magnitude1", ParamType::Exact(Type::Real)),
        Param::optional("magnitude2", ParamType::Exact(Type::Real)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("What is no array gives null, and so does an empty one or a null magnitude."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(cosine),
    examples: &[
        Example::gives(
            "Nearly parallel",
            "round(series_cosine_similarity(dynamic([0.1,0.2,0.1,0.2]), dynamic([0.11,0.2,0.11,0.21])), 12)",
            "0.999353438255",
        ),
        Example::gives("Parallel", "round(series_cosine_similarity(dynamic([1,2]), dynamic([2,4])), 12)", "1.0"),
        Example::gives("Lengths that are known", "series_cosine_similarity(dynamic([3,4]), dynamic([4,3]), 5, 5)", "0.96"),
        Example::gives("Empty", "series_cosine_similarity(dynamic([]), dynamic([]))", "real(null)"),
        Example::gives("Null", "series_cosine_similarity(dynamic([1]), dynamic(null))", "real(null)"),
    ],
};

/// A series, or the number that stands for one.
enum Vector {
    Numbers(Vec<Option<f64>>),
    Number(f64),
}

impl Vector {
    fn of(values: &Values, row: usize) -> Option<Self> {
        if values.ty() != Type::Dynamic {
            return values.real(row).map(Self::Number);
        }
        let json = values.json(row)?;
        match read(json) {
            Some(numbers) => Some(Self::Numbers(numbers)),
            None => number(json).map(Self::Number),
        }
    }

    /// The dot product; `None` if one of both is empty or neither is a series.
    fn dot(&self, other: &Self) -> Option<f64> {
        match (self, other) {
            (Self::Numbers(left), Self::Numbers(right)) => dot(left, right),
            (Self::Numbers(numbers), Self::Number(number)) | (Self::Number(number), Self::Numbers(numbers)) => {
                let sum: f64 = numbers.iter().flatten().sum();
                (!numbers.is_empty()).then_some(sum * number)
            }
            (Self::Number(_), Self::Number(_)) => None,
        }
    }
}

fn dot(left: &[Option<f64>], right: &[Option<f64>]) -> Option<f64> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    Some(left.iter().zip(right).filter_map(|(left, right)| Some((*left)? * (*right)?)).sum())
}

fn dot_product(args: &Args) -> Result<ArrayRef, KernelError> {
    let (left, right) = (Values::of(args, 0)?, Values::of(args, 1)?);
    Ok(each_real(args, |row| Vector::of(&left, row)?.dot(&Vector::of(&right, row)?)))
}

fn magnitude(args: &Args) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    Ok(each_real(args, |row| {
        let numbers = read(series.get(row)?)?;
        dot(&numbers, &numbers).map(f64::sqrt)
    }))
}

fn cosine(args: &Args) -> Result<ArrayRef, KernelError> {
    let (left, right) = (args.texts(0)?, args.texts(1)?);
    let given = |position: usize| if args.len() > position { args.reals(position).map(Some) } else { Ok(None) };
    let given = (given(2)?, given(3)?);
    Ok(each_real(args, |row| {
        let (left, right) = (read(left.get(row)?)?, read(right.get(row)?)?);
        let length = left.len().min(right.len());
        let (left, right) = (left.get(..length)?, right.get(..length)?);
        let magnitude = |given: &Option<crate::kernel::Reals>, numbers: &[Option<f64>]| match given {
            Some(given) => given.get(row),
            None => dot(numbers, numbers).map(f64::sqrt),
        };
        Some(dot(left, right)? / (magnitude(&given.0, left)? * magnitude(&given.1, right)?))
    }))
}
