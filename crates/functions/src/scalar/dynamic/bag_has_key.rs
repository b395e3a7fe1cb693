//! `bag_has_key`: whether a property bag has a key.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_bool,
        json::{self, path},
    },
};

/// `bag_has_key(bag, key)`.
pub static FUNCTION: Function = Function {
    name: "bag_has_key",
    aliases: &[],
    section: Section::Dynamic,
    doc: "bag-has-key-function",
    summary: "Whether a property bag has a key, or a path of keys given as a JSONPath.",
    params: &[Param::required("bag", ParamType::Exact(Type::Dynamic)), Param::required("key", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null bag gives null; a null key is an empty text."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(bag_has_key),
    examples: &[
        Example::gives("It has", r#"bag_has_key(dynamic({"key1":123, "key2":"abc"}), "key2")"#, "true"),
        Example::gives("It has not", r#"bag_has_key(dynamic({"key1":123}), "key2")"#, "false"),
        Example::gives("A path", r#"bag_has_key(dynamic({"key2":{"prop1":"abc"}}), "$.key2.prop1")"#, "true"),
        Example::gives("Case counts", r#"bag_has_key(dynamic({"SPF":"fail"}), "spf")"#, "false"),
        Example::gives("A null member", r#"bag_has_key(dynamic({"a":null}), "a")"#, "true"),
        Example::gives("Null", r#"bag_has_key(dynamic(null), "a")"#, "bool(null)"),
        Example::gives("A null key", r#"bag_has_key(dynamic({"":1}), dynamic(null))"#, "true"),
    ],
};

fn bag_has_key(args: &Args) -> Result<ArrayRef, KernelError> {
    let (bags, keys) = (args.texts(0)?, args.texts(1)?);
    Ok(each_bool(args, |row| {
        let bag = bags.get(row)?;
        Some(path::keys(keys.text(row)).iter().try_fold(bag, |value, key| json::member(value, key)).is_some())
    }))
}
