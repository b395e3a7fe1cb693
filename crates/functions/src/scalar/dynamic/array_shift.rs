//! `array_shift_left`, `array_shift_right`, `array_rotate_left` and `array_rotate_right`: elements moved along an array.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, Longs, Texts, Values, each_text_or_null,
        json::{self, Kind},
    },
};

/// `array_shift_left(array, shift_count, [default_value])`.
pub static ARRAY_SHIFT_LEFT: Function = Function {
    name: "array_shift_left",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-shift-left-function",
    summary: "The elements moved to the left; what comes in is a default value.",
    params: &[
        Param::required("array", ParamType::Exact(Type::Dynamic)),
        Param::required("shift_count", ParamType::Exact(Type::Long)),
        Param::optional("default_value", ParamType::Any),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null array or count gives null; the default value may be null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| shift(args, false)),
    examples: &[
        Example::gives("Two places", "array_shift_left(dynamic([1, 2, 3, 4, 5]), 2)", "dynamic([3,4,5,null,null])"),
        Example::gives("A default value", "array_shift_left(dynamic([1, 2, 3, 4, 5]), 2, -1)", "dynamic([3,4,5,-1,-1])"),
        Example::gives("The other way", "array_shift_left(dynamic([1, 2, 3, 4, 5]), -2, -1)", "dynamic([-1,-1,1,2,3])"),
        Example::gives("Texts", r#"array_shift_left(dynamic(["a", "b"]), 1)"#, r#"dynamic(["b",""])"#),
        Example::gives("Further than its length", "array_shift_left(dynamic([1, 2]), 9)", "dynamic([null,null])"),
        Example::gives("A null count", "array_shift_left(dynamic([1]), long(null))", "dynamic(null)"),
        Example::gives("A null array", "array_shift_left(dynamic(null), 1)", "dynamic(null)"),
        Example::gives("A null default", "array_shift_left(dynamic([1, 2]), 1, long(null))", "dynamic([2,null])"),
    ],
};

/// `array_shift_right(array, shift_count, [default_value])`.
pub static ARRAY_SHIFT_RIGHT: Function = Function {
    name: "array_shift_right",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-shift-right-function",
    summary: "The elements moved to the right; what comes in is a default value.",
    params: &[
        Param::required("array", ParamType::Exact(Type::Dynamic)),
        Param::required("shift_count", ParamType::Exact(Type::Long)),
        Param::optional("default_value", ParamType::Any),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null array or count gives null; the default value may be null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| shift(args, true)),
    examples: &[
        Example::gives("Two places", "array_shift_right(dynamic([1, 2, 3, 4, 5]), 2)", "dynamic([null,null,1,2,3])"),
        Example::gives("A default value", "array_shift_right(dynamic([1, 2, 3, 4, 5]), 2, -1)", "dynamic([-1,-1,1,2,3])"),
        Example::gives("The other way", "array_shift_right(dynamic([1, 2, 3, 4, 5]), -2, -1)", "dynamic([3,4,5,-1,-1])"),
        Example::gives("Texts", r#"array_shift_right(dynamic(["a", "b"]), 1)"#, r#"dynamic(["","a"])"#),
        Example::gives("Further than its length", "array_shift_right(dynamic([1, 2]), 9)", "dynamic([null,null])"),
        Example::gives("A null count", "array_shift_right(dynamic([1]), long(null))", "dynamic(null)"),
        Example::gives("A null array", "array_shift_right(dynamic(null), 1)", "dynamic(null)"),
        Example::gives("A null default", "array_shift_right(dynamic([1, 2]), 1, long(null))", "dynamic([null,1])"),
    ],
};

/// `array_rotate_left(array, rotate_count)`.
pub static ARRAY_ROTATE_LEFT: Function = Function {
    name: "array_rotate_left",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-rotate-left-function",
    summary: "The elements moved to the left; what falls out comes in at the other end.",
    params: &[
        Param::required("array", ParamType::Exact(Type::Dynamic)),
        Param::required("rotate_count", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| rotate(args, false)),
    examples: &[
        Example::gives("Two places", "array_rotate_left(dynamic([1, 2, 3, 4, 5]), 2)", "dynamic([3,4,5,1,2])"),
        Example::gives("The other way", "array_rotate_left(dynamic([1, 2, 3, 4, 5]), -2)", "dynamic([4,5,1,2,3])"),
        Example::gives("More than once around", "array_rotate_left(dynamic([1, 2, 3]), 4)", "dynamic([2,3,1])"),
        Example::gives("Empty", "array_rotate_left(dynamic([]), 1)", "dynamic([])"),
        Example::gives("Null", "array_rotate_left(dynamic(null), 1)", "dynamic(null)"),
    ],
};

/// `array_rotate_right(array, rotate_count)`.
pub static ARRAY_ROTATE_RIGHT: Function = Function {
    name: "array_rotate_right",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-rotate-right-function",
    summary: "The elements moved to the right; what falls out comes in at the other end.",
    params: &[
        Param::required("array", ParamType::Exact(Type::Dynamic)),
        Param::required("rotate_count", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| rotate(args, true)),
    examples: &[
        Example::gives("Two places", "array_rotate_right(dynamic([1, 2, 3, 4, 5]), 2)", "dynamic([4,5,1,2,3])"),
        Example::gives("The other way", "array_rotate_right(dynamic([1, 2, 3, 4, 5]), -2)", "dynamic([3,4,5,1,2])"),
        Example::gives("More than once around", "array_rotate_right(dynamic([1, 2, 3]), 4)", "dynamic([3,1,2])"),
        Example::gives("Empty", "array_rotate_right(dynamic([]), 1)", "dynamic([])"),
        Example::gives("Null", "array_rotate_right(dynamic(null), 1)", "dynamic(null)"),
    ],
};

fn shift(args: &Args, right: bool) -> Result<ArrayRef, KernelError> {
    let (arrays, counts) = (args.texts(0)?, args.longs(1)?);
    let defaults = if args.len() > 2 { Some(Values::of(args, 2)?) } else { None };
    Ok(each_text_or_null(args, |row, out| {
        let Some((elements, count)) = elements_and_count(&arrays, &counts, row, right) else { return false };
        let mut filler = String::new();
        match &defaults {
            Some(defaults) => defaults.write_json(row, &mut filler),
            None => filler.push_str(if elements.first().is_some_and(|first| json::kind(first) == Kind::String) {
                "\"\""
            } else {
                "null"
            }),
        }
        let shifted = (0..elements.len()).map(|place| {
            let from = i64::try_from(place).ok().and_then(|place| place.checked_add(count));
            from.and_then(|from| elements.get(usize::try_from(from).ok()?).copied()).unwrap_or(&filler)
        });
        json::write_array(shifted, out);
        true
    }))
}

fn rotate(args: &Args, right: bool) -> Result<ArrayRef, KernelError> {
    let (arrays, counts) = (args.texts(0)?, args.longs(1)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some((mut elements, count)) = elements_and_count(&arrays, &counts, row, right) else { return false };
        let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
        if length > 0 {
            elements.rotate_left(usize::try_from(count.rem_euclid(length)).unwrap_or(0));
        }
        json::write_array(elements, out);
        true
    }))
}

/// The elements of a row's array, and by how many places they move to the left.
fn elements_and_count<'a>(arrays: &'a Texts, counts: &Longs, row: usize, right: bool) -> Option<(Vec<&'a str>, i64)> {
    let count = counts.get(row)?;
    let count = if right { count.checked_neg()? } else { count };
    Some((json::elements(arrays.get(row)?)?.collect(), count))
}
