//! What the rows a rule found become: alerts, hits that an exclusion took, hits beyond the rule's limit. Pure.

mod entities;
mod severity;
mod words;

use std::collections::BTreeMap;

use rules::{
    Rule,
    model::{EventGrouping, Matching, MissingFields, Reference},
};
use serde_json::{Map, Value};
use state::{Alert, Attack, Detail, EventKey, Grouping, Kept, KeptHit, NewAlert, Outcome, Progress, Run, Suppression};

use crate::{
    hit::{Hit, Row, alert_id, value_at},
    schedule::Moment,
};

/// The most alerts of one run where the rule names no limit: Elastic's `max_signals`, and close to Sentinel's 150.
pub const DEFAULT_LIMIT: u64 = 100;
/// The most alerts of one run whatever the rule says, as in Kibana (`xpack.alerting.rules.run.alerts.max`).
pub const HIGHEST_LIMIT: u64 = 1000;
/// Rows kept as evidence of one alert.
const EVIDENCE: usize = 100;

/// One run as it is going on.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// Its id.
    pub run_id: &'a str,
    /// `scheduled`, `continuous`, `late`, `gap` or `manual`.
    pub kind: &'a str,
    /// The moment it stands for.
    pub at: Moment,
    /// Where its window begins.
    pub from: Moment,
    /// When it really began.
    pub started: Moment,
    /// The query as it was run.
    pub query: &'a str,
    /// Who is told about new alerts, by severity.
    pub targets: &'a [crate::notify::Target],
}

/// What is decided about hits before they become alerts.
#[derive(Debug, Default)]
pub struct Sorted {
    /// Hits that raise alerts.
    pub fresh: Vec<Hit>,
    /// Hits an exclusion took, with its id.
    pub excluded: Vec<(Hit, String)>,
    /// Hits that were alerted on before.
    pub known: usize,
}

/// Everything a run leaves behind. `rows` is what the query gave.
#[must_use]
pub fn outcome(rule: &Rule, context: &Context, rows: usize, sorted: Sorted) -> Outcome {
    let (raising, beyond) = within_limit(rule, sorted.fresh);
    let mut warnings = Vec::new();
    if !beyond.is_empty() {
        warnings.push(format!(
            "the rule reached its limit of {} alerts in a run: {} hits raised none and are kept for review",
            limit(rule),
            beyond.len()
        ));
    }
    let alerts: Vec<NewAlert> = groups(rule, raising).into_iter().map(|group| alert_of(rule, context, group)).collect();
    let quiet_until =
        rule.pause.filter(|pause| pause.enabled && !alerts.is_empty()).map(|pause| context.at.saturating_add(pause.duration));
    let mut kept: Vec<KeptHit> =
        sorted.excluded.into_iter().map(|(hit, exclusion)| keep(hit, Kept::Excluded(exclusion))).collect();
    kept.extend(beyond.into_iter().map(|hit| keep(hit, Kept::Held)));
    let notify = told(rule, &alerts, context);
    Outcome {
        run: Run {
            id: context.run_id.to_owned(),
            rule_key: rule.key.clone(),
            rule_name: rule.name.clone(),
            version: version(rule),
            kind: context.kind.to_owned(),
            intended_at: context.at,
            window_from: context.from,
            window_to: context.at,
            started_at: context.started,
            status: if warnings.is_empty() { "succeeded" } else { "warning" }.to_owned(),
            message: warnings.join("; "),
            hits: i64::try_from(rows).unwrap_or(i64::MAX),
            known: i64::try_from(sorted.known).unwrap_or(i64::MAX),
            ..Run::default()
        },
        alerts,
        kept,
        progress: Progress { quiet_until, ..Progress::default() },
        grouping: grouping(rule),
        notify,
    }
}

/// What to do next after an alert of a rule, by its guide.
#[must_use]
pub fn next_steps(rule: &Rule) -> Vec<String> {
    words::next_steps(rule)
}

/// A rule's version as alerts name it.
#[must_use]
pub fn version(rule: &Rule) -> String {
    rule.version.clone().unwrap_or_else(|| "unversioned".to_owned())
}

fn limit(rule: &Rule) -> u64 {
    rule.max_signals.unwrap_or(DEFAULT_LIMIT).clamp(1, HIGHEST_LIMIT)
}

/// The oldest hits up to the limit, and the rest. A rule with one alert a run has no use for a limit.
fn within_limit(rule: &Rule, mut hits: Vec<Hit>) -> (Vec<Hit>, Vec<Hit>) {
    let limit = usize::try_from(limit(rule)).unwrap_or(usize::MAX);
    if rule.event_grouping == EventGrouping::SingleAlert || hits.len() <= limit {
        return (hits, Vec::new());
    }
    hits.sort_by_key(|hit| hit.at);
    let beyond = hits.split_off(limit);
    (hits, beyond)
}

/// Hits that make one alert together, and what later hits must share with it.
struct Group {
    hits: Vec<Hit>,
    key: Option<String>,
}

fn groups(rule: &Rule, hits: Vec<Hit>) -> Vec<Group> {
    if hits.is_empty() {
        return Vec::new();
    }
    if rule.event_grouping == EventGrouping::SingleAlert {
        return vec![Group { hits, key: None }];
    }
    let Some(suppression) = rule.suppression.as_ref().filter(|suppression| !suppression.group_by.is_empty()) else {
        return hits.into_iter().map(|hit| Group { hits: vec![hit], key: None }).collect();
    };
    let mut grouped: BTreeMap<String, Vec<Hit>> = BTreeMap::new();
    let mut alone = Vec::new();
    for hit in hits {
        let values: Vec<Option<Value>> = suppression.group_by.iter().map(|field| value_at(&hit.row, field)).collect();
        if suppression.missing_fields == MissingFields::DoNotSuppress && values.iter().any(Option::is_none) {
            alone.push(Group { hits: vec![hit], key: None });
            continue;
        }
        let key = Value::from(values.into_iter().map(|value| value.unwrap_or(Value::Null)).collect::<Vec<_>>()).to_string();
        grouped.entry(key).or_default().push(hit);
    }
    alone.extend(grouped.into_iter().map(|(key, hits)| Group { hits, key: Some(key) }));
    alone
}

fn keep(hit: Hit, kind: Kept) -> KeptHit {
    KeptHit { event: hit.key, kind, event_at: hit.at, hit: hit.row }
}

fn alert_of(rule: &Rule, context: &Context, group: Group) -> NewAlert {
    let events: Vec<EventKey> = group.hits.iter().map(|hit| hit.key.clone()).collect();
    let first = group.hits.iter().min_by_key(|hit| hit.at);
    let nothing = Map::new();
    let lead: &Row = first.map_or(&nothing, |hit| &hit.row);
    let count = group.hits.len();
    let rows: Vec<Row> = group.hits.iter().take(EVIDENCE).map(|hit| hit.row.clone()).collect();
    let entities = entities::of(rule, &rows);
    let severity = severity::of(rule, lead);
    let title = words::title(rule, lead);
    let alert = Alert {
        id: alert_id(&rule.key, &events),
        rule_key: rule.key.clone(),
        rule_name: rule.name.clone(),
        rule_version: version(rule),
        run_id: context.run_id.to_owned(),
        reason: words::reason(rule, lead, count, &entities),
        description: words::description(rule, lead),
        title,
        risk_score: severity::risk(rule, lead, severity),
        severity: severity.name().to_owned(),
        confidence: rule.confidence.as_deref().map_or_else(|| "medium".to_owned(), str::to_lowercase),
        status: "new".to_owned(),
        verdict: None,
        assignee: None,
        comment: None,
        created_at: context.started,
        updated_at: context.started,
        first_event: group.hits.iter().filter_map(|hit| hit.at).min(),
        last_event: group.hits.iter().filter_map(|hit| hit.at).max(),
        window_from: context.from,
        window_to: context.at,
        // Hits of one run that share an alert by suppression are counted as taken by it.
        suppressed: if group.key.is_some() { i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX) } else { 0 },
        incident_id: None,
        detail: detail(rule, context, entities, rows, count),
    };
    let suppression = group
        .key
        .zip(rule.suppression.as_ref().and_then(|suppression| suppression.duration))
        .map(|(key, duration)| Suppression { key, until: context.at.saturating_add(duration) });
    NewAlert { alert, events, suppression }
}

fn detail(rule: &Rule, context: &Context, entities: Vec<state::Entity>, rows: Vec<Row>, count: usize) -> Detail {
    let attack = |reference: &Reference| Attack {
        id: reference.id.clone(),
        name: reference.name.clone().unwrap_or_default(),
        url: reference.url.clone().unwrap_or_default(),
    };
    let lead = rows.first().cloned().unwrap_or_default();
    let mut custom = Map::new();
    for shown in &rule.custom_details {
        if let Some(value) = value_at(&lead, &shown.column) {
            custom.insert(shown.name.clone(), value);
        }
    }
    for property in rule.alert_override.iter().flat_map(|names| &names.dynamic_properties) {
        if let Some(value) = value_at(&lead, &property.column) {
            custom.insert(property.property.clone(), value);
        }
    }
    Detail {
        tactics: rule.attack.tactics.iter().map(attack).collect(),
        techniques: rule.attack.techniques.iter().chain(&rule.attack.sub_techniques).map(attack).collect(),
        entities,
        evidence: rows,
        evidence_rows: u64::try_from(count).unwrap_or(u64::MAX),
        custom,
        query: context.query.to_owned(),
        language: rule.language.name().to_owned(),
        guide: rule.note.clone(),
        false_positives: rule.false_positives.clone(),
        references: rule.references.clone(),
        next_steps: words::next_steps(rule),
        tags: rule.tags.clone(),
    }
}

/// How a rule's alerts become incidents: as the rule says, else alerts that share an entity within five hours.
fn grouping(rule: &Rule) -> Grouping {
    let mut grouping = Grouping { incidents: !rule.building_block, ..Grouping::default() };
    let Some(incident) = &rule.incident else { return grouping };
    grouping.incidents = incident.create && !rule.building_block;
    if let Some(within) = &incident.grouping {
        grouping.across_rules = false;
        grouping.reopen = within.reopen_closed;
        grouping.within = if within.enabled { within.look_back.unwrap_or(grouping.within) } else { -1 };
        if within.matching == Matching::Selected {
            grouping.entity_kinds.clone_from(&within.entities);
        }
    }
    grouping
}

/// The targets that want to hear of the gravest of the alerts.
fn told(rule: &Rule, alerts: &[NewAlert], context: &Context) -> Vec<String> {
    if rule.building_block {
        return Vec::new();
    }
    let gravest = alerts.iter().filter_map(|new| rules::model::Severity::parse(&new.alert.severity)).max();
    let wants = |target: &&crate::notify::Target| target.wants(&rule.key, &rule.name, gravest);
    context.targets.iter().filter(wants).map(|target| target.name.clone()).collect()
}
