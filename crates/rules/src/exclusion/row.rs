//! Values of a row by column or by a path with dots into one.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// How deep values are looked into: what nests deeper has no value there.
const DEPTH: usize = 32;
/// Texts longer than this are not read as JSON.
const LONGEST: usize = 1 << 20;

/// Calls `take` for each value at `path`: the column of that name, or what lies at the path in a column. Every element of an array
/// is a value, and a text that is JSON is looked into as the value it writes.
pub fn values(row: &Map<String, Value>, path: &str, take: &mut dyn FnMut(&Value)) {
    object(row, path, DEPTH, take);
}

fn object(map: &Map<String, Value>, path: &str, depth: usize, take: &mut dyn FnMut(&Value)) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some(value) = map.get(path) {
        each(value, depth, take);
        return;
    }
    // Names may hold dots themselves, so every way to cut the path is tried.
    for (dot, _) in path.match_indices('.') {
        if let Some(value) = map.get(&path[..dot]) {
            inside(value, &path[dot + 1..], depth, take);
        }
    }
}

fn inside(value: &Value, path: &str, depth: usize, take: &mut dyn FnMut(&Value)) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::Object(map) => object(map, path, depth, take),
        Value::Array(values) => values.iter().for_each(|value| inside(value, path, depth, take)),
        Value::String(text) if text.len() <= LONGEST && text.trim_start().starts_with(['{', '[']) => {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                inside(&value, path, depth, take);
            }
        }
        _ => {}
    }
}

fn each(value: &Value, depth: usize, take: &mut dyn FnMut(&Value)) {
    match (value, depth.checked_sub(1)) {
        (Value::Null, _) => {}
        (Value::Array(values), Some(depth)) => values.iter().for_each(|value| each(value, depth, take)),
        (value, _) => take(value),
    }
}

/// A value as text, objects as JSON.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::Object(_) => Some(Cow::Owned(value.to_string())),
        Value::Null | Value::Array(_) => None,
    }
}
