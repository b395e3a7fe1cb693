//! Series calculated and compared element by element.
//!
//! Either side may be a number, which then stands for a series of it. A missing element, or one past the shorter series'
//! end, makes the result's element null.

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::{number, write_each};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_text_or_null, json},
};

const TWO: &[Param] = &[Param::required("series1", ParamType::Any), Param::required("series2", ParamType::Any)];
const ONE: &[Param] = &[Param::required("series", ParamType::Exact(Type::Dynamic))];
const NULLS: Nulls = Nulls::Custom("What is neither array nor number gives null; missing elements stay null.");

/// `series_add(series1, series2)`.
pub static SERIES_ADD: Function = Function {
    name: "series_add",
    aliases: &[],
    section: Section::Series,
    doc: "series-add-function",
    summary: "The sum of two series, element by element.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| calculate(args, i64::checked_add, |a, b| a + b)),
    examples: &[
        Example::gives("Two series", "tostring(series_add(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[5,4,5]""#),
        Example::gives("A number", "tostring(series_add(dynamic([1.5,null]), 1))", r#""[2.5,null]""#),
    ],
};

/// `series_divide(series1, series2)`.
pub static SERIES_DIVIDE: Function = Function {
    name: "series_divide",
    aliases: &[],
    section: Section::Series,
    doc: "series-divide-function",
    summary: "The quotient of two series, element by element.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| calculate(args, |_, _| None, |a, b| a / b)),
    examples: &[
        Example::gives("Two series", "tostring(series_divide(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[0.25,1.0,4.0]""#),
        Example::gives("Null", "series_divide(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_multiply(series1, series2)`.
pub static SERIES_MULTIPLY: Function = Function {
    name: "series_multiply",
    aliases: &[],
    section: Section::Series,
    doc: "series-multiply-function",
    summary: "The product of two series, element by element.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| calculate(args, i64::checked_mul, |a, b| a * b)),
    examples: &[
        Example::gives("Two series", "tostring(series_multiply(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[4,4,4]""#),
        Example::gives("Null", "series_multiply(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_pow(series1, series2)`.
pub static SERIES_POW: Function = Function {
    name: "series_pow",
    aliases: &[],
    section: Section::Series,
    doc: "series-pow-function",
    summary: "The power of two series, element by element.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| calculate(args, |_, _| None, f64::powf)),
    examples: &[
        Example::gives("Two series", "tostring(series_pow(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[1.0,4.0,4.0]""#),
        Example::gives("Null", "series_pow(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_subtract(series1, series2)`.
pub static SERIES_SUBTRACT: Function = Function {
    name: "series_subtract",
    aliases: &[],
    section: Section::Series,
    doc: "series-subtract-function",
    summary: "The difference of two series, element by element.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| calculate(args, i64::checked_sub, |a, b| a - b)),
    examples: &[
        Example::gives("Two series", "tostring(series_subtract(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[-3,0,3]""#),
        Example::gives("Null", "series_subtract(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_equals(series1, series2)`.
pub static SERIES_EQUALS: Function = Function {
    name: "series_equals",
    aliases: &[],
    section: Section::Series,
    doc: "series-equals-function",
    summary: "Whether the elements of one series are equal to those of another.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| compare(args, |a, b| a == b)),
    examples: &[
        Example::gives("Two series", "tostring(series_equals(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[false,true,false]""#),
        Example::gives("Null", "series_equals(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_greater(series1, series2)`.
pub static SERIES_GREATER: Function = Function {
    name: "series_greater",
    aliases: &[],
    section: Section::Series,
    doc: "series-greater-function",
    summary: "Whether the elements of one series are greater than those of another.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| compare(args, |a, b| a > b)),
    examples: &[
        Example::gives("Two series", "tostring(series_greater(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[false,false,true]""#),
        Example::gives("Null", "series_greater(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_greater_equals(series1, series2)`.
pub static SERIES_GREATER_EQUALS: Function = Function {
    name: "series_greater_equals",
    aliases: &[],
    section: Section::Series,
    doc: "series-greater-equals-function",
    summary: "Whether the elements of one series are not less than those of another.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| compare(args, |a, b| a >= b)),
    examples: &[
        Example::gives(
            "Two series",
            "tostring(series_greater_equals(dynamic([1,2,4]), dynamic([4,2,1])))",
            r#""[false,true,true]""#,
        ),
        Example::gives("Null", "series_greater_equals(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_less(series1, series2)`.
pub static SERIES_LESS: Function = Function {
    name: "series_less",
    aliases: &[],
    section: Section::Series,
    doc: "series-less-function",
    summary: "Whether the elements of one series are less than those of another.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| compare(args, |a, b| a < b)),
    examples: &[
        Example::gives("Two series", "tostring(series_less(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[true,false,false]""#),
        Example::gives("Null", "series_less(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_less_equals(series1, series2)`.
pub static SERIES_LESS_EQUALS: Function = Function {
    name: "series_less_equals",
    aliases: &[],
    section: Section::Series,
    doc: "series-less-equals-function",
    summary: "Whether the elements of one series are not greater than those of another.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| compare(args, |a, b| a <= b)),
    examples: &[
        Example::gives(
            "Two series",
            "tostring(series_less_equals(dynamic([1,2,4]), dynamic([4,2,1])))",
            r#""[true,true,false]""#,
        ),
        Example::gives("Null", "series_less_equals(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_not_equals(series1, series2)`.
pub static SERIES_NOT_EQUALS: Function = Function {
    name: "series_not_equals",
    aliases: &[],
    section: Section::Series,
    doc: "series-not-equals-function",
    summary: "Whether the elements of one series are different from those of another.",
    params: TWO,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| compare(args, |a, b| a != b)),
    examples: &[
        Example::gives("Two series", "tostring(series_not_equals(dynamic([1,2,4]), dynamic([4,2,1])))", r#""[true,false,true]""#),
        Example::gives("Null", "series_not_equals(dynamic([1,2]), dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_abs(series)`.
pub static SERIES_ABS: Function = Function {
    name: "series_abs",
    aliases: &[],
    section: Section::Series,
    doc: "series-abs-function",
    summary: "abs of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::abs)),
    examples: &[
        Example::gives("A series", "tostring(series_abs(dynamic([-1,2])))", r#""[1.0,2.0]""#),
        Example::gives("Null", "series_abs(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_acos(series)`.
pub static SERIES_ACOS: Function = Function {
    name: "series_acos",
    aliases: &[],
    section: Section::Series,
    doc: "series-acos-function",
    summary: "acos of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::acos)),
    examples: &[
        Example::gives("A series", "tostring(series_acos(dynamic([1])))", r#""[0.0]""#),
        Example::gives("Null", "series_acos(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_asin(series)`.
pub static SERIES_ASIN: Function = Function {
    name: "series_asin",
    aliases: &[],
    section: Section::Series,
    doc: "series-asin-function",
    summary: "asin of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::asin)),
    examples: &[
        Example::gives("A series", "tostring(series_asin(dynamic([0])))", r#""[0.0]""#),
        Example::gives("Null", "series_asin(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_atan(series)`.
pub static SERIES_ATAN: Function = Function {
    name: "series_atan",
    aliases: &[],
    section: Section::Series,
    doc: "series-atan-function",
    summary: "atan of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::atan)),
    examples: &[
        Example::gives("A series", "tostring(series_atan(dynamic([0])))", r#""[0.0]""#),
        Example::gives("Null", "series_atan(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_ceiling(series)`.
pub static SERIES_CEILING: Function = Function {
    name: "series_ceiling",
    aliases: &[],
    section: Section::Series,
    doc: "series-ceiling-function",
    summary: "ceiling of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::ceil)),
    examples: &[
        Example::gives("A series", "tostring(series_ceiling(dynamic([-1.5,2.5])))", r#""[-1.0,3.0]""#),
        Example::gives("Null", "series_ceiling(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_cos(series)`.
pub static SERIES_COS: Function = Function {
    name: "series_cos",
    aliases: &[],
    section: Section::Series,
    doc: "series-cos-function",
    summary: "cos of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::cos)),
    examples: &[
        Example::gives("A series", "tostring(series_cos(dynamic([0])))", r#""[1.0]""#),
        Example::gives("Null", "series_cos(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_exp(series)`.
pub static SERIES_EXP: Function = Function {
    name: "series_exp",
    aliases: &[],
    section: Section::Series,
    doc: "series-exp-function",
    summary: "exp of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::exp)),
    examples: &[
        Example::gives("A series", "tostring(series_exp(dynamic([0])))", r#""[1.0]""#),
        Example::gives("Null", "series_exp(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_floor(series)`.
pub static SERIES_FLOOR: Function = Function {
    name: "series_floor",
    aliases: &[],
    section: Section::Series,
    doc: "series-floor-function",
    summary: "floor of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::floor)),
    examples: &[
        Example::gives("A series", "tostring(series_floor(dynamic([-1.5,2.5])))", r#""[-2.0,2.0]""#),
        Example::gives("Null", "series_floor(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_log(series)`.
pub static SERIES_LOG: Function = Function {
    name: "series_log",
    aliases: &[],
    section: Section::Series,
    doc: "series-log-function",
    summary: "log of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::ln)),
    examples: &[
        Example::gives("A series", "tostring(series_log(dynamic([1])))", r#""[0.0]""#),
        Example::gives("Null", "series_log(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_sign(series)`.
pub static SERIES_SIGN: Function = Function {
    name: "series_sign",
    aliases: &[],
    section: Section::Series,
    doc: "series-sign-function",
    summary: "sign of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, |x| if x == 0.0 { 0.0 } else { x.signum() })),
    examples: &[
        Example::gives("A series", "tostring(series_sign(dynamic([-6,0,8])))", r#""[-1.0,0.0,1.0]""#),
        Example::gives("Null", "series_sign(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_sin(series)`.
pub static SERIES_SIN: Function = Function {
    name: "series_sin",
    aliases: &[],
    section: Section::Series,
    doc: "series-sin-function",
    summary: "sin of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::sin)),
    examples: &[
        Example::gives("A series", "tostring(series_sin(dynamic([0])))", r#""[0.0]""#),
        Example::gives("Null", "series_sin(dynamic(null))", "dynamic(null)"),
    ],
};

/// `series_tan(series)`.
pub static SERIES_TAN: Function = Function {
    name: "series_tan",
    aliases: &[],
    section: Section::Series,
    doc: "series-tan-function",
    summary: "tan of each element of a series.",
    params: ONE,
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| map(args, f64::tan)),
    examples: &[
        Example::gives("A series", "tostring(series_tan(dynamic([0])))", r#""[0.0]""#),
        Example::gives("Null", "series_tan(dynamic(null))", "dynamic(null)"),
    ],
};

/// One side: the elements of a series, or one number for all.
enum Side<'a> {
    Series(Vec<&'a str>),
    Number(String),
}

impl Side<'_> {
    fn get(&self, place: usize) -> Option<&str> {
        match self {
            Self::Series(elements) => elements.get(place).copied(),
            Self::Number(number) => Some(number),
        }
    }

    const fn len(&self) -> Option<usize> {
        match self {
            Self::Series(elements) => Some(elements.len()),
            Self::Number(_) => None,
        }
    }
}

fn side(values: &Values, row: usize) -> Option<Side<'_>> {
    if let Some(elements) = values.json(row).and_then(json::elements) {
        return Some(Side::Series(elements.collect()));
    }
    let mut number = String::new();
    values.write_json(row, &mut number);
    self::number(&number).map(|_| Side::Number(number))
}

/// Writes the result for each pair of elements; false unless one side is a series and the other a series or number.
fn pairs(args: &Args, element: impl Fn(Option<&str>, Option<&str>, &mut String)) -> Result<ArrayRef, KernelError> {
    let (first, second) = (Values::of(args, 0)?, Values::of(args, 1)?);
    Ok(each_text_or_null(args, |row, out| {
        let (Some(first), Some(second)) = (side(&first, row), side(&second, row)) else { return false };
        let Some(length) = first.len().max(second.len()) else { return false };
        write_each(0..length, out, |place, out| element(first.get(place), second.get(place), out));
        true
    }))
}

/// Whole numbers give whole numbers where `whole` can; all else is calculated in reals.
fn calculate(args: &Args, whole: fn(i64, i64) -> Option<i64>, real: fn(f64, f64) -> f64) -> Result<ArrayRef, KernelError> {
    pairs(args, |first, second, out| {
        let longs = first.zip(second).and_then(|(a, b)| a.parse().ok().zip(b.parse().ok()));
        if let Some(result) = longs.and_then(|(a, b)| whole(a, b)) {
            out.push_str(&result.to_string());
            return;
        }
        match first.and_then(number).zip(second.and_then(number)) {
            Some((a, b)) => json::write_real(real(a, b), out),
            None => out.push_str("null"),
        }
    })
}

fn compare(args: &Args, compare: fn(f64, f64) -> bool) -> Result<ArrayRef, KernelError> {
    pairs(args, |first, second, out| {
        out.push_str(match first.and_then(number).zip(second.and_then(number)) {
            Some((a, b)) if compare(a, b) => "true",
            Some(_) => "false",
            None => "null",
        });
    })
}

fn map(args: &Args, value: fn(f64) -> f64) -> Result<ArrayRef, KernelError> {
    let series = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let Some(elements) = series.get(row).and_then(json::elements) else { return false };
        write_each(elements, out, |element, out| match number(element) {
            Some(number) => json::write_real(value(number), out),
            None => out.push_str("null"),
        });
        true
    }))
}
