//! Elastic's exception lists and their items as exclusions.
//!
//! Authority: the exceptions API of Kibana. An item is the AND of its entries and applies to every rule that refers to its list. One with an
//! entry that cannot be read is not taken at all: it would exclude more than was meant.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    exclusion::{Approval, Entry, Exclusion, Scope, Test, moment},
    fields::{Document, Fields},
};

/// An exception list: what its items have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExceptionList {
    /// Its name, which its items and the rules carry.
    pub list_id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// `detection`, `rule_default`, `endpoint` ...
    pub kind: String,
}

/// Reads a list.
pub(crate) fn list(fields: Fields<'_>) -> ExceptionList {
    ExceptionList {
        list_id: fields.needed("list_id"),
        name: fields.text_or_empty("name"),
        description: fields.text_or_empty("description"),
        kind: fields.text_or_empty("type"),
    }
}

/// Reads an item; its faults are the document's.
pub(crate) fn item(document: &Document, map: &Map<String, Value>) -> Exclusion {
    let fields = Fields::new(document, map);
    let list_id = fields.needed("list_id");
    let entries: Vec<Entry> = fields.parts("entries").into_iter().filter_map(entry).collect();
    if entries.is_empty() {
        document.error("entries", "the exception has no entries");
    }
    let expires = fields.text("expire_time").and_then(|text| {
        let end = moment::parse(&text);
        if end.is_none() {
            document.error("expire_time", format!("`expire_time` is no moment: `{text}`"));
        }
        end
    });
    Exclusion {
        id: fields.needed("item_id"),
        name: fields.text_or_empty("name"),
        rules: Scope { lists: [list_id].into(), ..Scope::default() },
        entries,
        owner: fields.text_or_empty("created_by"),
        reason: fields.text_or_empty("description"),
        expires,
        approval: Approval::NotNeeded,
    }
}

fn entry(fields: Fields<'_>) -> Option<Entry> {
    let column = fields.needed("field");
    let ty = fields.text_or_empty("type");
    let test = match ty.as_str() {
        "match" => single(fields.needed("value")),
        "match_any" => several(fields.texts("value")),
        "wildcard" => Test::Matches(fields.needed("value")),
        "exists" => Test::Exists,
        "list" => Test::MemberOf(fields.part("list").map(|list| list.needed("id")).unwrap_or_default()),
        "nested" => Test::Nested(fields.parts("entries").into_iter().filter_map(entry).collect()),
        other => {
            fields.document().error("type", format!("entries of the type `{other}` are not known"));
            return None;
        }
    };
    let negated = match fields.text("operator").as_deref() {
        None | Some("included") => false,
        Some("excluded") => true,
        Some(other) => {
            fields.document().error("operator", format!("`operator` should be included or excluded and is `{other}`"));
            return None;
        }
    };
    Some(Entry { column, test, negated, case_sensitive: true })
}

/// Fields of addresses match networks too, and no other value looks like one.
fn single(value: String) -> Test {
    match value.parse() {
        Ok(network) if value.contains('/') => Test::InNetwork(vec![network]),
        _ => Test::Is(value),
    }
}

fn several(values: Vec<String>) -> Test {
    let networks: Vec<_> = values.iter().filter_map(|value| value.parse().ok()).collect();
    if networks.len() == values.len() && values.iter().any(|value| value.contains('/')) {
        return Test::InNetwork(networks);
    }
    Test::IsOneOf(values)
}
