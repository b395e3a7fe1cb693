//! `bag_set_key`: a property bag with one member set.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, Values, each_text_or_null,
        json::{self, Kind, path},
    },
};

/// `bag_set_key(bag, key, value)`.
pub static FUNCTION: Function = Function {
    name: "bag_set_key",
    aliases: &[],
    section: Section::Dynamic,
    doc: "bag-set-key-function",
    summary: "The property bag with a member, named by its key or a JSONPath, added or replaced.",
    params: &[
        Param::required("bag", ParamType::Exact(Type::Dynamic)),
        Param::required("key", ParamType::Exact(Type::String)),
        Param::required("value", ParamType::Any),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null bag gives null; a null value is a null member; a null key is an empty text."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(bag_set_key),
    examples: &[
        Example::gives(
            "Added",
            r#"bag_set_key(dynamic({"key1":1, "key2":2}), "key3", 3)"#,
            r#"dynamic({"key1":1,"key2":2,"key3":3})"#,
        ),
        Example::gives(
            "Replaced",
            r#"bag_set_key(dynamic({"key1":1, "key3":"abc"}), "key3", 3)"#,
            r#"dynamic({"key1":1,"key3":3})"#,
        ),
        Example::gives(
            "A path",
            r#"bag_set_key(dynamic({"key1":123, "key2":{"prop1":123, "prop2":"xyz"}}), "$.key2.prop1", "abc")"#,
            r#"dynamic({"key1":123,"key2":{"prop1":"abc","prop2":"xyz"}})"#,
        ),
        Example::gives(
            "A path that is not there",
            r#"bag_set_key(dynamic({"key1":123}), "$.key2.prop1", "abc")"#,
            r#"dynamic({"key1":123,"key2":{"prop1":"abc"}})"#,
        ),
        Example::gives("An array", r#"bag_set_key(dynamic([1]), "a", 1)"#, "dynamic(null)"),
        Example::gives("Null", r#"bag_set_key(dynamic(null), "a", 1)"#, "dynamic(null)"),
        Example::gives("A null value", r#"bag_set_key(dynamic({}), "a", long(null))"#, r#"dynamic({"a":null})"#),
        Example::gives("A null key", "bag_set_key(dynamic({}), dynamic(null), 1)", r#"dynamic({"":1})"#),
    ],
};

fn bag_set_key(args: &Args) -> Result<ArrayRef, KernelError> {
    let (bags, keys, values) = (args.texts(0)?, args.texts(1)?, Values::of(args, 2)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some(bag) = bags.get(row).filter(|bag| json::kind(bag) == Kind::Bag) else { return false };
        let mut value = String::new();
        values.write_json(row, &mut value);
        set(bag, &path::keys(keys.text(row)), &value, out);
        true
    }))
}

/// Appends a bag with the member at the end of a path set to `value`; what is no bag on the way is replaced by one.
fn set(bag: &str, path: &[String], value: &str, out: &mut String) {
    let Some((step, rest)) = path.split_first() else {
        out.push_str(value);
        return;
    };
    let members = json::distinct_members(bag).unwrap_or_default();
    let known = members.iter().position(|(key, _)| json::unescape(key) == step.as_str());
    out.push('{');
    for (number, (key, old)) in members.iter().enumerate() {
        out.push_str(if number > 0 { ",\"" } else { "\"" });
        out.push_str(key);
        out.push_str("\":");
        if known == Some(number) { set(old, rest, value, out) } else { out.push_str(old) }
    }
    if known.is_none() {
        if !members.is_empty() {
            out.push(',');
        }
        json::quote(step, out);
        out.push(':');
        set("{}", rest, value, out);
    }
    out.push('}');
}
