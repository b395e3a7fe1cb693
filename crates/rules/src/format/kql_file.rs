//! Files that hold a query and nothing else, with or without front matter.
//!
//! Front matter is YAML between two lines `---`, which is no part of the query, or the comments before the first line of the
//! query that read `// key: value`, which stay in it. The keys are those of Sentinel's YAML (`id`, `name`, `description`, `severity`,
//! `tactics`, `relevantTechniques`, `queryFrequency`, `queryPeriod`, `entityMappings` in YAML only ...), whatever their case, and the
//! shorter `title`, `period`, `frequency`, `technique`, `techniques`, `tactic`. A list in a comment is separated by commas. Other comments are comments.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Reading, defender, sentinel};
use crate::{
    Fault,
    fields::{Document, Fields},
    model::{Format, Place, Source},
};

/// Keys of a comment header as they are looked up, with the field each stands for and whether it is a list.
const KEYS: [(&str, &str, bool); 19] = [
    ("author", "author", true),
    ("description", "description", false),
    ("falsepositives", "falsePositives", true),
    ("frequency", "frequency", false),
    ("id", "id", false),
    ("kind", "kind", false),
    ("name", "name", false),
    ("period", "queryPeriod", false),
    ("queryfrequency", "queryFrequency", false),
    ("queryperiod", "queryPeriod", false),
    ("references", "references", true),
    ("relevanttechniques", "relevantTechniques", true),
    ("severity", "severity", false),
    ("tactic", "tactics", true),
    ("tactics", "tactics", true),
    ("tags", "tags", true),
    ("technique", "relevantTechniques", true),
    ("techniques", "relevantTechniques", true),
    ("title", "name", false),
];

/// Reads the query of a file.
pub(crate) fn read(source: &Arc<Source>, reading: &mut Reading) {
    let text = source.text.as_str();
    let (header, start) = match front(text) {
        Some((yaml, start)) => match serde_saphyr::from_str::<Value>(yaml) {
            Ok(Value::Object(map)) => (map, start),
            Ok(_) => (Map::new(), start),
            Err(error) => {
                let line = error.location().map_or(0, |location| usize::try_from(location.line()).unwrap_or(0));
                reading.faults.push(Fault::error(&source.path, line + 1, "the front matter between the lines `---` is no YAML"));
                return;
            }
        },
        None => (comments(text), 0),
    };
    let query = text.get(start..).unwrap_or_default();
    if !query.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//")) {
        return;
    }
    let document = Document::whole(source);
    let mut fields = header;
    fields.insert("query".to_owned(), Value::String(query.to_owned()));
    let key = fields.get("id").and_then(Value::as_str).map_or_else(|| stem(&source.name), |id| id.trim().to_owned());
    fields.insert("id".to_owned(), Value::String(key));
    if !fields.contains_key("name") {
        fields.insert("name".to_owned(), Value::String(title(&source.path)));
    }
    // A comment says how often as people say it; only the form with `queryFrequency` is an analytics rule.
    if fields.contains_key("queryPeriod") && !fields.contains_key("queryFrequency") && fields.contains_key("frequency") {
        let frequency = fields.shift_remove("frequency").unwrap_or_default();
        fields.insert("queryFrequency".to_owned(), frequency);
    }
    let published = Value::Object(fields);
    let Value::Object(map) = &published else { return };
    let read = Fields::new(&document, map);
    let mut rule = sentinel::read(&document, &published, read);
    defender::beside_query(&mut rule, read);
    rule.format = Format::Kql;
    rule.query.place = Some(Place::at(start));
    reading.add(document, rule);
}

/// The YAML between a first line `---` and the next one, and where the query begins after it.
fn front(text: &str) -> Option<(&str, usize)> {
    let first = text.split_inclusive('\n').next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut at = first.len();
    for line in text[at..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((&text[first.len()..at], at + line.len()));
        }
        at += line.len();
    }
    None
}

/// The `// key: value` lines before the first line of the query.
fn comments(text: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let Some(comment) = line.strip_prefix("//") else { break };
        let Some((key, value)) = comment.trim_start_matches('/').split_once(':') else { continue };
        let wanted: String = key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
        let value = value.trim();
        let Some((_, field, list)) = KEYS.iter().find(|(known, ..)| *known == wanted).filter(|_| !value.is_empty()) else {
            continue;
        };
        let value = if *list {
            Value::Array(value.trim_matches(['[', ']']).split(',').map(|part| Value::from(part.trim())).collect())
        } else {
            Value::from(value)
        };
        fields.entry((*field).to_owned()).or_insert(value);
    }
    fields
}

/// The path without its extension.
fn stem(path: &str) -> String {
    let path = path.replace('\\', "/");
    let begin = path.rfind('/').map_or(0, |slash| slash + 1);
    let end = path.rfind('.').filter(|dot| *dot > begin).unwrap_or(path.len());
    path[..end].trim_start_matches("./").to_owned()
}

/// A query is called by its file: `dkim-failure-trend.kql` is `DKIM failure trend`.
#[must_use]
pub fn title(path: &str) -> String {
    const SHORT_FORMS: [&str; 7] = ["arc", "dkim", "dmarc", "dns", "ip", "spf", "url"];
    let stem = stem(path);
    let name = stem.rsplit('/').next().unwrap_or(&stem).replace(['-', '_'], " ");
    let words = name.split_whitespace().enumerate().map(|(position, word)| {
        let mut letters = word.chars();
        match letters.next() {
            Some(_) if SHORT_FORMS.contains(&word) => word.to_uppercase(),
            Some(first) if position == 0 => first.to_uppercase().chain(letters).collect(),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
