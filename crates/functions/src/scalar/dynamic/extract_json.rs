//! `extract_json`: the value at a JSONPath inside a JSON text.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    kernel::json::path::{self, Step},
    rewrite::{parse, step, to_type},
};

/// `extract_json(jsonPath, dataSource, [type])`.
pub static FUNCTION: Function = Function {
    name: "extract_json",
    aliases: &["extractjson"],
    section: Section::Dynamic,
    doc: "extract-json-function",
    summary: "The value at a JSONPath inside a JSON text, converted to a type if one is given.",
    params: &[
        Param::required("jsonPath", ParamType::Constant(Type::String)),
        Param::required("dataSource", ParamType::Exact(Type::String)),
        Param::optional("type", ParamType::Any),
    ],
    returns: Returns::By(returns),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Where the path leads nowhere the result is null, or an empty text."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("A member", r#"extract_json("$.name", '{"name": "John", "age": 30}', typeof(string))"#, r#""John""#),
        Example::gives("To a type", r#"extract_json("$.age", '{"name": "John", "age": 30}', typeof(int))"#, "int(30)"),
        Example::gives("Deeper", r#"extract_json("$.hosts[1].name", '{"hosts": [{"name": "a"}, {"name": "b"}]}')"#, r#""b""#),
        Example::gives("Without the point behind the root", r#"extract_json("$name", '{"name": "John"}')"#, r#""John""#),
        Example::gives("A bag by its JSON", r#"extract_json("$['a']", '{"a": {"b": 1}}')"#, r#"@'{"b":1}'"#),
        Example::gives("Not there", r#"extract_json("$.x", '{"a": 1}', typeof(long))"#, "long(null)"),
        Example::gives("Text that is no JSON", r#"extract_json("$.x", "abc")"#, r#""""#),
        Example::gives("Null", r#"extract_json("$.x", dynamic(null))"#, r#""""#),
        Example::fails("A filter is no path", "extract_json('$.a[?(@.b)]', '{}')", "K0301"),
    ],
};

fn returns(types: &[Type]) -> Result<Type, CallError> {
    Ok(types.get(2).copied().unwrap_or(Type::String))
}

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    let path_text = call.args[0].as_text().unwrap_or_default();
    // Published queries leave out the point behind the root (`$Name`).
    let steps = path::parse(path_text).or_else(|| path::parse(&format!("$.{}", path_text.trim().strip_prefix('$')?)));
    let Some(steps) = steps else {
        return Err(CallError::Unsupported { function: FUNCTION.name, what: format!("the path `{path_text}`") });
    };
    let mut value = Typed::new(parse(&call.args[1]), Type::Dynamic);
    for path_step in steps {
        let key = match path_step {
            Step::Key(key) => Typed::text(key),
            Step::Index(index) => Typed::constant(ScalarValue::Int64(Some(index)), Type::Long),
        };
        value = Typed::new(step(&value, key), Type::Dynamic);
    }
    Ok(to_type(&value, call.args.get(2).map_or(Type::String, |literal| literal.ty)))
}
