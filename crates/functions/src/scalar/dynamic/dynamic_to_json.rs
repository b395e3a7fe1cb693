//! `dynamic_to_json`: a dynamic value as JSON text with sorted keys.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    kernel::{Args, KernelError, each_text, json},
    rewrite::to_type,
};

/// `dynamic_to_json(expr)`.
pub static FUNCTION: Function = Function {
    name: "dynamic_to_json",
    aliases: &[],
    section: Section::Dynamic,
    doc: "dynamic-to-json-function",
    summary: "The JSON text of a dynamic value, the keys of its property bags sorted; of any other value its text.",
    params: &[Param::required("expr", ParamType::Any)],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives(
            "Keys are sorted",
            r#"dynamic_to_json(dynamic({"B1":2, "A1":{"d":[5, 1], "c":1}}))"#,
            r#"@'{"A1":{"c":1,"d":[5,1]},"B1":2}'"#,
        ),
        Example::gives("An array", r#"dynamic_to_json(dynamic([1, "a", null]))"#, r#"@'[1,"a",null]'"#),
        Example::gives("A text keeps its quotes", r#"dynamic_to_json(dynamic("a"))"#, r#"'"a"'"#),
        Example::gives("A number", "dynamic_to_json(5)", r#""5""#),
        Example::gives("Null", "dynamic_to_json(dynamic(null))", r#""""#),
    ],
};

static KERNEL: Function =
    Function { name: "json_canonical", section: Section::Internal, eval: Eval::Kernel(dynamic_to_json), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    let value = &call.args[0];
    Ok(match value.ty {
        Type::Dynamic => kernel_call(&KERNEL, vec![value.clone()], Type::String),
        _ => to_type(value, Type::String),
    })
}

fn dynamic_to_json(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    Ok(each_text(args, |row, out| canonical(values.text(row), out)))
}

/// Appends a value with sorted keys. JSON is nested no deeper than `json::MAX_DEPTH`.
fn canonical(value: &str, out: &mut String) {
    if let Some(mut members) = json::distinct_members(value) {
        members.sort_by_key(|(key, _)| json::unescape(key).into_owned());
        out.push('{');
        for (number, (key, value)) in members.into_iter().enumerate() {
            out.push_str(if number > 0 { ",\"" } else { "\"" });
            out.push_str(key);
            out.push_str("\":");
            canonical(value, out);
        }
        out.push('}');
    } else if let Some(elements) = json::elements(value) {
        out.push('[');
        for (number, element) in elements.enumerate() {
            if number > 0 {
                out.push(',');
            }
            canonical(element, out);
        }
        out.push(']');
    } else {
        out.push_str(value);
    }
}
