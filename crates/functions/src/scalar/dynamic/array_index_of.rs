//! `array_index_of`: where a value stands in an array.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_long, json},
};

/// `array_index_of(array, value, [start], [length], [occurrence])`.
pub static FUNCTION: Function = Function {
    name: "array_index_of",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-index-of-function",
    summary: "The position of a value in an array, from 0; -1 if it is not there.",
    params: &[
        Param::required("array", ParamType::Exact(Type::Dynamic)),
        Param::required("value", ParamType::Any),
        Param::optional("start", ParamType::Exact(Type::Long)),
        Param::optional("length", ParamType::Exact(Type::Long)),
        Param::optional("occurrence", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null array, start, length or occurrence gives null; a null value is found where an element is null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(array_index_of),
    examples: &[
        Example::gives("Found", r#"array_index_of(dynamic(["this", "is", "an", "example"]), "an")"#, "2"),
        Example::gives(
            "Within some elements",
            r#"array_index_of(dynamic(["this", "is", "an", "example", "an", "example"]), "example", 1, 3)"#,
            "3",
        ),
        Example::gives(
            "Too few elements",
            r#"array_index_of(dynamic(["this", "is", "an", "example", "an", "example"]), "example", 1, 2)"#,
            "-1",
        ),
        Example::gives("Behind it", r#"array_index_of(dynamic(["this", "is", "an"]), "is", 2, 4)"#, "-1"),
        Example::gives("The second", r#"array_index_of(dynamic(["an", "is", "an"]), "an", 0, -1, 2)"#, "2"),
        Example::gives("A start from the end", r#"array_index_of(dynamic(["an", "is", "an"]), "an", -1)"#, "2"),
        Example::gives("A number", "array_index_of(dynamic([1, 2, 3]), 2)", "1"),
        Example::gives("A number is no text", r#"array_index_of(dynamic([1, 2, 3]), "2")"#, "-1"),
        Example::gives("A length below -1", "array_index_of(dynamic([1]), 1, 0, -2)", "long(null)"),
        Example::gives("A null array", "array_index_of(dynamic(null), 1)", "long(null)"),
        Example::gives("A null value", "array_index_of(dynamic([1, null]), long(null))", "1"),
        Example::gives("A null start", "array_index_of(dynamic([1]), 1, long(null))", "long(null)"),
        Example::gives("A null length", "array_index_of(dynamic([1]), 1, 0, long(null))", "long(null)"),
        Example::gives("A null occurrence", "array_index_of(dynamic([1]), 1, 0, -1, long(null))", "long(null)"),
    ],
};

fn array_index_of(args: &Args) -> Result<ArrayRef, KernelError> {
    let (arrays, values) = (args.texts(0)?, Values::of(args, 1)?);
    let window = (2..args.len()).map(|position| args.longs(position)).collect::<Result<Vec<_>, _>>()?;
    let mut value = String::new();
    Ok(each_long(args, |row| {
        let part = |number: usize, default: i64| window.get(number).map_or(Some(default), |values| values.get(row));
        let (start, size, occurrence) = (part(0, 0)?, part(1, -1)?, part(2, 1)?);
        if size < -1 || occurrence < 0 {
            return None;
        }
        let elements: Vec<&str> = json::elements(arrays.get(row)?)?.collect();
        let length = i64::try_from(elements.len()).ok()?;
        let start = usize::try_from(if start < 0 { length.saturating_add(start).max(0) } else { start }).ok()?;
        value.clear();
        values.write_json(row, &mut value);
        let mut found = elements
            .iter()
            .enumerate()
            .skip(start)
            .take(usize::try_from(size).unwrap_or(usize::MAX))
            .filter(|(_, element)| json::equal(element, &value));
        let skipped = usize::try_from(occurrence.saturating_sub(1)).unwrap_or(0);
        Some(found.nth(skipped).and_then(|(position, _)| i64::try_from(position).ok()).unwrap_or(-1))
    }))
}
