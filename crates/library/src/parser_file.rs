//! The YAML of a published parser or function of Sentinel: a name or two, parameters as a list, the query as a block.
//!
//! Fields as the files of Microsoft's Sentinel repository have them: `FunctionName`, `FunctionAlias`, `FunctionParams`,
//! `FunctionQuery`, and for ASIM `ParserName`, `EquivalentBuiltInParser`, `ParserParams`, `ParserQuery`.

use std::{fmt::Write as _, ops::Range, sync::Arc};

use diag::{Diagnostic, Span};
use kql::ast::{Function, Parameter, StatementKind};
use serde::Deserialize;

use crate::{Definition, SavedFunction, Source, stencil};

#[derive(Debug, Deserialize)]
struct ParserFile {
    #[serde(rename = "FunctionName", alias = "ParserName")]
    name: Option<String>,
    #[serde(rename = "FunctionAlias", alias = "EquivalentBuiltInParser")]
    alias: Option<String>,
    #[serde(rename = "FunctionParams", alias = "ParserParams", default)]
    parameters: Vec<Declared>,
    #[serde(rename = "FunctionQuery", alias = "ParserQuery")]
    query: Option<String>,
    #[serde(rename = "Description", default)]
    description: String,
}

#[derive(Debug, Deserialize)]
struct Declared {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Type")]
    ty: String,
    #[serde(rename = "Default")]
    default: Option<Plain>,
}

/// A scalar of YAML, whatever it looks like.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Plain {
    Bool(bool),
    Long(i64),
    Real(f64),
    Text(String),
}

/// The function of a file under each of its names; under the file's name when it gives none.
pub(crate) fn functions(stem: &str, source: &Arc<Source>) -> Vec<SavedFunction> {
    let file: Option<ParserFile> = serde_saphyr::from_str(&source.text).ok();
    let (names, summary) = match file {
        Some(file) => ([file.name, file.alias], file.description.lines().next().unwrap_or_default().trim().to_owned()),
        None => ([None, None], String::new()),
    };
    let mut names: Vec<String> = names.into_iter().flatten().filter(|name| !name.is_empty()).collect();
    names.dedup();
    if names.is_empty() {
        names.push(stem.to_owned());
    }
    let function = |name| SavedFunction::unread(name, summary.clone(), Arc::clone(source), definition);
    names.into_iter().map(function).collect()
}

fn definition(source: &Source) -> Result<Definition, Vec<Diagnostic>> {
    let text = &source.text;
    let wrong = |message: String| vec![Diagnostic::error(kql::codes::EMPTY.id, message, Span::new(0, 0))];
    let file: ParserFile = serde_saphyr::from_str(text).map_err(|error| wrong(format!("this is no parser in YAML: {error}")))?;
    let Some(query) = file.query else { return Err(wrong("there is no `FunctionQuery` or `ParserQuery` here".to_owned())) };
    let parameters = parameters(&file.parameters, text)?;
    let (body, span) = match block(text, &["FunctionQuery", "ParserQuery"]) {
        Some(part) => (stencil::statements(&stencil::only(text, part.clone())), Span::new(part.start, part.end)),
        // A query that YAML puts together from folded lines stands nowhere in the file as it is.
        None => (stencil::statements(&query), Span::new(0, 0)),
    };
    let body = body?;
    if !body.iter().any(|statement| matches!(statement.kind, StatementKind::Query(_))) {
        return Err(vec![Diagnostic::error(kql::codes::EMPTY.id, kql::codes::EMPTY.form, span)]);
    }
    Ok(Definition { before: Vec::new(), function: Function { view: false, parameters, body, span } })
}

/// The parameters as the language declares them.
fn parameters(declared: &[Declared], text: &str) -> Result<Vec<Parameter>, Vec<Diagnostic>> {
    if declared.is_empty() {
        return Ok(Vec::new());
    }
    let mut list = String::new();
    for parameter in declared {
        let separator = if list.is_empty() { "" } else { ", " };
        // Tabular parameters are written `table:(*)`.
        let ty = parameter.ty.trim().trim_start_matches("table:");
        let _ = write!(list, "{separator}{}:{ty}", parameter.name);
        if let Some(default) = &parameter.default {
            let _ = write!(list, " = {}", literal(default, ty));
        }
    }
    let line = format!("{} ({list})", stencil::LET);
    stencil::parameters(&line, stencil::LET.len() + 1..line.len()).map_err(|findings| {
        let at = ["FunctionParams", "ParserParams"].iter().find_map(|key| text.find(key)).unwrap_or_default();
        findings.into_iter().map(|finding| Diagnostic { span: Span::new(at, at), ..finding }).collect()
    })
}

/// A default as a literal of the language: text may stand without quotes in YAML.
fn literal(default: &Plain, ty: &str) -> String {
    let text = match default {
        Plain::Bool(value) => value.to_string(),
        Plain::Long(value) => value.to_string(),
        Plain::Real(value) => value.to_string(),
        Plain::Text(value) => value.trim().to_owned(),
    };
    let quoted = text.len() > 1 && ["'", "\""].iter().any(|mark| text.starts_with(mark) && text.ends_with(mark));
    match ty {
        "string" if !quoted => kql::quote_string(&text),
        "bool" => text.to_ascii_lowercase(),
        _ => text,
    }
}

/// The lines of a literal block (`Key: |`) as a part of the file.
fn block(text: &str, keys: &[&str]) -> Option<Range<usize>> {
    let mut start = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        let found = (start, line);
        start += line.len();
        found
    });
    let (at, header) = lines.find(|(_, line)| {
        let rest = keys.iter().find_map(|key| line.strip_prefix(key)?.trim_start().strip_prefix(':'));
        rest.is_some_and(|rest| rest.trim_start().starts_with('|'))
    })?;
    let start = at + header.len();
    let body = lines.take_while(|(_, line)| line.trim().is_empty() || line.starts_with(' '));
    let end = body.last().map_or(start, |(at, line)| at + line.len());
    Some(start..end)
}
