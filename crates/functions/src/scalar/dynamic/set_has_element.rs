//! `set_has_element`: whether an array holds a value.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_bool, json},
};

/// `set_has_element(set, value)`.
pub static FUNCTION: Function = Function {
    name: "set_has_element",
    aliases: &[],
    section: Section::Dynamic,
    doc: "set-has-element-function",
    summary: "Whether an array has an element equal to a value.",
    params: &[Param::required("set", ParamType::Exact(Type::Dynamic)), Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null array gives null; a null value is found where an element is null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(set_has_element),
    examples: &[
        Example::gives("A text", r#"set_has_element(dynamic(["this", "is", "an", "example"]), "example")"#, "true"),
        Example::gives("Case counts", r#"set_has_element(dynamic(["Phish"]), "phish")"#, "false"),
        Example::gives("A number", "set_has_element(dynamic([1, 2, 3]), 2)", "true"),
        Example::gives("A number is no text", r#"set_has_element(dynamic([1, 2, 3]), "2")"#, "false"),
        Example::gives("A dynamic value", r#"set_has_element(dynamic([{"a":1}]), dynamic({"a":1}))"#, "true"),
        Example::gives("No array", r#"set_has_element(dynamic("a"), "a")"#, "false"),
        Example::gives("Null", r#"set_has_element(dynamic(null), "a")"#, "bool(null)"),
        Example::gives("A null value", "set_has_element(dynamic([null]), long(null))", "true"),
    ],
};

fn set_has_element(args: &Args) -> Result<ArrayRef, KernelError> {
    let (sets, values) = (args.texts(0)?, Values::of(args, 1)?);
    let mut value = String::new();
    Ok(each_bool(args, |row| {
        let set = sets.get(row)?;
        value.clear();
        values.write_json(row, &mut value);
        Some(json::elements(set).is_some_and(|mut elements| elements.any(|element| json::equal(element, &value))))
    }))
}
