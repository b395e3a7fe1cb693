//! `zip`: the elements of several arrays side by side.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `zip(array, ...)`.
pub static FUNCTION: Function = Function {
    name: "zip",
    aliases: &[],
    section: Section::Dynamic,
    doc: "zip-function",
    summary: "An array of arrays, each with the elements that stand at one position; missing ones are null.",
    params: &[Param::repeated("array", ParamType::Exact(Type::Dynamic), 2, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("What is no array counts as empty; null if all are null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(zip),
    examples: &[
        Example::gives("Two", "zip(dynamic([1, 3, 5]), dynamic([2, 4, 6]))", "dynamic([[1,2],[3,4],[5,6]])"),
        Example::gives(
            "Of different length",
            r#"zip(dynamic(["A", 1, 1.5]), dynamic([{}, "B"]))"#,
            r#"dynamic([["A",{}],[1,"B"],[1.5,null]])"#,
        ),
        Example::gives("With null", "zip(dynamic([1]), dynamic(null))", "dynamic([[1,null]])"),
        Example::gives("Only null", "zip(dynamic(null), dynamic(null))", "dynamic(null)"),
    ],
};

fn zip(args: &Args) -> Result<ArrayRef, KernelError> {
    let arrays = (0..args.len()).map(|position| args.texts(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_text_or_null(args, |row, out| {
        if arrays.iter().all(|array| array.get(row).is_none()) {
            return false;
        }
        let columns: Vec<Vec<&str>> =
            arrays.iter().map(|array| array.get(row).and_then(json::elements).into_iter().flatten().collect()).collect();
        let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
        let rows = (0..longest).map(|place| {
            let mut text = String::new();
            json::write_array(columns.iter().map(|column| column.get(place).copied().unwrap_or("null")), &mut text);
            text
        });
        json::write_array(rows, out);
        true
    }))
}
