//! `treepath`: the paths to all values inside a dynamic value.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `treepath(object)`.
pub static FUNCTION: Function = Function {
    name: "treepath",
    aliases: &[],
    section: Section::Dynamic,
    doc: "treepath-function",
    summary: "The paths to the members of a property bag, at every depth; all elements of an array share one path.",
    params: &[Param::required("object", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("tree"),
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(treepath),
    examples: &[
        Example::gives("Members", r#"treepath(parse_json('{"a":"b", "c":123}'))"#, r#"dynamic(["['a']","['c']"])"#),
        Example::gives(
            "An array",
            r#"treepath(parse_json('{"prop1":[1,2,3,4], "prop2":"value2"}'))"#,
            r#"dynamic(["['prop1']","['prop1'][0]","['prop2']"])"#,
        ),
        Example::gives(
            "A bag in an array",
            r#"treepath(parse_json('{"listProperty":[100,200,300,"abcde",{"x":"y"}]}'))"#,
            r#"dynamic(["['listProperty']","['listProperty'][0]","['listProperty'][0]['x']"])"#,
        ),
        Example::gives("Null", "treepath(dynamic(null))", "dynamic(null)"),
    ],
};

fn treepath(args: &Args) -> Result<ArrayRef, KernelError> {
    let objects = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let Some(object) = objects.get(row) else { return false };
        let mut paths = Vec::new();
        collect(object, &mut String::new(), &mut paths);
        let quoted = paths.iter().map(|path| {
            let mut text = String::new();
            json::quote(path, &mut text);
            text
        });
        json::write_array(quoted, out);
        true
    }))
}

/// Adds the paths below a value, each once. JSON is nested no deeper than `json::MAX_DEPTH`.
fn collect(value: &str, path: &mut String, paths: &mut Vec<String>) {
    let length = path.len();
    let mut add = |path: &mut String, value: &str| {
        if !paths.contains(path) {
            paths.push(path.clone());
        }
        collect(value, path, paths);
        path.truncate(length);
    };
    for (key, inner) in json::members(value).into_iter().flatten() {
        path.push_str("['");
        path.push_str(&json::unescape(key));
        path.push_str("']");
        add(path, inner);
    }
    for inner in json::elements(value).into_iter().flatten() {
        path.push_str("[0]");
        add(path, inner);
    }
}
