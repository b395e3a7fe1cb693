//! `bag_remove_keys`: a property bag without some of its members.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_text_or_null,
        json::{self, Kind, path},
    },
};

/// `bag_remove_keys(bag, keys)`.
pub static FUNCTION: Function = Function {
    name: "bag_remove_keys",
    aliases: &[],
    section: Section::Dynamic,
    doc: "bag-remove-keys-function",
    summary: "The property bag without the members that a list of keys or JSONPaths names.",
    params: &[Param::required("bag", ParamType::Exact(Type::Dynamic)), Param::required("keys", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null bag gives null; null keys remove nothing."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(bag_remove_keys),
    examples: &[
        Example::gives(
            "Some there, some not",
            r#"bag_remove_keys(dynamic({"key1":123, "key2":"abc"}), dynamic(["key2", "key4"]))"#,
            r#"dynamic({"key1":123})"#,
        ),
        Example::gives(
            "A path",
            r#"bag_remove_keys(dynamic({"key1":123, "key2":{"prop1":"abc", "prop2":"xyz"}}), dynamic(["$.key2.prop1"]))"#,
            r#"dynamic({"key1":123,"key2":{"prop2":"xyz"}})"#,
        ),
        Example::gives("An array", r#"bag_remove_keys(dynamic([1]), dynamic(["a"]))"#, "dynamic(null)"),
        Example::gives("Null", r#"bag_remove_keys(dynamic(null), dynamic(["a"]))"#, "dynamic(null)"),
        Example::gives("Null keys", r#"bag_remove_keys(dynamic({"a":1}), dynamic(null))"#, r#"dynamic({"a":1})"#),
    ],
};

fn bag_remove_keys(args: &Args) -> Result<ArrayRef, KernelError> {
    let (bags, keys) = (args.texts(0)?, args.texts(1)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some(bag) = bags.get(row).filter(|bag| json::kind(bag) == Kind::Bag) else { return false };
        let names = json::elements(keys.text(row)).into_iter().flatten().filter_map(json::string);
        let paths: Vec<Vec<String>> = names.map(|name| path::keys(&name)).collect();
        remove(bag, &paths.iter().map(Vec::as_slice).collect::<Vec<_>>(), out);
        true
    }))
}

/// Appends a bag without the members at the ends of the paths.
fn remove(bag: &str, paths: &[&[String]], out: &mut String) {
    out.push('{');
    let mut first = true;
    for (raw, value) in json::distinct_members(bag).into_iter().flatten() {
        let key = json::unescape(raw);
        let inside: Vec<&[String]> =
            paths.iter().filter(|path| path.first().is_some_and(|step| *step == key)).map(|path| &path[1..]).collect();
        if inside.iter().any(|rest| rest.is_empty()) {
            continue;
        }
        out.push_str(if first { "\"" } else { ",\"" });
        first = false;
        out.push_str(raw);
        out.push_str("\":");
        if !inside.is_empty() && json::kind(value) == Kind::Bag {
            remove(value, &inside, out);
        } else {
            out.push_str(value);
        }
    }
    out.push('}');
}
