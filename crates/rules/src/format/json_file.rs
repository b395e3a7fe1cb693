//! Files in JSON and NDJSON: Kibana's exports, Elastic's rule package, Graph's `detectionRule`, Sentinel's exports (ARM templates).
//!
//! Must not know what the fields of a rule mean: it tells the objects apart and hands them on. Telemetry is NDJSON too and is no business of
//! rules, so what has no mark of a rule is passed over.

use std::{ops::Range, sync::Arc};

use serde_json::{Map, Value};

use super::{Reading, arm, defender, elastic, exceptions};
use crate::{
    Fault,
    fields::{Document, Fields},
    model::{Format, Source},
};

/// Words of which a file of rules holds at least one.
const MARKS: [&str; 5] = ["\"rule_id\"", "\"list_id\"", "\"exported_", "\"queryCondition\"", "/alertRules"];

/// Reads the rules of a file: one value, or one a line.
pub(crate) fn read(source: &Arc<Source>, reading: &mut Reading) {
    if !MARKS.iter().any(|mark| source.text.contains(mark)) {
        return;
    }
    match serde_json::from_str::<Value>(&source.text) {
        Ok(value) => whole(source, &value, reading),
        Err(_) if is_lines(&source.text) => lines(source, reading),
        // Templates are often JSON only once they are filled in.
        Err(_) if !MARKS[..4].iter().any(|mark| source.text.contains(mark)) => {}
        Err(error) => {
            let reason = format!("this is no JSON: {error}");
            reading.faults.push(Fault::error(&source.path, error.line(), reason));
        }
    }
}

/// Where an object stands in its file.
struct Place {
    part: Range<usize>,
    line: usize,
}

/// The first line that is not empty is a value of its own.
fn is_lines(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let end = text.trim_end().lines().count();
    end > 1 && serde_json::from_str::<Map<String, Value>>(first).is_ok()
}

fn lines(source: &Arc<Source>, reading: &mut Reading) {
    let mut start = 0;
    for (number, line) in source.text.split_inclusive('\n').enumerate() {
        if !line.trim().is_empty() {
            let at = Place { part: start..start + line.len(), line: number + 1 };
            match serde_json::from_str::<Value>(line) {
                Ok(value) => object(source, &at, &value, reading),
                Err(error) => {
                    reading.faults.push(Fault::error(&source.path, at.line, format!("this line is no JSON: {error}")));
                }
            }
        }
        start += line.len();
    }
}

/// One object, a list of them, or Graph's answer to a question for many.
fn whole(source: &Arc<Source>, value: &Value, reading: &mut Reading) {
    let members = match value {
        Value::Array(values) => Some(values),
        Value::Object(map) if map.contains_key("@odata.context") => map.get("value").and_then(Value::as_array),
        _ => None,
    };
    match members {
        // Where each member of a long list stands would take long to find.
        Some(values) => values.iter().for_each(|value| object(source, &Place { part: 0..0, line: 1 }, value, reading)),
        None => object(source, &Place { part: 0..source.text.len(), line: 1 }, value, reading),
    }
}

/// Tells what an object is.
fn object(source: &Arc<Source>, at: &Place, value: &Value, reading: &mut Reading) {
    let Value::Object(map) = value else { return };
    let has = |key: &str| map.contains_key(key);
    let document = Document::part(source, at.part.clone(), at.line);
    if has("rule_id") && has("type") && has("name") {
        let rule = elastic::read(&document, Format::ElasticJson, value, Fields::new(&document, map));
        reading.add(document, rule);
    } else if let Some(Value::Object(attributes)) = map.get("attributes").filter(|inner| inner.get("rule_id").is_some()) {
        let rule = elastic::read(&document, Format::ElasticJson, value, Fields::new(&document, attributes));
        reading.add(document, rule);
    } else if has("item_id") && has("list_id") {
        let exclusion = exceptions::item(&document, map);
        reading.add_exclusion(document, exclusion);
    } else if has("list_id") && has("type") {
        let list = exceptions::list(Fields::new(&document, map));
        reading.add_list(document, list);
    } else if map.get("queryCondition").is_some_and(Value::is_object) {
        let rule = defender::read(&document, value, Fields::new(&document, map));
        reading.add(document, rule);
    } else if has("exported_rules_count") || has("exported_count") {
        summary(&document, Fields::new(&document, map), reading);
        reading.faults.extend(document.into_faults());
    } else {
        for (resource, properties) in arm::resources(map) {
            let document = Document::part(source, at.part.clone(), at.line);
            let rule = arm::read(&document, resource, properties);
            reading.add(document, rule);
        }
    }
}

/// The last line of an export says how much it holds: what is missing was lost on the way.
fn summary(document: &Document, fields: Fields<'_>, reading: &Reading) {
    let count = |list: usize| u64::try_from(list).unwrap_or(u64::MAX);
    let lost = reading.faults.iter().filter(|fault| fault.is_error()).count();
    for (key, what, found) in [
        ("exported_rules_count", "rules", reading.rules.len()),
        ("exported_exception_list_item_count", "exceptions", reading.exclusions.len()),
    ] {
        if let Some(told) = fields.count(key).filter(|told| *told > count(found + lost)) {
            document.warning(key, format!("the export says it holds {told} {what}, and the file has {found}"));
        }
    }
    for missing in fields.parts("missing_rules") {
        document.warning("missing_rules", format!("the rule `{}` was not exported", missing.text_or_empty("rule_id")));
    }
}
