//! `spoofwatch functions`: what the query language knows.

use ::functions::{Expectation, Function, ParamKind, ParamType, Status};
use clap::Args;

use crate::{failure::Failure, output};

/// Arguments of `functions`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Explain this one.
    name: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    match &options.name {
        Some(name) => match ::functions::find(name) {
            Some(function) => output::print(&explained(function)),
            None => {
                let near = ::functions::nearest(name).join(", ");
                let help = if near.is_empty() { String::new() } else { format!("; did you mean {near}?") };
                Err(Failure::input(format!("error: the function `{name}` is not known{help}")))
            }
        },
        None => {
            let mut text = String::new();
            for function in ::functions::all() {
                text.push_str(&format!("{:32} {}\n", function.name, function.summary));
            }
            output::print(&text)
        }
    }
}

fn explained(function: &Function) -> String {
    let mut text = format!("{}\n\n{}\n", signature(function), function.summary);
    if !function.aliases.is_empty() {
        text.push_str(&format!("Also written: {}\n", function.aliases.join(", ")));
    }
    if let Status::Partial(missing) = function.status {
        text.push_str(&format!("Not supported: {missing}\n"));
    }
    text.push_str("\nExamples\n");
    for example in function.examples {
        let outcome = match example.expect {
            Expectation::Value(value) | Expectation::OfConstants(value) => value.to_owned(),
            Expectation::Error(code) => format!("error {code}"),
        };
        text.push_str(&format!("  {} → {outcome}   ({})\n", example.query, example.title));
    }
    text.push_str(&format!("\nhttps://learn.microsoft.com/kusto/query/{}\n", function.doc));
    text
}

fn signature(function: &Function) -> String {
    let parameters: Vec<String> = function
        .params
        .iter()
        .map(|param| {
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
        })
        .collect();
    format!("{}({})", function.name, parameters.join(", "))
}
