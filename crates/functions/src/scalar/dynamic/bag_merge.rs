//! `bag_merge`: several property bags as one.

use std::collections::HashSet;

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `bag_merge(bag, ...)`.
pub static FUNCTION: Function = Function {
    name: "bag_merge",
    aliases: &[],
    section: Section::Dynamic,
    doc: "bag-merge-function",
    summary: "The members of all property bags; of a key in several, the leftmost.",
    params: &[Param::repeated("bag", ParamType::Exact(Type::Dynamic), 2, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("What is no property bag is left out; null if none is."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(bag_merge),
    examples: &[
        Example::gives(
            "Two",
            r#"bag_merge(dynamic({"A1":12, "B1":2}), dynamic({"A2":81, "A1":1}))"#,
            r#"dynamic({"A1":12,"B1":2,"A2":81})"#,
        ),
        Example::gives("With null", r#"bag_merge(dynamic(null), dynamic({"a":1}))"#, r#"dynamic({"a":1})"#),
        Example::gives("Only null", "bag_merge(dynamic(null), dynamic(null))", "dynamic(null)"),
    ],
};

fn bag_merge(args: &Args) -> Result<ArrayRef, KernelError> {
    let bags = (0..args.len()).map(|position| args.texts(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_text_or_null(args, |row, out| {
        let mut found = bags.iter().filter_map(|bag| json::distinct_members(bag.get(row)?)).peekable();
        let any = found.peek().is_some();
        let mut seen = HashSet::new();
        if any {
            json::write_bag(found.flatten().filter(|(key, _)| seen.insert(*key)), out);
        }
        any
    }))
}
