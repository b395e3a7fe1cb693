//! What simulated telemetry says about itself: the events of table SimulationLabels that are not ordinary, with their rows.

use std::collections::{BTreeSet, HashMap};

use detect::{
    evaluate::{Event, Kind, Truth},
    hit::Row,
};
use engine::{Engine, Environment, QueryError};
use rules::{Rule, model::Language};
use schema::{Registry, text::datetime};
use serde_json::Value;

use crate::failure::Failure;

/// The labels of what is not ordinary.
const LABELS: &str = "SimulationLabels | where Label != 'ordinary' \
    | project Timestamp, NetworkMessageId, EventId = tostring(column_ifexists('EventId', '')), Label, Scenario";
/// The id of a labelled record; telemetry that an older program made has none.
const RECORD: &str = "tostring(column_ifexists('EventId', ''))";
/// Tables of attacks' events, the column that names the event, and what holds for the label that names it.
const EVENTS: [(&str, &str, &str); 4] = [
    ("EmailEvents", "NetworkMessageId", "NetworkMessageId"),
    ("OfficeActivity", "OfficeId", RECORD),
    ("CloudAppEvents", "ReportId", RECORD),
    ("['o365.audit']", "['event.id']", RECORD),
];

/// When the first and the last of the labelled events happened, ordinary ones too.
const SPAN: &str = "SimulationLabels | summarize First = min(Timestamp), Last = max(Timestamp)";

/// The truth about the telemetry of an environment, and the stretch of time it is about.
pub(crate) async fn load(engine: &Engine, environment: &Environment) -> Result<(Truth, (i64, i64)), Failure> {
    let failed = |error: QueryError| Failure::internal(format_args!("the labels cannot be read: {error}"));
    let labels = engine.query(LABELS, environment).await.map_err(failed)?;
    let mut events: Vec<Event> = labels.objects(labels.rows()).iter().filter_map(event).collect();
    if events.is_empty() {
        return Err(Failure::input(
            "error: table SimulationLabels has no labels of attacks; `spoofwatch --data DIR simulate` makes telemetry that has them",
        ));
    }
    let mut rows: HashMap<String, Vec<Row>> = HashMap::new();
    for (table, column, label) in EVENTS {
        let query = format!(
            "{table} | extend _Labelled = tostring({column}) | join kind=leftsemi (SimulationLabels \
             | where Label == 'attack' and isnotempty({label}) | project _Labelled = {label}) on _Labelled"
        );
        let results = engine.query(&query, environment).await.map_err(failed)?;
        for mut row in results.objects(results.rows()) {
            if let Some(Value::String(id)) = row.remove("_Labelled") {
                row.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
                rows.entry(id).or_default().push(row);
            }
        }
    }
    for event in &mut events {
        event.rows = rows.remove(&event.id).unwrap_or_default();
    }
    let span = engine.query(SPAN, environment).await.map_err(failed)?;
    let span = span.objects(1).first().and_then(|row| Some((moment(row, "First")?, moment(row, "Last")?)));
    Ok((Truth::new(events), span.unwrap_or_default()))
}

fn moment(row: &Row, column: &str) -> Option<i64> {
    row.get(column)?.as_str().and_then(datetime::parse).map(datetime::to_unix_micros)
}

fn event(row: &Row) -> Option<Event> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (kind, id) = match (text("NetworkMessageId"), text("EventId")) {
        (Some(id), _) => (Kind::Message, id),
        (None, id) => (Kind::Record, id?),
    };
    Some(Event {
        id: id.to_owned(),
        kind,
        at: moment(row, "Timestamp")?,
        attack: text("Label")? == "attack",
        scenario: text("Scenario")?.to_owned(),
        rows: Vec::new(),
    })
}

/// What kinds of events a rule can see, by the tables it reads. Rules of Kibana read the audit log, unless their indices say otherwise.
pub(crate) async fn kinds(rule: &Rule, engine: &Engine, environment: &Environment) -> BTreeSet<Kind> {
    let tables = match rule.language {
        Language::Kusto => match engine.check(&rule.query.text, environment).await {
            Ok(planned) => planned.tables(),
            // It fails when it runs, and is told then.
            Err(_) => Vec::new(),
        },
        _ => vec!["o365.audit".to_owned()],
    };
    let kind = |table: &String| match Registry::builtin().table(table)?.column("NetworkMessageId") {
        Some(_) => Some(Kind::Message),
        None => ["CloudAppEvents", "OfficeActivity", "o365.audit"].contains(&table.as_str()).then_some(Kind::Record),
    };
    tables.iter().filter_map(kind).collect()
}
