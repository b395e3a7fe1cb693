//! `has_any_index`: which of several texts is found first.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_long, json,
        search::{Case, Edges, Needle},
    },
};

/// `has_any_index(source, values)`.
pub static FUNCTION: Function = Function {
    name: "has_any_index",
    aliases: &[],
    section: Section::String,
    doc: "has-any-index-function",
    summary: "The position in an array of the first element that a text holds as whole terms; -1 if it holds none.",
    params: &[
        Param::required("source", ParamType::Exact(Type::String)),
        Param::required("values", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null array gives null; a null text is empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(has_any_index),
    examples: &[
        Example::gives("The first", r#"has_any_index("this is an example", dynamic(["this", "example"]))"#, "0"),
        Example::gives("The second", r#"has_any_index("this is an example", dynamic(["not", "example"]))"#, "1"),
        Example::gives("None", r#"has_any_index("this is an example", dynamic(["not", "found"]))"#, "-1"),
        Example::gives("Numbers", r#"has_any_index("Example number 2", range(1, 3, 1))"#, "1"),
        Example::gives("An empty array", r#"has_any_index("this", dynamic([]))"#, "-1"),
        Example::gives("Terms, not parts", r#"has_any_index("examples", dynamic(["example"]))"#, "-1"),
        Example::gives("A null array", r#"has_any_index("a", dynamic(null))"#, "long(null)"),
        Example::gives("A null text", r#"has_any_index(dynamic(null), dynamic(["a"]))"#, "-1"),
    ],
};

fn has_any_index(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, arrays) = (args.texts(0)?, args.texts(1)?);
    let mut prepared: Option<(String, Vec<Needle>)> = None;
    Ok(each_long(args, |row| {
        let array = arrays.get(row)?;
        if prepared.as_ref().is_none_or(|(known, _)| known != array) {
            let needle = |element: &str| Needle::new(&json::text(element), Edges::Term, Case::Insensitive);
            prepared = Some((array.to_owned(), json::elements(array)?.map(needle).collect()));
        }
        let text = texts.text(row);
        let found = prepared.as_ref()?.1.iter().position(|needle| needle.found_in(text));
        Some(found.and_then(|position| i64::try_from(position).ok()).unwrap_or(-1))
    }))
}
