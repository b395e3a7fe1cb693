//! Files in YAML: Sentinel's hunting queries and analytics rules, Defender's custom detections.

use std::sync::Arc;

use serde_json::Value;

use super::{Reading, defender, sentinel};
use crate::{
    fields::{Document, Fields},
    model::Source,
    yaml,
};

/// Reads the rules of a file, one or several documents. Mappings without a query are no rules.
pub(crate) fn read(source: &Arc<Source>, reading: &mut Reading) {
    let text = &source.text;
    if !text.contains("query") {
        return;
    }
    let documents: Vec<Value> = match serde_saphyr::from_multiple(text) {
        Ok(documents) => documents,
        Err(error) => {
            // A broken file that is about something else is not ours to complain of.
            let ours = |line: &str| ["query:", "queryFrequency:", "queryCondition:"].iter().any(|key| line.starts_with(key));
            if text.lines().any(ours) {
                reading.faults.push(yaml::fault(&source.path, &error, "this is no YAML"));
            }
            return;
        }
    };
    for value in &documents {
        one(source, value, reading);
    }
}

fn one(source: &Arc<Source>, value: &Value, reading: &mut Reading) {
    let Value::Object(map) = value else { return };
    let document = Document::whole(source);
    let fields = Fields::new(&document, map);
    let mut rule = if map.get("queryCondition").is_some_and(Value::is_object) {
        defender::read(&document, value, fields)
    } else if is_sentinel(fields) {
        let mut rule = sentinel::read(&document, value, fields);
        defender::beside_query(&mut rule, fields);
        rule
    } else {
        return;
    };
    // YAML takes `1.10` for a number and would lose its zero.
    if let Some(Value::Number(_)) = map.get("version") {
        rule.version = raw_version(&source.text).or(rule.version);
    }
    reading.add(document, rule);
}

/// A query and a name at the top level; the exploration queries of the repository, which expect an entity, are no rules.
fn is_sentinel(fields: Fields<'_>) -> bool {
    let has = |key| fields.value(key).is_some();
    fields.value("query").is_some_and(Value::is_string) && (has("id") || has("name")) && !has("InputEntityType")
        || has("queryFrequency") && has("name")
}

fn raw_version(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("version:"))?;
    let value = value.split(" #").next()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
