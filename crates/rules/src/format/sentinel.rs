//! Sentinel's rules: hunting queries and analytics rules in YAML, and the same fields as its exports (ARM templates) spell them.
//!
//! Authority: the rule and query style guides of Microsoft's Azure-Sentinel repository, and the REST reference of `alertRules`
//! for the names in exports (`displayName`, `techniques`, `aggregationKind` ...). A document with neither a `kind` of its own nor
//! `queryFrequency` or `queryPeriod` is a hunting query: it has no schedule.

use serde_json::Value;

use crate::{
    attack,
    fields::{Document, Fields},
    model::{
        AlertOverride, Comparison, CustomDetail, DynamicProperty, EntityField, EntityMapping, EventGrouping, Format,
        IncidentConfiguration, IncidentGrouping, Kind, Language, Matching, Pause, QueryText, Rule, Schedule, Severity, Trigger,
    },
};

/// Reads a document in Sentinel's YAML. The query has no place in the file yet: the caller knows the syntax.
pub(crate) fn read(document: &Document, published: &Value, fields: Fields<'_>) -> Rule {
    // Hunting queries are often copied from rules and keep their `kind: Scheduled`; without a frequency and a period there is no schedule.
    let timed = fields.value("queryFrequency").is_some() || fields.value("queryPeriod").is_some();
    let analytics = timed || fields.text("kind").is_some_and(|kind| kind != "Scheduled");
    let format = if analytics { Format::SentinelAnalytics } else { Format::SentinelHunting };
    let mut rule = Rule::blank(format, document.origin(), published.clone());
    rule.name = fields.text_or_empty("name");
    rule.key = fields.text_or_empty("id");
    if rule.key.is_empty() {
        document.warning("name", "the rule has no `id`; its name stands for it");
        rule.key.clone_from(&rule.name);
    }
    properties(&mut rule, fields);
    if rule.name.is_empty() {
        rule.name.clone_from(&rule.key);
    }
    rule
}

/// The fields that a rule in YAML and the `properties` of an exported one share.
pub(crate) fn properties(rule: &mut Rule, fields: Fields<'_>) {
    let analytics = rule.format != Format::SentinelHunting;
    rule.language = Language::Kusto;
    rule.query = QueryText { text: fields.value("query").and_then(Value::as_str).unwrap_or_default().to_owned(), place: None };
    if rule.query.text.trim().is_empty() {
        fields.document().error("query", "the rule has no `query`");
    }
    rule.description = unquoted(&longest(fields)).to_owned();
    rule.severity = fields.word("severity", "Informational, Low, Medium, High", Severity::parse);
    rule.confidence = fields.text("confidence");
    rule.enabled = fields.flag("enabled");
    rule.version = fields.text("version").or_else(|| fields.text("templateVersion"));
    rule.status = fields.text("status");
    rule.tags = fields.texts("tags");
    rule.references = fields.texts("references");
    rule.false_positives = fields.texts("falsePositives");
    rule.author = author(fields);
    for connector in fields.parts("requiredDataConnectors") {
        rule.connectors.extend(connector.text("connectorId"));
        rule.tables.extend(connector.texts("dataTypes"));
    }
    adopt_attack(rule, fields);
    rule.entity_mappings = entity_mappings(fields);
    rule.custom_details = custom_details(fields);
    rule.alert_override = fields.part("alertDetailsOverride").map(alert_override);
    rule.incident = fields.part("incidentConfiguration").map(incident);
    if analytics {
        rule.event_grouping = EventGrouping::SingleAlert;
        scheduled(rule, fields);
    }
}

/// Schedule, trigger, grouping and rest of an analytics rule.
fn scheduled(rule: &mut Rule, fields: Fields<'_>) {
    let document = fields.document();
    match fields.text("kind").as_deref() {
        None | Some("Scheduled") => {
            let interval = fields.duration("queryFrequency");
            let look_back = fields.duration("queryPeriod");
            if fields.value("queryFrequency").is_none() {
                document.error("kind", "a scheduled rule needs a `queryFrequency`, such as 1h");
            }
            rule.schedule = Schedule { interval, look_back: look_back.or(interval), delay: 0, continuous: false };
        }
        Some("NRT") => rule.schedule = Schedule { continuous: true, ..Schedule::default() },
        Some(other) => {
            rule.kind = Kind::NotRunnable { reason: format!("rules of the kind `{other}` have no query of their own to run") };
        }
    }
    if let Some(operator) = fields.text("triggerOperator") {
        match Comparison::parse(&operator) {
            Some(operator) => rule.trigger.operator = operator,
            None => document
                .error("triggerOperator", format!("`triggerOperator` should be one of gt, lt, eq, ne and is `{operator}`")),
        }
    }
    rule.trigger = Trigger { threshold: fields.count("triggerThreshold").unwrap_or(0), ..rule.trigger };
    if let Some(grouping) = fields.part("eventGroupingSettings")
        && let Some(kind) = grouping.word("aggregationKind", "AlertPerResult, SingleAlert", event_grouping)
    {
        rule.event_grouping = kind;
    }
    if let Some(duration) = fields.duration("suppressionDuration") {
        rule.pause = Some(Pause { enabled: fields.flag("suppressionEnabled").unwrap_or(false), duration });
    }
}

fn event_grouping(word: &str) -> Option<EventGrouping> {
    match word.trim() {
        "AlertPerResult" => Some(EventGrouping::AlertPerResult),
        "SingleAlert" => Some(EventGrouping::SingleAlert),
        _ => None,
    }
}

/// The fuller of the two descriptions of a hunting query.
fn longest(fields: Fields<'_>) -> String {
    let short = fields.text_or_empty("description");
    let detailed = ["description-detailed", "description_detailed"].map(|key| fields.text_or_empty(key));
    detailed.into_iter().fold(short, |best, other| if other.len() > best.len() { other } else { best })
}

/// Many published descriptions stand in quotes inside a block, where YAML keeps the quotes.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).map_or(text, str::trim)
}

/// The author, where a rule names one: `author` or `metadata.author.name`.
fn author(fields: Fields<'_>) -> Vec<String> {
    let metadata = fields.value("metadata").and_then(|metadata| metadata.pointer("/author/name"));
    let own = fields.value("author").map(|author| author.get("name").unwrap_or(author));
    let names = [own, metadata].into_iter().flatten().flat_map(|author| match author {
        Value::Array(names) => names.as_slice(),
        other => std::slice::from_ref(other),
    });
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Tactics and techniques. Words in the wrong list are put where they belong; others are warned of.
pub(crate) fn adopt_attack(rule: &mut Rule, fields: Fields<'_>) {
    for tactic in fields.texts("tactics") {
        rule.attack.add_tactic(attack::tactic(&tactic));
    }
    for key in ["relevantTechniques", "techniques", "subTechniques"] {
        for word in fields.texts(key) {
            match attack::technique(&word) {
                Some(technique) => rule.attack.add_technique(technique),
                None => fields.document().warning(key, format!("`{word}` in `{key}` is no id of a technique, such as T1566.002")),
            }
        }
    }
}

pub(crate) fn entity_mappings(fields: Fields<'_>) -> Vec<EntityMapping> {
    let mut mappings: Vec<EntityMapping> = Vec::new();
    for mapping in fields.parts("entityMappings") {
        let identifiers = mapping.parts("fieldMappings").into_iter();
        let fields = identifiers
            .map(|field| EntityField { identifier: field.text_or_empty("identifier"), column: field.text_or_empty("columnName") })
            .filter(|field| !field.column.is_empty())
            .collect();
        mappings.push(EntityMapping { kind: mapping.text_or_empty("entityType"), fields });
    }
    mappings
}

pub(crate) fn custom_details(fields: Fields<'_>) -> Vec<CustomDetail> {
    let Some(details) = fields.part("customDetails") else { return Vec::new() };
    let detail = |name: &String| details.text(name).map(|column| CustomDetail { name: name.clone(), column });
    details.map().keys().filter_map(detail).collect()
}

fn alert_override(fields: Fields<'_>) -> AlertOverride {
    let property =
        |part: Fields<'_>| DynamicProperty { property: part.text_or_empty("alertProperty"), column: part.text_or_empty("value") };
    AlertOverride {
        name_format: fields.text("alertDisplayNameFormat"),
        description_format: fields.text("alertDescriptionFormat"),
        severity_column: fields.text("alertSeverityColumnName"),
        tactics_column: fields.text("alertTacticsColumnName"),
        dynamic_properties: fields.parts("alertDynamicProperties").into_iter().map(property).collect(),
    }
}

fn incident(fields: Fields<'_>) -> IncidentConfiguration {
    let grouping = |part: Fields<'_>| IncidentGrouping {
        enabled: part.flag("enabled").unwrap_or(false),
        reopen_closed: part.flag("reopenClosedIncident").unwrap_or(false),
        look_back: part.duration("lookbackDuration"),
        matching: part.word("matchingMethod", "AllEntities, AnyAlert, Selected", Matching::parse).unwrap_or_default(),
        entities: part.texts("groupByEntities"),
        alert_details: part.texts("groupByAlertDetails"),
        custom_details: part.texts("groupByCustomDetails"),
    };
    IncidentConfiguration {
        create: fields.flag("createIncident").unwrap_or(true),
        grouping: fields.part("groupingConfiguration").map(grouping),
    }
}
