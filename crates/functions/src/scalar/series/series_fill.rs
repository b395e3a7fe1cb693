//! `series_fill_const`, `series_fill_forward`, `series_fill_backward`, `series_fill_linear`: gaps of a series closed.

use std::fmt::Write as _;

use arrow::array::ArrayRef;
use schema::Type;

use super::numbers::{number, write_each};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_text_or_null, json},
};

const SERIES: Param = Param::required("series", ParamType::Exact(Type::Dynamic));
const PLACEHOLDER: Param = Param::optional("missing_value_placeholder", ParamType::Any);
const NULLS: Nulls = Nulls::Custom("What is no array gives null.");

/// `series_fill_const(series [, constant_value, missing_value_placeholder])`.
pub static SERIES_FILL_CONST: Function = Function {
    name: "series_fill_const",
    aliases: &[],
    section: Section::Series,
    doc: "series-fill-const-function",
    summary: "A series with a constant (0) where an element is missing, that is null or the placeholder.",
    params: &[SERIES, Param::optional("constant_value", ParamType::Any), PLACEHOLDER],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(fill_const),
    examples: &[
        Example::gives("Nulls", "tostring(series_fill_const(dynamic([1,null,3]), 0))", r#""[1,0,3]""#),
        Example::gives("A placeholder", "tostring(series_fill_const(dynamic([1,-1,3]), 7, -1))", r#""[1,7,3]""#),
    ],
};

/// `series_fill_forward(series [, missing_value_placeholder])`.
pub static SERIES_FILL_FORWARD: Function = Function {
    name: "series_fill_forward",
    aliases: &[],
    section: Section::Series,
    doc: "series-fill-forward-function",
    summary: "A series with the element before where one is missing.",
    params: &[SERIES, PLACEHOLDER],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(fill_forward),
    examples: &[Example::gives("Nulls", "tostring(series_fill_forward(dynamic([null,1,null,3])))", r#""[null,1,1,3]""#)],
};

/// `series_fill_backward(series [, missing_value_placeholder])`.
pub static SERIES_FILL_BACKWARD: Function = Function {
    name: "series_fill_backward",
    aliases: &[],
    section: Section::Series,
    doc: "series-fill-backward-function",
    summary: "A series with the element after where one is missing.",
    params: &[SERIES, PLACEHOLDER],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(fill_backward),
    examples: &[Example::gives("Nulls", "tostring(series_fill_backward(dynamic([null,1,null,3])))", r#""[1,1,3,3]""#)],
};

/// `series_fill_linear(series [, missing_value_placeholder, fill_edges, constant_value])`.
pub static SERIES_FILL_LINEAR: Function = Function {
    name: "series_fill_linear",
    aliases: &[],
    section: Section::Series,
    doc: "series-fill-linear-function",
    summary: "A series with the values of a straight line where elements are missing; at the edges the nearest value, or null if fill_edges is false; a constant (0) if all are missing. Whole numbers stay whole: fractions are cut off.",
    params: &[
        SERIES,
        PLACEHOLDER,
        Param::optional("fill_edges", ParamType::Exact(Type::Bool)),
        Param::optional("constant_value", ParamType::Any),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(fill_linear),
    examples: &[
        Example::gives("Between", "tostring(series_fill_linear(dynamic([1,null,null,4])))", r#""[1,2,3,4]""#),
        Example::gives("A fraction", "tostring(series_fill_linear(dynamic([111.0,null,36.0])))", r#""[111.0,73.5,36.0]""#),
        Example::gives("Whole numbers stay whole", "tostring(series_fill_linear(dynamic([111,null,36])))", r#""[111,73,36]""#),
        Example::gives("The edges", "tostring(series_fill_linear(dynamic([null,2,null])))", r#""[2,2,2]""#),
        Example::gives(
            "Not the edges",
            "tostring(series_fill_linear(dynamic([null,2,null]), double(null), false))",
            r#""[null,2,null]""#,
        ),
        Example::gives("All missing", "tostring(series_fill_linear(dynamic([null,null])))", r#""[0,0]""#),
    ],
};

/// The elements of a row, `None` for those that are missing; `None` for what is no array.
fn elements<'a>(series: Option<&'a str>, placeholder: Option<&Values>, row: usize) -> Option<Vec<Option<&'a str>>> {
    let mut marker = String::new();
    if let Some(placeholder) = placeholder
        && !placeholder.is_null(row)
    {
        placeholder.write_json(row, &mut marker);
    }
    let is_marker = |element: &str| element == marker || number(element).is_some_and(|value| number(&marker) == Some(value));
    let present = |element: &&str| json::not_null(element).is_some() && !is_marker(element);
    Some(json::elements(series?)?.map(|element| Some(element).filter(present)).collect())
}

fn values(args: &Args, position: usize) -> Result<Option<Values>, KernelError> {
    if args.len() > position { Values::of(args, position).map(Some) } else { Ok(None) }
}

/// The JSON of an argument, `0` if it was not given.
fn constant(values: Option<&Values>, row: usize) -> String {
    let mut constant = String::new();
    match values {
        Some(values) => values.write_json(row, &mut constant),
        None => constant.push('0'),
    }
    constant
}

fn write(elements: Vec<Option<&str>>, out: &mut String) {
    write_each(elements, out, |element, out| out.push_str(element.unwrap_or("null")));
}

fn fill_const(args: &Args) -> Result<ArrayRef, KernelError> {
    let (series, constants, placeholder) = (args.texts(0)?, values(args, 1)?, values(args, 2)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some(elements) = elements(series.get(row), placeholder.as_ref(), row) else { return false };
        let constant = constant(constants.as_ref(), row);
        write(elements.into_iter().map(|element| element.or(Some(&constant))).collect(), out);
        true
    }))
}

fn fill_forward(args: &Args) -> Result<ArrayRef, KernelError> {
    let (series, placeholder) = (args.texts(0)?, values(args, 1)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some(mut elements) = elements(series.get(row), placeholder.as_ref(), row) else { return false };
        carry(elements.iter_mut());
        write(elements, out);
        true
    }))
}

fn fill_backward(args: &Args) -> Result<ArrayRef, KernelError> {
    let (series, placeholder) = (args.texts(0)?, values(args, 1)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some(mut elements) = elements(series.get(row), placeholder.as_ref(), row) else { return false };
        carry(elements.iter_mut().rev());
        write(elements, out);
        true
    }))
}

/// Gives what is missing the value that came last.
fn carry<'a, 'b: 'a>(elements: impl Iterator<Item = &'a mut Option<&'b str>>) {
    let mut last = None;
    for element in elements {
        match element {
            Some(value) => last = Some(*value),
            None => *element = last,
        }
    }
}

fn fill_linear(args: &Args) -> Result<ArrayRef, KernelError> {
    let (series, placeholder, constants) = (args.texts(0)?, values(args, 1)?, values(args, 3)?);
    let edges = if args.len() > 2 { Some(args.bools(2)?) } else { None };
    Ok(each_text_or_null(args, |row, out| {
        let Some(elements) = elements(series.get(row), placeholder.as_ref(), row) else { return false };
        let edges = edges.as_ref().and_then(|edges| edges.get(row)).unwrap_or(true);
        let constant = constant(constants.as_ref(), row);
        let whole = elements.iter().flatten().all(|element| element.parse::<i64>().is_ok());
        let known: Vec<usize> = (0..elements.len()).filter(|&place| elements[place].is_some()).collect();
        write_each(0..elements.len(), out, |place, out| {
            let after = known.partition_point(|&known| known < place);
            let (left, right) = (after.checked_sub(1).and_then(|before| known.get(before)), known.get(after));
            match (elements[place], left, right) {
                (Some(element), ..) => out.push_str(element),
                (None, Some(&left), Some(&right)) => {
                    between(elements[left], elements[right], (place - left, right - left), whole, out);
                }
                (None, Some(&edge), None) | (None, None, Some(&edge)) if edges => out.push_str(elements[edge].unwrap_or("null")),
                (None, None, None) => out.push_str(&constant),
                _ => out.push_str("null"),
            }
        });
        true
    }))
}

/// Appends the value `step` of `steps` on the way from one element to another, without its fraction in a `whole` series.
fn between(from: Option<&str>, to: Option<&str>, (step, steps): (usize, usize), whole: bool, out: &mut String) {
    let (Some(from), Some(to)) = (from.and_then(number), to.and_then(number)) else {
        out.push_str("null");
        return;
    };
    let value = (to - from).mul_add(step as f64 / steps as f64, from);
    if whole {
        // Writing to a String cannot fail.
        let _ = write!(out, "{}", value.trunc());
    } else {
        json::write_real(value, out);
    }
}
