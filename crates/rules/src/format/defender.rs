//! Custom detections of Defender XDR: Microsoft Graph's `detectionRule`, in JSON or YAML, and the fields of one beside a hunting query.
//!
//! Authority: the Graph reference of `detectionRule`, `ruleSchedule`, `alertTemplate`, `detectionAction`. Both shapes are read: the one
//! with `period`, `category`, `impactedAssets` and `responseActions`, and the one with `frequency`, `tactics`, `entityMappings` and
//! `automatedActions` that follows it.

use serde_json::Value;

use crate::{
    attack, duration,
    fields::{Document, Fields},
    format::sentinel,
    model::{
        Action, Asset, EntityField, EntityMapping, EventGrouping, Format, Language, Micros, QueryText, Rule, Schedule, Severity,
    },
};

const HOUR: Micros = 3_600_000_000;
const DAY: Micros = 24 * HOUR;

/// Reads a `detectionRule`.
pub(crate) fn read(document: &Document, published: &Value, fields: Fields<'_>) -> Rule {
    let mut rule = Rule::blank(Format::DefenderDetection, document.origin(), published.clone());
    rule.name = fields.text_or_empty("displayName");
    rule.key = fields.text("id").or_else(|| fields.text("detectorId")).unwrap_or_else(|| rule.name.clone());
    if rule.key.is_empty() {
        document.error("displayName", "the rule has neither an `id` nor a `displayName`");
    }
    if rule.name.is_empty() {
        rule.name.clone_from(&rule.key);
    }
    rule.language = Language::Kusto;
    rule.enabled =
        fields.flag("isEnabled").or_else(|| fields.text("status").map(|status| status.eq_ignore_ascii_case("enabled")));
    rule.author = fields.texts("createdBy");
    if let Some(condition) = fields.part("queryCondition") {
        rule.query = QueryText { text: condition.text("queryText").unwrap_or_default(), place: None };
    }
    if rule.query.text.trim().is_empty() {
        document.error("queryCondition", "the rule has no `queryText` in its `queryCondition`");
    }
    if let Some(part) = fields.part("schedule") {
        rule.schedule = schedule(part);
    }
    if let Some(action) = fields.part("detectionAction") {
        if let Some(template) = action.part("alertTemplate") {
            alert(&mut rule, template);
        }
        rule.actions = actions(action);
    }
    rule
}

/// The fields of a custom detection that may stand beside a hunting query: `frequency`, `impactedEntities`, `actions`.
/// `true` if there were any.
pub(crate) fn beside_query(rule: &mut Rule, fields: Fields<'_>) -> bool {
    let keys = ["frequency", "impactedEntities", "impactedAssets", "actions"];
    if !keys.iter().any(|key| fields.value(key).is_some()) {
        return false;
    }
    rule.format = Format::DefenderDetection;
    if fields.value("frequency").is_some() {
        rule.schedule = schedule(fields);
    }
    for key in ["impactedEntities", "impactedAssets"] {
        rule.impacted_assets.extend(fields.parts(key).into_iter().map(asset));
    }
    rule.actions = listed(fields, "actions");
    true
}

/// `0`, `PT0S`, `Continuous` and `NRT` are continuous; else a length of time, and the look-back that Defender derives from it.
fn schedule(fields: Fields<'_>) -> Schedule {
    let key = if fields.value("frequency").is_some() { "frequency" } else { "period" };
    let Some(text) = fields.text(key) else { return Schedule::default() };
    let word = text.trim().to_ascii_lowercase();
    if word == "0" || word.contains("continuous") || word.contains("nrt") || duration::parse(&word) == Some(0) {
        return Schedule { continuous: true, ..Schedule::default() };
    }
    let interval = fields.duration(key);
    let look_back = ["lookback", "lookBack"].iter().find_map(|key| fields.duration(key));
    Schedule { interval, look_back: look_back.or(interval.map(derived_look_back)), ..Schedule::default() }
}

/// What Defender looks at when a rule does not say: 30 days for daily rules, four times the interval for more frequent ones.
fn derived_look_back(interval: Micros) -> Micros {
    if interval >= DAY { (30 * DAY).max(interval) } else { interval.saturating_mul(4) }
}

fn alert(rule: &mut Rule, template: Fields<'_>) {
    rule.description = template.text_or_empty("description");
    rule.severity = template.word("severity", "informational, low, medium, high", Severity::parse);
    rule.note = template.text_or_empty("recommendedActions");
    if let Some(title) = template.text("title") {
        let described = template.text("description");
        rule.alert_override = Some(crate::model::AlertOverride {
            name_format: Some(title),
            description_format: described,
            ..crate::model::AlertOverride::default()
        });
    }
    if let Some(category) = template.text("category") {
        rule.attack.add_tactic(attack::tactic(&category));
    }
    for word in template.texts("mitreTechniques") {
        if let Some(technique) = attack::technique(&word) {
            rule.attack.add_technique(technique);
        }
    }
    if let Some(tactics) = template.value("tactics") {
        adopt(rule, tactics, 0);
    }
    rule.custom_details = sentinel::custom_details(template);
    rule.impacted_assets = template.parts("impactedAssets").into_iter().map(asset).collect();
    rule.entity_mappings = entities(template);
    rule.event_grouping = match template.text("eventGroupingKind").as_deref() {
        Some("singleAlert") => EventGrouping::SingleAlert,
        _ => EventGrouping::AlertPerResult,
    };
}

/// Tactics with their techniques, however they are nested: each text is one or the other.
fn adopt(rule: &mut Rule, value: &Value, depth: usize) {
    match value {
        Value::String(word) => match attack::technique(word) {
            Some(technique) => rule.attack.add_technique(technique),
            None => rule.attack.add_tactic(attack::tactic(word)),
        },
        Value::Array(values) if depth < 6 => values.iter().for_each(|value| adopt(rule, value, depth + 1)),
        Value::Object(map) if depth < 6 => {
            map.iter().filter(|(key, _)| !key.starts_with('@')).for_each(|(_, value)| adopt(rule, value, depth + 1));
        }
        _ => {}
    }
}

/// A list for each kind of entity; each mapping names columns under the names of identifiers.
fn entities(template: Fields<'_>) -> Vec<EntityMapping> {
    let Some(kinds) = template.part("entityMappings") else { return Vec::new() };
    let names = kinds.map().keys().filter(|key| !key.starts_with('@'));
    names
        .flat_map(|kind| kinds.parts(kind).into_iter().map(move |mapping| (kind, mapping)))
        .map(|(kind, mapping)| {
            let columns = mapping.map().iter().filter(|(key, _)| !key.starts_with('@'));
            let field = |(identifier, column): (&String, &Value)| {
                Some(EntityField { identifier: identifier.clone(), column: column.as_str()?.to_owned() })
            };
            EntityMapping { kind: kind.clone(), fields: columns.filter_map(field).collect() }
        })
        .collect()
}

fn asset(fields: Fields<'_>) -> Asset {
    let kind = fields.text("@odata.type").or_else(|| fields.text("kind")).or_else(|| fields.text("entityType"));
    let column = ["identifier", "column", "columnName"].iter().find_map(|key| fields.text(key));
    Asset { kind: short(&kind.unwrap_or_default(), "impacted", "Asset"), identifier: column.unwrap_or_default() }
}

fn actions(fields: Fields<'_>) -> Vec<Action> {
    let mut actions = listed(fields, "responseActions");
    if let Some(set) = fields.part("automatedActions") {
        for kind in set.map().keys().filter(|key| !key.starts_with('@')) {
            for action in set.parts(kind) {
                let published = Value::Object(action.map().clone());
                actions.push(Action { kind: kind.clone(), identifier: action.text("identifier"), published });
            }
        }
    }
    actions
}

/// Actions as a list of mappings, or of words.
fn listed(fields: Fields<'_>, key: &str) -> Vec<Action> {
    let values = match fields.value(key) {
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    let action = |value: &Value| {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let kind = value.as_str().or_else(|| text("@odata.type")).or_else(|| text("kind")).or_else(|| text("action"))?;
        let identifier = text("identifier").or_else(|| text("column")).map(str::to_owned);
        Some(Action { kind: short(kind, "", "ResponseAction"), identifier, published: value.clone() })
    };
    values.iter().filter_map(action).collect()
}

/// `#microsoft.graph.security.impactedMailboxAsset` as `mailbox`.
fn short(kind: &str, before: &str, after: &str) -> String {
    let name = kind.rsplit('.').next().unwrap_or(kind);
    let name = name.strip_prefix(before).filter(|rest| !rest.is_empty()).unwrap_or(name);
    let name = name.strip_suffix(after).filter(|rest| !rest.is_empty()).unwrap_or(name);
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
