//! `set_union`, `set_intersect`, `set_difference`, `set_equals` and `jaccard_index`: arrays as sets.
//!
//! Two elements are the same if their JSON is. The result keeps the order in which elements first come.

use std::collections::HashSet;

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool, each_real, each_text_or_null, json},
};

/// `set_union(set, ...)`.
pub static SET_UNION: Function = Function {
    name: "set_union",
    aliases: &[],
    section: Section::Dynamic,
    doc: "set-union-function",
    summary: "The distinct elements of all arrays.",
    params: &[Param::repeated("set", ParamType::Exact(Type::Dynamic), 2, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Null if the first argument is no array; further arguments that are none count as empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| combine(args, union)),
    examples: &[
        Example::gives("Three", "set_union(dynamic([1, 2, 1, 4]), dynamic([1, 2]), dynamic([8]))", "dynamic([1,2,4,8])"),
        Example::gives(
            "One array twice",
            r#"set_union(dynamic(["A4", "A2", "A4"]), dynamic(["A4", "A2"]))"#,
            r#"dynamic(["A4","A2"])"#,
        ),
        Example::gives("With null", "set_union(dynamic([1, 1]), dynamic(null))", "dynamic([1])"),
        Example::gives("Null first", "set_union(dynamic(null), dynamic([1]))", "dynamic(null)"),
    ],
};

/// `set_intersect(set, ...)`.
pub static SET_INTERSECT: Function = Function {
    name: "set_intersect",
    aliases: &[],
    section: Section::Dynamic,
    doc: "set-intersect-function",
    summary: "The distinct elements that all arrays have.",
    params: &[Param::repeated("set", ParamType::Exact(Type::Dynamic), 2, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Null if the first argument is no array; further arguments that are none count as empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| combine(args, intersect)),
    examples: &[
        Example::gives("Three", "set_intersect(dynamic([1, 2, 1, 4]), dynamic([1, 2]), dynamic([8, 1]))", "dynamic([1])"),
        Example::gives("None", "set_intersect(dynamic([1, 2, 3]), dynamic([4, 5]))", "dynamic([])"),
        Example::gives("With null", "set_intersect(dynamic([1]), dynamic(null))", "dynamic([])"),
        Example::gives("Null first", "set_intersect(dynamic(null), dynamic([1]))", "dynamic(null)"),
    ],
};

/// `set_difference(set, ...)`.
pub static SET_DIFFERENCE: Function = Function {
    name: "set_difference",
    aliases: &[],
    section: Section::Dynamic,
    doc: "set-difference-function",
    summary: "The distinct elements of the first array that no other has.",
    params: &[Param::repeated("set", ParamType::Exact(Type::Dynamic), 2, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Null if the first argument is no array; further arguments that are none count as empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| combine(args, difference)),
    examples: &[
        Example::gives("Three", "set_difference(dynamic([1, 2, 1, 4]), dynamic([1, 2]), dynamic([1, 2, 8]))", "dynamic([4])"),
        Example::gives("None", "set_difference(dynamic([1, 2, 3]), dynamic([1, 2, 3]))", "dynamic([])"),
        Example::gives("Texts", r#"set_difference(dynamic(["a", "b", "b"]), dynamic(["a"]))"#, r#"dynamic(["b"])"#),
        Example::gives("With null", "set_difference(dynamic([1]), dynamic(null))", "dynamic([1])"),
        Example::gives("Null first", "set_difference(dynamic(null), dynamic([1]))", "dynamic(null)"),
    ],
};

/// `set_equals(set1, set2)`.
pub static SET_EQUALS: Function = Function {
    name: "set_equals",
    aliases: &[],
    section: Section::Dynamic,
    doc: "set-equals-function",
    summary: "Whether two arrays have the same elements, in any order and number.",
    params: &[Param::required("set1", ParamType::Exact(Type::Dynamic)), Param::required("set2", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(set_equals),
    examples: &[
        Example::gives("The same", "set_equals(dynamic([1, 2, 2]), dynamic([2, 1]))", "true"),
        Example::gives("Others", "set_equals(dynamic([1]), dynamic([2]))", "false"),
        Example::gives("Null", "set_equals(dynamic(null), dynamic([2]))", "bool(null)"),
    ],
};

/// `jaccard_index(set1, set2)`.
pub static JACCARD_INDEX: Function = Function {
    name: "jaccard_index",
    aliases: &[],
    section: Section::Dynamic,
    doc: "jaccard-index-function",
    summary: "How alike two arrays are: the number of elements that both have, divided by the number that either has.",
    params: &[Param::required("set1", ParamType::Exact(Type::Dynamic)), Param::required("set2", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(jaccard_index),
    examples: &[
        Example::gives("Three of four", "jaccard_index(dynamic([1, 2, 3]), dynamic([1, 2, 3, 4]))", "0.75"),
        Example::gives("Duplicates count once", "jaccard_index(dynamic([1, 1]), dynamic([1]))", "1.0"),
        Example::gives("Nothing in common", r#"jaccard_index(dynamic(["a"]), dynamic(["b"]))"#, "0.0"),
        Example::gives("Null", "jaccard_index(dynamic(null), dynamic([1]))", "real(null)"),
    ],
};

/// Makes the result from the first set and all others.
type Combine = for<'a> fn(Vec<&'a str>, &[Vec<&'a str>]) -> Vec<&'a str>;

fn combine(args: &Args, combine: Combine) -> Result<ArrayRef, KernelError> {
    let sets = (0..args.len()).map(|position| args.texts(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_text_or_null(args, |row, out| {
        let mut sets = sets.iter().map(|set| set.get(row).and_then(json::distinct));
        let Some(first) = sets.next().flatten() else { return false };
        let others: Vec<Vec<&str>> = sets.map(Option::unwrap_or_default).collect();
        json::write_array(combine(first, &others), out);
        true
    }))
}

fn union<'a>(first: Vec<&'a str>, others: &[Vec<&'a str>]) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    first.into_iter().chain(others.iter().flatten().copied()).filter(|element| seen.insert(*element)).collect()
}

fn intersect<'a>(mut first: Vec<&'a str>, others: &[Vec<&'a str>]) -> Vec<&'a str> {
    for other in others {
        let other: HashSet<&str> = other.iter().copied().collect();
        first.retain(|element| other.contains(element));
    }
    first
}

fn difference<'a>(mut first: Vec<&'a str>, others: &[Vec<&'a str>]) -> Vec<&'a str> {
    let others: HashSet<&str> = others.iter().flatten().copied().collect();
    first.retain(|element| !others.contains(element));
    first
}

fn set_equals(args: &Args) -> Result<ArrayRef, KernelError> {
    let (left, right) = (args.texts(0)?, args.texts(1)?);
    Ok(each_bool(args, |row| {
        let (common, all) = sizes(left.get(row)?, right.get(row)?)?;
        Some(common == all)
    }))
}

fn jaccard_index(args: &Args) -> Result<ArrayRef, KernelError> {
    let (left, right) = (args.texts(0)?, args.texts(1)?);
    Ok(each_real(args, |row| {
        let (common, all) = sizes(left.get(row)?, right.get(row)?)?;
        Some(common as f64 / all as f64)
    }))
}

/// How many elements both arrays have, and how many either has.
fn sizes(left: &str, right: &str) -> Option<(usize, usize)> {
    let left: HashSet<&str> = json::elements(left)?.collect();
    let right: HashSet<&str> = json::elements(right)?.collect();
    Some((left.intersection(&right).count(), left.union(&right).count()))
}
