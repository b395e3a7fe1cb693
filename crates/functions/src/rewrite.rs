//! Rewrites that several functions share: conversions, and paths into JSON fused with the parsing before and the conversion after.
//!
//! `tolong(parse_json(Text).a.b)` becomes one call of `json_path(Text, "a", "b")` that yields a `long`, and so costs one look
//! at each distinct text. Start with [`to_type`] and [`step`].

use datafusion_common::ScalarValue;
use datafusion_expr::{Expr, expr::ScalarFunction};
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    coerce,
    kernel::{ScalarKernel, cast_json, convert, json, json_path, regex::compile},
};

/// Any value as a value of another type, as the explicit conversion functions do it.
pub(crate) static CONVERT: Function = Function {
    name: "convert",
    aliases: &[],
    section: Section::Internal,
    doc: "scalar-data-types",
    summary: "A value converted to the type of the result.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::SameAs(0),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(convert),
    examples: &[],
};

/// A path into a JSON text or dynamic value.
pub(crate) static JSON_PATH: Function = Function {
    name: "json_path",
    aliases: &[],
    section: Section::Internal,
    doc: "scalar-data-types/dynamic",
    summary: "The value at a path of keys and indexes, converted to the type of the result.",
    params: &[Param::required("json", ParamType::Any), Param::repeated("step", ParamType::Any, 0, usize::MAX)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(json_path),
    examples: &[],
};

/// A dynamic value taken as another type without conversion.
static CAST_JSON: Function = Function { name: "cast_json", eval: Eval::Kernel(cast_json), ..JSON_PATH };

/// A value converted explicitly to `ty`; null where it cannot be.
pub(crate) fn to_type(value: &Typed, ty: Type) -> Expr {
    if value.ty == ty {
        return value.expr.clone();
    }
    if value.ty != Type::Dynamic {
        return kernel_call(&CONVERT, vec![value.clone()], ty);
    }
    kernel_call(&JSON_PATH, path_of(value), ty)
}

/// A dynamic value as `ty` if that is what it is, else null: what `to typeof(ty)` does.
pub(crate) fn cast_type(value: &Typed, ty: Type) -> Expr {
    kernel_call(&CAST_JSON, vec![value.clone()], ty)
}

/// A text parsed as JSON.
pub(crate) fn parse(text: &Typed) -> Expr {
    kernel_call(&JSON_PATH, vec![text.clone()], Type::Dynamic)
}

/// The member or element of a dynamic value that `key` (a text, a number or a dynamic holding one of them) names.
pub(crate) fn step(object: &Typed, key: Typed) -> Expr {
    let mut path = path_of(object);
    path.push(key);
    kernel_call(&JSON_PATH, path, Type::Dynamic)
}

/// The arguments of the path that a dynamic value is read by: those of `json_path` if it is one, else the value itself.
fn path_of(value: &Typed) -> Vec<Typed> {
    if let Expr::ScalarFunction(ScalarFunction { func, args }) = &value.expr
        && let Some(kernel) = func.inner().downcast_ref::<ScalarKernel>()
        && kernel.function().name == JSON_PATH.name
    {
        return args.iter().zip(kernel.types()).map(|(expr, ty)| Typed::new(expr.clone(), *ty)).collect();
    }
    vec![value.clone()]
}

/// Refuses a constant pattern that is no regular expression.
pub(crate) fn check_pattern(call: &Call, function: &'static Function, position: usize) -> Result<(), CallError> {
    let Some(pattern) = call.args.get(position).and_then(Typed::as_text) else { return Ok(()) };
    match compile(pattern).as_ref() {
        Ok(_) => Ok(()),
        Err(problem) => Err(CallError::ArgumentValue {
            function: function.name,
            position: position + 1,
            parameter: function.params.get(position).map_or("pattern", |param| param.name),
            problem: format!("`{pattern}` is no regular expression: {problem}"),
        }),
    }
}

/// The constants that a list item stands for: itself, or a constant dynamic array's elements; `None` if it is not constant.
pub(crate) fn elements(item: &Typed) -> Option<Vec<Typed>> {
    let value = item.as_constant()?;
    if item.ty != Type::Dynamic {
        // A null item is no text that could be found, and equals nothing.
        return Some(if value.is_null() { Vec::new() } else { vec![item.clone()] });
    }
    let Some(text) = value.try_as_str().flatten() else { return Some(Vec::new()) };
    Some(match json::elements(text) {
        Some(elements) => elements.filter_map(json_constant).collect(),
        None => json_constant(text).into_iter().collect(),
    })
}

/// A JSON scalar as the constant it is; `None` for null.
fn json_constant(value: &str) -> Option<Typed> {
    Some(match json::kind(value) {
        json::Kind::Null => return None,
        json::Kind::Bool => Typed::constant(ScalarValue::Boolean(Some(value == "true")), Type::Bool),
        json::Kind::Number => match value.parse::<i64>() {
            Ok(long) => Typed::constant(ScalarValue::Int64(Some(long)), Type::Long),
            Err(_) => Typed::constant(ScalarValue::Float64(json::typed::real(value)), Type::Real),
        },
        json::Kind::String | json::Kind::Array | json::Kind::Bag => Typed::text(json::text(value)),
    })
}

/// List items as arguments of a kernel: all constants together as one dynamic array of texts, then the others.
pub(crate) fn packed(items: &[Typed]) -> Result<Vec<Typed>, CallError> {
    let mut constants = String::from("[");
    let mut others = Vec::new();
    for item in items {
        let Some(elements) = elements(item) else {
            others.push(item.clone());
            continue;
        };
        for element in elements {
            let text = coerce(element, Type::String)?;
            if constants.len() > 1 {
                constants.push(',');
            }
            json::quote(text.as_text().unwrap_or_default(), &mut constants);
        }
    }
    constants.push(']');
    let mut args = vec![Typed::constant(ScalarValue::Utf8View(Some(constants)), Type::Dynamic)];
    args.append(&mut others);
    Ok(args)
}

#[cfg(test)]
mod tests {
    use datafusion_common::Column;
    use datafusion_expr::{Expr, expr::ScalarFunction};
    use schema::Type;

    use super::{parse, step, to_type};
    use crate::Typed;

    fn column() -> Typed {
        Typed::new(Expr::Column(Column::from_name("Text")), Type::String)
    }

    #[test]
    fn parsing_steps_and_conversion_are_one_call() {
        let parsed = Typed::new(parse(&column()), Type::Dynamic);
        let member = Typed::new(step(&parsed, Typed::text("a")), Type::Dynamic);
        let inner = Typed::new(step(&member, Typed::text("b")), Type::Dynamic);
        let Expr::ScalarFunction(ScalarFunction { func, args }) = to_type(&inner, Type::Long) else {
            panic!("not a call");
        };
        assert_eq!(func.name(), "json_path");
        assert_eq!(args, [column().expr, Typed::text("a").expr, Typed::text("b").expr]);
    }

    #[test]
    fn constants_are_computed_at_once() {
        let parsed = Typed::new(parse(&Typed::text(r#"{"a": 5}"#)), Type::Dynamic);
        let member = Typed::new(step(&parsed, Typed::text("a")), Type::Dynamic);
        assert_eq!(Typed::new(to_type(&member, Type::Long), Type::Long).as_long(), Some(5));
    }
}
