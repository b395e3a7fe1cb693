//! `repeat`: one value again and again as an array.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_text_or_null, json},
};

/// `repeat(value, count)`.
pub static FUNCTION: Function = Function {
    name: "repeat",
    aliases: &[],
    section: Section::Dynamic,
    doc: "repeat-function",
    summary: "An array of a number of equal values.",
    params: &[Param::required("value", ParamType::Any), Param::required("count", ParamType::Exact(Type::Long))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("repeat"),
    nulls: Nulls::Custom("A null count gives null; a null value is a null element."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(repeat),
    examples: &[
        Example::gives("Numbers", "repeat(1, 3)", "dynamic([1,1,1])"),
        Example::gives("Texts", r#"repeat("a", 2)"#, r#"dynamic(["a","a"])"#),
        Example::gives("None", "repeat(1, 0)", "dynamic([])"),
        Example::gives("Fewer than none", "repeat(1, -1)", "dynamic(null)"),
        Example::gives("A null count", "repeat(1, long(null))", "dynamic(null)"),
        Example::gives("A null value", "repeat(long(null), 2)", "dynamic([null,null])"),
    ],
};

/// Most bytes of the array: longer ones are cut off after a whole element.
const MAX_BYTES: usize = 1 << 23;

fn repeat(args: &Args) -> Result<ArrayRef, KernelError> {
    let (values, counts) = (Values::of(args, 0)?, args.longs(1)?);
    let mut value = String::new();
    Ok(each_text_or_null(args, |row, out| {
        let Some(count) = counts.get(row).and_then(|count| usize::try_from(count).ok()) else { return false };
        value.clear();
        values.write_json(row, &mut value);
        json::write_array(std::iter::repeat_n(&value, count.min(MAX_BYTES / (value.len() + 1))), out);
        true
    }))
}
