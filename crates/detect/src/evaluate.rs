//! How well a rule finds what it is meant to: its hits held against telemetry whose truth is known. Pure.
//!
//! A *hit* is a row behind an alert; rows of one message, or of one record of the audit log, are one hit. It is matched to labelled events
//! by its evidence:
//!
//! 1. Ids: every text of the row, in lists and objects too, that is the id of a labelled event stands for that event.
//! 2. A row with an id of its own that nothing labels is an ordinary event.
//! 3. A row without ids, such as a count, stands for the events of the alert's window, from the row's own time on where it has one, that
//!    agree with it in every column of the same name.
//!
//! What raises no alert is no hit: rows that an exclusion or an earlier alert takes, or that are beyond the rule's limit.
//!
//! A hit is *true* if it stands for an event of the rule's scenarios, *another attack* if for one of other attacks, else *false*.
//! Precision is the part of the hits that is not false: an alert about an attack is right whichever attack it is. Recall is the part of the
//! scenarios' events that hits stand for. Only events count that the rule can see: messages for a rule that reads mail, records for
//! one that reads the audit log.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use schema::text::datetime;
use serde_json::Value;

use crate::{
    hit::{Hit, Row},
    schedule::Moment,
};

/// The tag of a rule that names a scenario it is meant to find: `Scenario:exact-domain-spoof`.
const TAG: &str = "scenario:";
/// How deep a row is looked into for ids.
const DEPTH: usize = 16;
/// Columns that say when something happened: no value of them is compared.
const TIMES: [&str; 5] = ["Timestamp", "TimeGenerated", "@timestamp", "CreationTime", "EventTime"];
/// Columns that name one event.
const IDS: [&str; 7] =
    ["NetworkMessageId", "OfficeId", "ReportId", "event.id", "o365.audit.Id", "SourceRecordId", "InternetMessageId"];

/// What kind of event a label is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A message.
    Message,
    /// A record of the audit log.
    Record,
}

/// An event whose truth is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// When it happened.
    pub at: Moment,
    /// Whether it is part of an attack; else it is harmless and looks like one.
    pub attack: bool,
    /// The scenario it belongs to.
    pub scenario: String,
    /// Its rows in the tables, for rows without ids; may be empty for what is harmless.
    pub rows: Vec<Row>,
}

/// The truth about telemetry: every event that is not ordinary.
#[derive(Debug, Default)]
pub struct Truth {
    events: Vec<Event>,
    by_id: HashMap<String, usize>,
}

impl Truth {
    /// The truth that these events are.
    #[must_use]
    pub fn new(events: Vec<Event>) -> Self {
        let by_id = events.iter().enumerate().map(|(place, event)| (event.id.to_lowercase(), place)).collect();
        Self { events, by_id }
    }

    /// The names of the scenarios that are attacks, and of those that are not.
    #[must_use]
    pub fn scenarios(&self) -> (BTreeSet<&str>, BTreeSet<&str>) {
        let of = |attack: bool| {
            self.events.iter().filter(|event| event.attack == attack).map(|event| event.scenario.as_str()).collect()
        };
        (of(true), of(false))
    }

    /// The labelled events whose ids stand in a row.
    fn named(&self, row: &Row) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut pending: Vec<(&Value, usize)> = row.values().map(|value| (value, 0)).collect();
        while let Some((value, depth)) = pending.pop() {
            match value {
                Value::String(text) => found.extend(self.by_id.get(&text.to_lowercase())),
                Value::Array(values) if depth < DEPTH => pending.extend(values.iter().map(|value| (value, depth + 1))),
                Value::Object(values) if depth < DEPTH => pending.extend(values.values().map(|value| (value, depth + 1))),
                _ => {}
            }
        }
        found
    }

    /// The attacks' events that a row without ids stands for.
    fn counted(&self, row: &Row, window: (Moment, Moment)) -> BTreeSet<usize> {
        let own = TIMES.iter().find_map(|name| row.get(*name)?.as_str().and_then(datetime::parse)).map(datetime::to_unix_micros);
        let from = own.map_or(window.0, |own| own.max(window.0));
        let in_window = |event: &Event| event.attack && (from..=window.1).contains(&event.at);
        let fits = |event: &Event| event.rows.iter().any(|other| agree(row, other));
        let events = self.events.iter().enumerate();
        events.filter(|(_, event)| in_window(event) && fits(event)).map(|(place, _)| place).collect()
    }
}

/// Whether two rows have the same in every column they both have. Of a list in the first, any element.
fn agree(row: &Row, other: &Row) -> bool {
    let same = |value: &Value, other: &Value| match (value, other) {
        (Value::String(one), Value::String(two)) => one.eq_ignore_ascii_case(two),
        _ => value == other,
    };
    row.iter().filter(|(name, _)| !TIMES.contains(&name.as_str())).all(|(name, value)| match (value, other.get(name)) {
        (_, None) => true,
        (Value::Array(values), Some(other)) if !other.is_array() => values.iter().any(|value| same(value, other)),
        (value, Some(other)) => same(value, other),
    })
}

/// The scenarios a rule is meant to find, by its tags; without any, none.
#[must_use]
pub fn scenarios_of(tags: &[String]) -> BTreeSet<String> {
    let named = tags.iter().filter_map(|tag| {
        let (begin, name) = tag.split_at_checked(TAG.len())?;
        begin.eq_ignore_ascii_case(TAG).then(|| name.trim().to_owned())
    });
    named.filter(|name| !name.is_empty()).collect()
}

/// A rule's hits as they come in.
#[derive(Debug)]
pub struct Evaluation {
    truth: Arc<Truth>,
    /// The scenarios it is meant to find; empty: every attack.
    scenarios: BTreeSet<String>,
    kinds: BTreeSet<Kind>,
    alerts: u64,
    seen: HashSet<String>,
    right: u64,
    other: u64,
    wrong: BTreeMap<String, u64>,
    found: BTreeSet<usize>,
}

/// How well a rule did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// Alerts that were raised.
    pub alerts: u64,
    /// Hits behind them.
    pub hits: u64,
    /// Hits that stand for events of the rule's scenarios.
    pub right: u64,
    /// Hits that stand for events of other attacks.
    pub other: u64,
    /// The others, by what they are: the name of a harmless scenario, or `ordinary`.
    pub wrong: BTreeMap<String, u64>,
    /// Events of the rule's scenarios that hits stand for.
    pub found: u64,
    /// Those that none does, by scenario.
    pub missed: BTreeMap<String, u64>,
}

impl Score {
    /// Hits that are no attack.
    #[must_use]
    pub fn wrongs(&self) -> u64 {
        self.wrong.values().sum()
    }

    /// Events that were not found.
    #[must_use]
    pub fn misses(&self) -> u64 {
        self.missed.values().sum()
    }

    /// The part of the hits that is an attack; `None` where there are no hits.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        part(self.right + self.other, self.hits)
    }

    /// The part of the scenarios' events that was found; `None` where there are none.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        part(self.found, self.found + self.misses())
    }
}

fn part(some: u64, all: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a part, for people")]
    (all > 0).then(|| some as f64 / all as f64)
}

impl Evaluation {
    /// No hits yet of a rule that is meant to find `scenarios` (none: every attack) and sees events of these kinds.
    #[must_use]
    pub fn new(truth: Arc<Truth>, scenarios: BTreeSet<String>, kinds: BTreeSet<Kind>) -> Self {
        Self {
            truth,
            scenarios,
            kinds,
            alerts: 0,
            seen: HashSet::new(),
            right: 0,
            other: 0,
            wrong: BTreeMap::new(),
            found: BTreeSet::new(),
        }
    }

    /// Takes in an alert, by its rows and the window it was raised for.
    pub fn add(&mut self, rows: &[Row], window: (Moment, Moment)) {
        self.alerts += 1;
        for row in rows {
            self.hit(row, window);
        }
    }

    fn hit(&mut self, row: &Row, window: (Moment, Moment)) {
        let own = IDS.iter().find_map(|name| crate::hit::text_at(row, name).filter(|id| !id.is_empty()));
        let mut events = self.truth.named(row);
        if events.is_empty() && own.is_none() {
            events = self.truth.counted(row, window);
        }
        // Of one event there may be many rows: recipients, links.
        let key = match (own, events.first()) {
            (Some(id), _) => id.to_lowercase(),
            (None, Some(event)) if events.len() == 1 => {
                self.truth.events.get(*event).map(|event| event.id.clone()).unwrap_or_default()
            }
            (None, _) => Hit::new("", row.clone(), None, 0).key.key,
        };
        let of = |wanted: &dyn Fn(&Event) -> bool| events.iter().filter_map(|place| self.truth.events.get(*place)).any(wanted);
        let (right, attack) = (of(&|event| self.is_meant(event)), of(&|event| event.attack));
        let harmless = events.first().and_then(|place| self.truth.events.get(*place)).map(|event| event.scenario.clone());
        let found: Vec<usize> = events
            .iter()
            .copied()
            .filter(|place| self.truth.events.get(*place).is_some_and(|event| self.is_meant(event)))
            .collect();
        self.found.extend(found);
        if !self.seen.insert(key) {
            return;
        }
        match (right, attack) {
            (true, _) => self.right += 1,
            (false, true) => self.other += 1,
            (false, false) => *self.wrong.entry(harmless.unwrap_or_else(|| "ordinary".to_owned())).or_default() += 1,
        }
    }

    /// Whether the rule is meant to find the event.
    fn is_meant(&self, event: &Event) -> bool {
        if self.scenarios.is_empty() { event.attack } else { self.scenarios.contains(&event.scenario) }
    }

    /// How well it did, now that all hits are in.
    #[must_use]
    pub fn score(&self) -> Score {
        let mut missed: BTreeMap<String, u64> = BTreeMap::new();
        let (mut found, events) = (0, self.truth.events.iter().enumerate());
        for (place, event) in events.filter(|(_, event)| self.is_meant(event)) {
            if self.found.contains(&place) {
                found += 1;
            } else if self.kinds.contains(&event.kind) {
                *missed.entry(event.scenario.clone()).or_default() += 1;
            }
        }
        let (right, other, wrong) = (self.right, self.other, self.wrong.clone());
        let hits = right + other + wrong.values().sum::<u64>();
        Score { alerts: self.alerts, hits, right, other, wrong, found, missed }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn row(value: Value) -> Row {
        value.as_object().cloned().unwrap_or_default()
    }

    fn event(id: &str, hour: i64, scenario: &str) -> Event {
        let rows = vec![row(json!({"NetworkMessageId": id, "SenderFromDomain": "contoso.example", "Subject": scenario}))];
        let kind = if scenario == "change" { Kind::Record } else { Kind::Message };
        Event { id: id.to_owned(), kind, at: hour * HOUR, attack: scenario != "list", scenario: scenario.to_owned(), rows }
    }

    fn truth() -> Truth {
        Truth::new(vec![
            event("m1", 1, "spoof"),
            event("m2", 2, "spoof"),
            event("m3", 2, "other"),
            event("m4", 3, "list"),
            event("r1", 3, "change"),
        ])
    }

    fn score(scenarios: &[&str], kinds: &[Kind], alerts: &[(&[Value], (i64, i64))]) -> Score {
        let truth = Arc::new(truth());
        let names = scenarios.iter().map(|name| (*name).to_owned()).collect();
        let mut evaluation = Evaluation::new(truth, names, kinds.iter().copied().collect());
        for (rows, (from, to)) in alerts {
            let rows: Vec<Row> = rows.iter().cloned().map(row).collect();
            evaluation.add(&rows, (from * HOUR, to * HOUR));
        }
        evaluation.score()
    }

    #[test]
    fn hits_are_matched_by_the_ids_in_them() {
        let mail = |id: &str, to: &str| json!({"NetworkMessageId": id, "RecipientEmailAddress": to});
        let rows = [mail("M1", "a"), mail("m1", "b"), mail("m3", "a"), mail("m4", "a"), mail("m9", "a")];
        let score = score(&["spoof"], &[Kind::Message], &[(&rows, (0, 9))]);
        assert_eq!((score.alerts, score.hits, score.right, score.other), (1, 4, 1, 1));
        assert_eq!(score.wrong, [("list".to_owned(), 1), ("ordinary".to_owned(), 1)].into());
        assert_eq!((score.found, score.misses()), (1, 1));
        assert_eq!((score.precision(), score.recall()), (Some(0.5), Some(0.5)));
    }

    #[test]
    fn a_list_of_ids_stands_for_each() {
        let rows = [json!({"SenderFromDomain": "x", "Ids": ["m1", "m2", "m9"]})];
        let score = score(&["spoof"], &[Kind::Message], &[(&rows, (0, 9))]);
        assert_eq!((score.hits, score.right, score.found, score.recall()), (1, 1, 2, Some(1.0)));
    }

    #[test]
    fn a_count_stands_for_the_events_of_its_window_that_agree_with_it() {
        let count = |domain: &str| json!({"SenderFromDomain": domain, "count_": 5});
        let found = |rows: &[Value], window| score(&["spoof"], &[Kind::Message], &[(rows, window)]);
        assert_eq!(found(&[count("Contoso.example")], (0, 1)).found, 1);
        assert_eq!(found(&[count("contoso.example")], (0, 2)).found, 2);
        assert_eq!(found(&[count("fabrikam.example")], (0, 2)).wrongs(), 1);
        assert_eq!(found(&[json!({"SenderFromDomain": ["x", "contoso.example"]})], (0, 2)).found, 2);
        assert_eq!(found(&[json!({"count_": 5})], (0, 2)).found, 2, "without a common column, all of the window");
        assert_eq!(found(&[json!({"Timestamp": "1970-01-01T01:30:00Z", "count_": 5})], (0, 2)).found, 1);
        assert_eq!(found(&[count("contoso.example")], (4, 5)).wrong, [("ordinary".to_owned(), 1)].into());
    }

    #[test]
    fn a_rule_without_a_scenario_is_meant_for_every_attack_it_can_see() {
        let all = score(&[], &[Kind::Message], &[]);
        assert_eq!((all.misses(), all.precision(), all.recall()), (3, None, Some(0.0)));
        assert_eq!(score(&[], &[Kind::Record], &[]).missed, [("change".to_owned(), 1)].into());
        assert_eq!(score(&["spoof"], &[Kind::Record], &[]).recall(), None);
    }

    #[test]
    fn tags_name_scenarios() {
        let tags = ["Scenario:exact-domain-spoof", "scenario: b ", "Scenario:", "Scen", "Domain: Email"].map(str::to_owned);
        assert_eq!(scenarios_of(&tags), ["b".to_owned(), "exact-domain-spoof".to_owned()].into());
    }
}
