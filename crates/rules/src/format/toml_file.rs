//! Files in TOML: the rules of Elastic's detection-rules repository, `[metadata]` and `[rule]`.

use std::sync::Arc;

use diag::Position;
use serde_json::{Map, Value};
use toml::{Table, Value as Toml};

use super::{Reading, elastic};
use crate::{
    Fault,
    fields::{Document, Fields},
    model::{Format, Source},
};

/// Reads the rule of a file; a file without `[rule]` holds none.
pub(crate) fn read(source: &Arc<Source>, reading: &mut Reading) {
    if !source.text.lines().any(|line| line.trim_end() == "[rule]") {
        return;
    }
    let published = match source.text.parse::<Table>() {
        Ok(table) => Value::Object(mapping(table)),
        Err(error) => {
            let line = error.span().map_or(1, |span| Position::of(&source.text, span.start).line);
            let reason = format!("this is no TOML: {}", error.message());
            reading.faults.push(Fault::error(&source.path, line, reason));
            return;
        }
    };
    let Some(Value::Object(fields)) = published.get("rule") else { return };
    let document = Document::whole(source);
    let mut rule = elastic::read(&document, Format::ElasticToml, &published, Fields::new(&document, fields));
    if let Some(Value::Object(metadata)) = published.get("metadata") {
        let metadata = Fields::new(&document, metadata);
        rule.status = metadata.text("maturity");
        rule.connectors.extend(metadata.texts("integration"));
    }
    reading.add(document, rule);
}

fn mapping(table: Table) -> Map<String, Value> {
    table.into_iter().map(|(key, value)| (key, json(value))).collect()
}

fn json(value: Toml) -> Value {
    match value {
        Toml::String(text) => Value::String(text),
        Toml::Integer(number) => Value::from(number),
        Toml::Float(number) => Value::from(number),
        Toml::Boolean(flag) => Value::Bool(flag),
        Toml::Datetime(moment) => Value::String(moment.to_string()),
        Toml::Array(values) => Value::Array(values.into_iter().map(json).collect()),
        Toml::Table(table) => Value::Object(mapping(table)),
    }
}
