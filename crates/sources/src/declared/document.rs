//! Declared JSON: objects a line, one after the other, or in an array; columns by name or by path.

use std::{
    borrow::Cow,
    io::{BufRead, BufReader, Read},
};

use serde_json::Value;

use super::{Declared, DeclaredColumn, DeclaredPlace, DeclaredRows, texts::Texts};
use crate::{Options, SourceError};

/// Reads every object. Where the first line is a value of its own, a line that is broken is left out and the rest goes on.
pub(super) fn read(
    name: &str,
    reader: impl Read,
    declared: &Declared,
    options: &Options,
    rows: &mut DeclaredRows,
) -> Result<(), SourceError> {
    let mut reader = BufReader::new(reader);
    let fault = |cause| SourceError::from_read(name, cause);
    let mut texts = Texts::new(declared, rows);
    let mut first = Vec::new();
    let limit = u64::try_from(options.max_line_bytes).unwrap_or(u64::MAX);
    while first.trim_ascii().is_empty() {
        first.clear();
        if reader.by_ref().take(limit).read_until(b'\n', &mut first).map_err(fault)? == 0 {
            return Ok(());
        }
    }
    let paths: Vec<Vec<Step>> = declared.columns.iter().map(steps).collect();
    if serde_json::from_slice::<Value>(&first).is_err() {
        let whole = std::io::Cursor::new(first).chain(reader);
        for value in serde_json::Deserializer::from_reader(whole).into_iter::<Value>() {
            let value = value.map_err(|cause| fault(std::io::Error::other(cause)))?;
            add(value, &paths, &mut texts)?;
        }
        return texts.flush();
    }
    for number in 1_u64.. {
        if number > 1 {
            first.clear();
            if reader.by_ref().take(limit).read_until(b'\n', &mut first).map_err(fault)? == 0 {
                break;
            }
        }
        if number == 1 && declared.ignore_first_record || first.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&first) {
            Ok(value) => add(value, &paths, &mut texts)?,
            Err(cause) => texts.reject(|| format!("{name}: record {number}: {cause}")),
        }
    }
    texts.flush()
}

/// A record, or each element of an array of records.
fn add(value: Value, paths: &[Vec<Step>], texts: &mut Texts<'_>) -> Result<(), SourceError> {
    match value {
        Value::Array(records) => records.iter().try_for_each(|record| row(record, paths, texts)),
        record => row(&record, paths, texts),
    }
}

fn row(record: &Value, paths: &[Vec<Step>], texts: &mut Texts<'_>) -> Result<(), SourceError> {
    texts.row(|column| {
        let mut value = record;
        for step in paths.get(column)? {
            value = match step {
                Step::Key(key) => value.get(key)?,
                Step::Index(index) => value.get(index)?,
            };
        }
        match value {
            Value::Null => None,
            Value::String(text) => Some(Cow::Borrowed(text.as_str())),
            other => Some(Cow::Owned(other.to_string())),
        }
    })
}

/// A step of a path.
enum Step {
    Key(String),
    Index(usize),
}

/// The way to a column's value: `$.a.b`, `$['a b'][0]`, or the column's name.
fn steps(column: &DeclaredColumn) -> Vec<Step> {
    let path = match &column.place {
        Some(DeclaredPlace::Path(path)) => path,
        Some(DeclaredPlace::Column(name)) => return vec![Step::Key(name.clone())],
        Some(DeclaredPlace::Field(_)) | None => return vec![Step::Key(column.name.clone())],
    };
    let mut steps = Vec::new();
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    while !rest.is_empty() {
        if let Some(bracket) = rest.strip_prefix('[') {
            let (inner, tail) = bracket.split_once(']').unwrap_or((bracket, ""));
            steps.push(match inner.parse() {
                Ok(index) => Step::Index(index),
                Err(_) => Step::Key(inner.trim_matches(['\'', '"']).to_owned()),
            });
            rest = tail;
            continue;
        }
        let name = rest.strip_prefix('.').unwrap_or(rest);
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (key, tail) = name.split_at(end);
        if !key.is_empty() {
            steps.push(Step::Key(key.to_owned()));
        } else if tail.starts_with('.') {
            // An empty step leads nowhere.
            steps.push(Step::Key(String::new()));
        }
        rest = tail;
    }
    steps
}
