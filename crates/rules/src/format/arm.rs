//! Sentinel's exports: ARM templates, whose resources of the type `.../alertRules` hold a rule under `properties`.
//!
//! Authority: the template reference of `Microsoft.SecurityInsights/alertRules`.

use serde_json::{Map, Value};

use super::sentinel;
use crate::{
    fields::{Document, Fields},
    model::{Format, Rule},
};

/// The rules of a template, or the one that an object is: the resource and its properties.
pub(crate) fn resources(map: &Map<String, Value>) -> Vec<(&Value, Map<String, Value>)> {
    let Some(Value::Array(resources)) = map.get("resources") else { return Vec::new() };
    resources.iter().filter_map(|resource| Some((resource, properties(resource)?))).collect()
}

/// The fields of a resource as one mapping; `None` for other resources and for rules without a query.
fn properties(resource: &Value) -> Option<Map<String, Value>> {
    let text = |key: &str| resource.get(key).and_then(Value::as_str);
    let mut fields = resource.get("properties")?.as_object()?.clone();
    let query = fields.get("query")?.as_str()?;
    // A query that is an expression of the template is filled in when it is deployed.
    let expression = query.starts_with("[parameters(") || query.starts_with("[variables(");
    if !text("type")?.ends_with("/alertRules") || expression {
        return None;
    }
    let kind = text("kind")?;
    fields.insert("kind".to_owned(), Value::from(kind));
    let id = ["id", "name"].iter().filter_map(|key| text(key)).find_map(guid);
    if let Some(id) = id {
        fields.insert("id".to_owned(), Value::from(id));
    }
    Some(fields)
}

/// Reads a resource.
pub(crate) fn read(document: &Document, resource: &Value, fields: Map<String, Value>) -> Rule {
    let fields = Fields::new(document, &fields);
    let mut rule = Rule::blank(Format::SentinelArm, document.origin(), resource.clone());
    rule.name = fields.text_or_empty("displayName");
    rule.key = fields.text("id").unwrap_or_else(|| rule.name.clone());
    if rule.key.is_empty() {
        document.error("displayName", "the rule has neither an id nor a `displayName`");
    }
    if rule.name.is_empty() {
        rule.name.clone_from(&rule.key);
    }
    sentinel::properties(&mut rule, fields);
    rule
}

/// The id inside an expression such as `[concat(parameters('workspace'),'/Microsoft.SecurityInsights/<guid>')]`.
fn guid(text: &str) -> Option<&str> {
    let word = |letter: char| !(letter.is_ascii_hexdigit() || letter == '-');
    text.split(word).rfind(|part| schema::text::guid::parse(part).is_some() && part.len() == 36)
}
