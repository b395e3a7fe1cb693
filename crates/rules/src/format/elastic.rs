//! Elastic's rules: the fields that the TOML of its repository and the JSON of Kibana's exports and of its rule package share.
//!
//! Authority: the schemas of the detection-rules repository and of Kibana's rules API. The two differ in how thresholds and new terms
//! are nested; both shapes are read wherever they occur.

use serde_json::Value;

use crate::{
    attack,
    fields::{Document, Fields},
    model::{
        Cardinality, EventGrouping, ExceptionListReference, Format, Kind, Language, Micros, MissingFields, QueryText, Reference,
        RiskMapping, Rule, Schedule, Severity, SeverityMapping, Suppression, Timeline,
    },
};

const MINUTE: Micros = 60_000_000;

/// Reads a rule from the mapping that holds its fields: `[rule]` in TOML, the object itself in JSON.
pub(crate) fn read(document: &Document, format: Format, published: &Value, fields: Fields<'_>) -> Rule {
    let mut rule = Rule::blank(format, document.origin(), published.clone());
    rule.key = fields.needed("rule_id");
    rule.name = fields.needed("name");
    let ty = fields.needed("type");
    rule.language = language(&ty, fields);
    rule.query = QueryText { text: fields.value("query").and_then(Value::as_str).unwrap_or_default().to_owned(), place: None };
    rule.kind = kind(&ty, &rule.query.text, fields);
    rule.filters = fields.value("filters").and_then(Value::as_array).cloned().unwrap_or_default();
    if rule.query.text.trim().is_empty() && rule.filters.is_empty() && rule.not_runnable().is_none() {
        document.error("type", "the rule has no `query`");
    }
    rule.schedule = schedule(fields);
    rule.event_grouping = EventGrouping::AlertPerResult;
    rule.suppression = fields.part("alert_suppression").map(suppression);
    rule.max_signals = fields.count("max_signals");
    rule.timestamp_override = fields.text("timestamp_override");
    rule.timestamp_fallback_disabled = fields.flag("timestamp_override_fallback_disabled").unwrap_or(false);
    severity(&mut rule, fields);
    threats(&mut rule, fields);
    words(&mut rule, fields);
    rule.exception_lists = fields.parts("exceptions_list").into_iter().map(exception_list).collect();
    rule.building_block = fields.value("building_block_type").is_some();
    rule.timeline = fields.text("timeline_id").map(|id| Timeline { id, title: fields.text_or_empty("timeline_title") });
    rule
}

fn language(ty: &str, fields: Fields<'_>) -> Language {
    match (fields.text("language").as_deref(), ty) {
        (Some("kuery"), _) => Language::Kuery,
        (Some("lucene"), _) => Language::Lucene,
        (Some("eql"), _) | (None, "eql") => Language::Eql,
        (Some("esql"), _) | (None, "esql") => Language::Esql,
        (None, "query" | "saved_query" | "threshold" | "new_terms" | "threat_match") => Language::Kuery,
        (None, _) => Language::Other,
        (Some(other), _) => {
            fields.document().warning("language", format!("the language `{other}` is not known"));
            Language::Other
        }
    }
}

fn kind(ty: &str, query: &str, fields: Fields<'_>) -> Kind {
    let refused = |reason: &str| Kind::NotRunnable { reason: reason.to_owned() };
    match ty {
        "query" => Kind::Query,
        "saved_query" if !query.trim().is_empty() => Kind::Query,
        "saved_query" => refused("its query is saved in Kibana and not part of the rule; export the rule with its query"),
        "threshold" => threshold(fields),
        "new_terms" => new_terms(fields),
        "eql" => refused("Event Query Language (EQL) cannot be run yet"),
        "esql" => refused("ES|QL cannot be run yet"),
        "machine_learning" => refused("it reads the results of Elastic's machine learning jobs, which are not here"),
        "threat_match" => refused("indicator matching (threat_match) cannot be run yet"),
        other => Kind::NotRunnable { reason: format!("rules of the type `{other}` are not known") },
    }
}

fn threshold(fields: Fields<'_>) -> Kind {
    let Some(part) = fields.part("threshold") else {
        fields.document().error("type", "a threshold rule needs a `threshold`");
        return Kind::Query;
    };
    let value = part.count("value").unwrap_or(0);
    if value == 0 {
        part.document().error("value", "a threshold needs a `value` of 1 or more");
    }
    let cardinality = part.parts("cardinality").into_iter();
    let cardinality =
        cardinality.map(|part| Cardinality { field: part.needed("field"), value: part.count("value").unwrap_or(0) }).collect();
    Kind::Threshold { fields: part.texts("field"), value, cardinality }
}

/// In TOML a mapping of its own, whose parts name the fields they stand for; in JSON two fields of the rule.
fn new_terms(fields: Fields<'_>) -> Kind {
    let nested = fields.part("new_terms");
    let terms = nested.map_or_else(|| fields.texts("new_terms_fields"), |part| part.texts("value"));
    let history = match nested {
        Some(part) => part.parts("history_window_start").first().and_then(|part| part.before_now("value")),
        None => fields.before_now("history_window_start"),
    };
    if terms.is_empty() {
        fields.document().error("new_terms", "a new_terms rule needs the fields whose values are new");
    }
    if history.is_none() {
        fields.document().error("history_window_start", "a new_terms rule needs a `history_window_start`, such as now-14d");
    }
    Kind::NewTerms { fields: terms, history_window_start: history.unwrap_or(0) }
}

/// Kibana's defaults: every five minutes, the last six.
fn schedule(fields: Fields<'_>) -> Schedule {
    let interval = fields.duration("interval").unwrap_or(5 * MINUTE);
    let look_back = fields.before_now("from").unwrap_or(6 * MINUTE);
    let delay = fields.before_now("to").unwrap_or(0);
    if look_back <= delay {
        fields.document().error("from", "`from` must lie before `to`");
    }
    Schedule { interval: Some(interval), look_back: Some(look_back), delay, continuous: false }
}

fn suppression(fields: Fields<'_>) -> Suppression {
    let duration = fields.part("duration").and_then(|part| {
        let unit = match part.text("unit").as_deref() {
            Some("s") => MINUTE / 60,
            Some("m") => MINUTE,
            Some("h") => 60 * MINUTE,
            Some("d") => 24 * 60 * MINUTE,
            _ => {
                part.document().error("unit", "the duration of a suppression needs a `unit` of s, m, h or d");
                return None;
            }
        };
        i64::try_from(part.count("value")?).ok()?.checked_mul(unit)
    });
    let missing = |word: &str| match word.trim() {
        "suppress" => Some(MissingFields::Suppress),
        "doNotSuppress" => Some(MissingFields::DoNotSuppress),
        _ => None,
    };
    Suppression {
        group_by: fields.texts("group_by"),
        duration,
        missing_fields: fields.word("missing_fields_strategy", "suppress, doNotSuppress", missing).unwrap_or_default(),
    }
}

fn severity(rule: &mut Rule, fields: Fields<'_>) {
    rule.severity = fields.word("severity", "low, medium, high, critical", Severity::parse);
    rule.risk_score = fields.number("risk_score").filter(|score| {
        let fits = (0.0..=100.0).contains(score);
        if !fits {
            fields.document().warning("risk_score", format!("`risk_score` should be from 0 to 100 and is {score}"));
        }
        fits
    });
    for part in fields.parts("severity_mapping") {
        if let Some(severity) = part.word("severity", "low, medium, high, critical", Severity::parse) {
            let value = part.text_or_empty("value");
            rule.severity_mapping.push(SeverityMapping { field: part.text_or_empty("field"), value, severity });
        }
    }
    for part in fields.parts("risk_score_mapping") {
        rule.risk_score_mapping.push(RiskMapping {
            field: part.text_or_empty("field"),
            value: part.text_or_empty("value"),
            risk_score: part.number("risk_score"),
        });
    }
}

/// `threat`: a tactic with its techniques and theirs, each with id, name and link.
fn threats(rule: &mut Rule, fields: Fields<'_>) {
    for threat in fields.parts("threat") {
        if let Some(tactic) = threat.part("tactic") {
            rule.attack.add_tactic(reference(tactic));
        }
        for technique in threat.parts("technique") {
            rule.attack.add_technique(reference(technique));
            for sub in technique.parts("subtechnique") {
                rule.attack.add_technique(reference(sub));
            }
        }
    }
}

/// What the rule says, completed by what is known of the id.
fn reference(fields: Fields<'_>) -> Reference {
    let id = fields.text_or_empty("id");
    let known = attack::technique(&id).unwrap_or_else(|| attack::tactic(&id));
    Reference { name: fields.text("name").or(known.name), url: fields.text("reference").or(known.url), id }
}

/// What is there for people to read, and where the events come from.
fn words(rule: &mut Rule, fields: Fields<'_>) {
    rule.description = fields.text_or_empty("description");
    rule.note = fields.text_or_empty("note");
    rule.setup = fields.text_or_empty("setup");
    rule.rule_name_override = fields.text("rule_name_override");
    rule.false_positives = fields.texts("false_positives");
    rule.references = fields.texts("references");
    rule.tags = fields.texts("tags");
    rule.author = fields.texts("author");
    rule.license = fields.text("license");
    rule.enabled = fields.flag("enabled");
    rule.version = fields.text("version");
    rule.indices = fields.texts("index");
    rule.connectors = fields.parts("related_integrations").into_iter().filter_map(|part| part.text("package")).collect();
    rule.highlighted_fields = match fields.value("investigation_fields") {
        Some(Value::Array(_)) => fields.texts("investigation_fields"),
        Some(_) => fields.part("investigation_fields").map(|part| part.texts("field_names")).unwrap_or_default(),
        None => Vec::new(),
    };
}

fn exception_list(fields: Fields<'_>) -> ExceptionListReference {
    ExceptionListReference {
        id: fields.text_or_empty("id"),
        list_id: fields.text_or_empty("list_id"),
        kind: fields.text_or_empty("type"),
        namespace: fields.text("namespace_type").unwrap_or_else(|| "single".to_owned()),
    }
}
