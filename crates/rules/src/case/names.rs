//! Names that a case gives tables and columns, held against those that are known.

use schema::{Registry, Table};
use serde_json::{Map, Value};

/// The time column of tables whose rows are documents of the Elastic Common Schema.
const ECS_TIME: &str = "@timestamp";
/// Tables that take records of the Microsoft 365 audit log as they come, and the members that tell one.
const AUDITED: [&str; 3] = ["CloudAppEvents", "OfficeActivity", "o365.audit"];
const RECORD: [&str; 5] = ["CreationTime", "Id", "Operation", "RecordType", "Workload"];
/// Names under which every table has its time.
const TIMES: [&str; 3] = ["Timestamp", "TimeGenerated", ECS_TIME];

/// Whether there is such a table; else what to do.
pub(super) fn table(name: &str) -> Result<(), String> {
    let registry = Registry::builtin();
    // A workspace defines tables of its own, whose names end so.
    if registry.table(name).is_some() || name.ends_with("_CL") {
        return Ok(());
    }
    let near = registry.nearest_tables(name);
    let help = if near.is_empty() {
        "the reference of tables lists those that are known".to_owned()
    } else {
        format!("did you mean `{}`?", near.join("` or `"))
    };
    Err(format!("there is no table `{name}`; {help}"))
}

/// The columns of a row that its table does not have, each with what to do.
pub(super) fn columns(table: &str, row: &Map<String, Value>) -> Vec<(String, String)> {
    let Some(known) = Registry::builtin().table(table) else { return Vec::new() };
    if AUDITED.contains(&table) && RECORD.iter().all(|member| row.contains_key(*member)) {
        return Vec::new();
    }
    let mut unknown = Vec::new();
    if known.time_column == ECS_TIME {
        fields(known, "", row, &mut unknown);
    } else {
        unknown.extend(row.keys().filter(|name| !has(known, name)).cloned());
    }
    unknown.into_iter().filter_map(|name| wrong(known, &name).map(|reason| (last_key(row, &name), reason))).collect()
}

/// What is wrong with a name that is no column. Documents have many fields that nothing documents: there only a name that is near to a
/// known one is wrong.
fn wrong(table: &Table, name: &str) -> Option<String> {
    let near = table.nearest_columns(name);
    if !near.is_empty() {
        return Some(format!("{} has no column `{name}`; did you mean `{}`?", table.name, near.join("` or `")));
    }
    let help = "the reference of tables lists its columns";
    (table.time_column != ECS_TIME).then(|| format!("{} has no column `{name}`; {help}", table.name))
}

fn has(table: &Table, name: &str) -> bool {
    TIMES.contains(&name) || table.column(name).is_some()
}

/// The paths of a document that are no columns. An object that is a column is not looked into, nor anything below a column.
fn fields(table: &Table, above: &str, map: &Map<String, Value>, unknown: &mut Vec<String>) {
    for (key, value) in map {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        let below = path.match_indices('.').any(|(dot, _)| has(table, &path[..dot]));
        match value {
            _ if below || has(table, &path) => {}
            // Depth is that of what was read, which the reader bounds.
            Value::Object(inner) => fields(table, &path, inner, unknown),
            _ => unknown.push(path),
        }
    }
}

/// The key of the row under which a path stands, for its line.
fn last_key(row: &Map<String, Value>, path: &str) -> String {
    if row.contains_key(path) { path.to_owned() } else { path.rsplit('.').next().unwrap_or(path).to_owned() }
}

/// Values that their columns never have, each with those they have.
pub(super) fn values(table: &str, row: &Map<String, Value>) -> Vec<(String, String)> {
    let Some(known) = Registry::builtin().table(table) else { return Vec::new() };
    let outside = |(name, value): (&String, &Value)| {
        let (column, text) = (known.column(name)?, value.as_str()?);
        let closed = !column.values.is_empty() && !text.is_empty();
        (closed && !column.values.iter().any(|one| one == text)).then(|| {
            let values = column.values.join("`, `");
            (name.clone(), format!("{table}.{name} never is `{text}`; it is one of `{values}`"))
        })
    };
    row.iter().filter_map(outside).collect()
}
