//! A function's signature in a line.

use functions::{Function, ParamKind, ParamType};

/// `strlen(source: string)`; optional arguments in brackets, repeated ones with dots.
#[must_use]
pub fn signature(function: &Function) -> String {
    let parameters = function.params.iter().map(|param| {
        let ty = match param.ty {
            ParamType::Exact(ty) | ParamType::Constant(ty) => ty.name(),
            ParamType::Number => "number",
            ParamType::NumberOrTime => "number, datetime or timespan",
            _ => "any",
        };
        match param.kind {
            ParamKind::Required => format!("{}: {ty}", param.name),
            ParamKind::Optional => format!("[{}: {ty}]", param.name),
            ParamKind::Repeated { .. } => format!("{}: {ty}, ...", param.name),
        }
    });
    format!("{}({})", function.name, parameters.collect::<Vec<_>>().join(", "))
}
