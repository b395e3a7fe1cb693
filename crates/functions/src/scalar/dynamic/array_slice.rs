//! `array_slice`: a part of an array by position.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `array_slice(array, start, end)`.
pub static FUNCTION: Function = Function {
    name: "array_slice",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-slice-function",
    summary: "The elements from one position to another, both included; negative positions count from the end.",
    params: &[
        Param::required("array", ParamType::Exact(Type::Dynamic)),
        Param::required("start", ParamType::Exact(Type::Long)),
        Param::required("end", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(array_slice),
    examples: &[
        Example::gives("A part", "array_slice(dynamic([1, 2, 3]), 1, 2)", "dynamic([2,3])"),
        Example::gives("To the last", "array_slice(dynamic([1, 2, 3, 4, 5]), 2, -1)", "dynamic([3,4,5])"),
        Example::gives("From the end", "array_slice(dynamic([1, 2, 3, 4, 5]), -3, -2)", "dynamic([3,4])"),
        Example::gives("Out of bounds", "array_slice(dynamic([1, 2]), -5, 9)", "dynamic([1,2])"),
        Example::gives("Nothing", "array_slice(dynamic([1, 2]), 5, 9)", "dynamic([])"),
        Example::gives("A text", r#"array_slice(dynamic("abc"), 0, 1)"#, "dynamic(null)"),
    ],
};

fn array_slice(args: &Args) -> Result<ArrayRef, KernelError> {
    let (arrays, starts, ends) = (args.texts(0)?, args.longs(1)?, args.longs(2)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some((elements, start, end)) = arrays.get(row).and_then(|array| {
            let elements: Vec<&str> = json::elements(array)?.collect();
            Some((elements, starts.get(row)?, ends.get(row)?))
        }) else {
            return false;
        };
        let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
        let from_end = |position: i64| if position < 0 { length.saturating_add(position) } else { position };
        let from = usize::try_from(from_end(start).max(0)).unwrap_or(usize::MAX);
        let to = usize::try_from(from_end(end).saturating_add(1).max(0)).unwrap_or(usize::MAX).min(elements.len());
        json::write_array(elements.get(from..to).unwrap_or(&[]), out);
        true
    }))
}
