//! Values of TOML files, asked for by their keys.

use anyhow::Context;
use toml::{Table, Value};

use crate::tree::Tree;

/// The file as a table.
pub(crate) fn table(tree: &Tree, path: &str) -> anyhow::Result<Table> {
    let text = tree.text(path).with_context(|| format!("{path} is missing"))?;
    text.parse().with_context(|| format!("{path} is not TOML"))
}

/// The value under nested keys.
pub(crate) fn at<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (last, folders) = keys.split_last()?;
    folders.iter().try_fold(table, |table, key| table.get(*key)?.as_table())?.get(*last)
}

/// The texts of an array; empty if there is none.
pub(crate) fn texts(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
