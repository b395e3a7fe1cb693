//! `array_split`: an array taken apart at positions.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `array_split(array, index)`.
pub static FUNCTION: Function = Function {
    name: "array_split",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-split-function",
    summary: "The parts of an array before, between and after the positions; negative positions count from the end.",
    params: &[
        Param::required("array", ParamType::Exact(Type::Dynamic)),
        Param::required("index", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(array_split),
    examples: &[
        Example::gives("At one position", "array_split(dynamic([1, 2, 3, 4, 5]), 2)", "dynamic([[1,2],[3,4,5]])"),
        Example::gives("At two", "array_split(dynamic([1, 2, 3, 4, 5]), dynamic([1, 3]))", "dynamic([[1],[2,3],[4,5]])"),
        Example::gives("From the end", "array_split(dynamic([1, 2, 3]), -1)", "dynamic([[1,2],[3]])"),
        Example::gives("Behind the end", "array_split(dynamic([1, 2]), 9)", "dynamic([[1,2],[]])"),
        Example::gives("Null", "array_split(dynamic(null), 1)", "dynamic(null)"),
    ],
};

fn array_split(args: &Args) -> Result<ArrayRef, KernelError> {
    let (arrays, indexes) = (args.texts(0)?, args.texts(1)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some((elements, index)) = arrays.get(row).and_then(json::elements).zip(indexes.get(row)) else { return false };
        let elements: Vec<&str> = elements.collect();
        let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
        let positions: Vec<i64> = match json::elements(index) {
            Some(indexes) => indexes.filter_map(json::typed::long).collect(),
            None => json::typed::long(index).into_iter().collect(),
        };
        let mut from = 0;
        let mut parts: Vec<String> = Vec::new();
        for position in positions.into_iter().chain([length]) {
            let end = if position < 0 { length.saturating_add(position) } else { position };
            let to = usize::try_from(end.max(0)).unwrap_or(usize::MAX).clamp(from, elements.len());
            let mut part = String::new();
            json::write_array(&elements[from..to], &mut part);
            parts.push(part);
            from = to;
        }
        json::write_array(parts, out);
        true
    }))
}
