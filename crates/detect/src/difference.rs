//! What two replays of a rule have that the other has not, by the hits behind their alerts. Pure.
//!
//! An alert is in both where any of its hits is behind an alert of the other: how hits are grouped into alerts makes no difference. A hit
//! is known as [`Hit`] knows it; one without an identity, such as a count, by the columns that both versions of the rule give.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use state::Alert;

use crate::{
    hit::{Hit, Row, hexadecimal},
    schedule::Moment,
};

/// Alerts of one replay that are kept for comparing; what is beyond is counted.
const MOST_ALERTS: usize = 50_000;
/// Hits that are kept.
const MOST_HITS: usize = 500_000;

/// An alert as a comparison shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The alert's id.
    pub id: String,
    /// The moment of the run that raised it, in microseconds since 1970.
    pub at: Moment,
    /// Its severity.
    pub severity: String,
    /// Why it was raised.
    pub reason: String,
    /// What its first row says, column by column, in a line.
    pub evidence: String,
}

/// Columns of a row that a line shows, and characters of a value.
const SHOWN: usize = 5;
const LONGEST: usize = 60;

/// The alerts of one replay.
#[derive(Debug, Default)]
pub struct Collected {
    alerts: Vec<(Told, Vec<Identity>)>,
    hits: usize,
    /// Alerts that were too many to be kept.
    pub beyond: u64,
}

/// Who a hit is.
#[derive(Debug, Clone)]
enum Identity {
    /// An event.
    Event(String),
    /// A computed row.
    Computed(Row),
}

/// What differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Alerts of the new one alone.
    pub added: Vec<Told>,
    /// Alerts of the old one alone.
    pub removed: Vec<Told>,
    /// How many of the new one's alerts are in the old one, too.
    pub same: u64,
}

impl Collected {
    /// Takes an alert in, with its rows.
    pub fn add(&mut self, alert: &Alert, rows: &[Row]) {
        if self.alerts.len() >= MOST_ALERTS || self.hits.saturating_add(rows.len()) > MOST_HITS {
            self.beyond += 1;
            return;
        }
        self.hits += rows.len();
        let told = Told {
            id: alert.id.clone(),
            at: alert.window_to,
            severity: alert.severity.clone(),
            reason: alert.reason.clone(),
            evidence: rows.first().map(evidence).unwrap_or_default(),
        };
        self.alerts.push((told, rows.iter().map(identity).collect()));
    }

    /// The alerts, in the order they were raised.
    pub fn alerts(&self) -> impl Iterator<Item = &Told> {
        self.alerts.iter().map(|(told, _)| told)
    }

    /// What is in this replay and not in `old`, and the other way round.
    #[must_use]
    pub fn against(&self, old: &Self) -> Difference {
        let (here, there) = (self.columns(), old.columns());
        let common: BTreeSet<&str> = here.intersection(&there).copied().collect();
        let (known, new) = (old.keys(&common), self.keys(&common));
        let alone = |collected: &Self, other: &HashSet<String>| -> Vec<Told> {
            let apart = |hits: &[Identity]| !hits.iter().any(|hit| hit.key(&common).is_some_and(|key| other.contains(&key)));
            collected.alerts.iter().filter(|(_, hits)| apart(hits)).map(|(told, _)| told.clone()).collect()
        };
        let added = alone(self, &known);
        let same = (self.alerts.len() - added.len()) as u64;
        Difference { added, removed: alone(old, &new), same }
    }

    fn keys(&self, common: &BTreeSet<&str>) -> HashSet<String> {
        self.alerts.iter().flat_map(|(_, hits)| hits).filter_map(|hit| hit.key(common)).collect()
    }

    /// The columns of computed rows.
    fn columns(&self) -> BTreeSet<&str> {
        let rows = self.alerts.iter().flat_map(|(_, hits)| hits).filter_map(|hit| match hit {
            Identity::Computed(row) => Some(row),
            Identity::Event(_) => None,
        });
        rows.flat_map(|row| row.keys().map(String::as_str)).collect()
    }
}

/// The first columns of a row that say something.
fn evidence(row: &Row) -> String {
    let cell = |(name, value): (&String, &Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let cut: String = text.chars().take(LONGEST).collect();
        (!value.is_null() && !text.is_empty()).then(|| format!("{name}: {cut}{}", if cut.len() < text.len() { "…" } else { "" }))
    };
    row.iter().filter_map(cell).take(SHOWN).collect::<Vec<_>>().join(", ")
}

fn identity(row: &Row) -> Identity {
    // Without the rule's key, which a new version may have changed.
    let hit = Hit::new("", row.clone(), None, 0);
    if hit.key.until.is_some() { Identity::Computed(hit.row) } else { Identity::Event(hit.key.key) }
}

impl Identity {
    /// What two hits have alike that are the same; `None` where nothing can be compared.
    fn key(&self, common: &BTreeSet<&str>) -> Option<String> {
        match self {
            Self::Event(key) => Some(key.clone()),
            Self::Computed(_) if common.is_empty() => None,
            Self::Computed(row) => {
                let mut hash = Sha256::new();
                for column in common {
                    hash.update([0]);
                    hash.update(row.get(*column).unwrap_or(&Value::Null).to_string().as_bytes());
                }
                Some(format!("computed {}", hexadecimal(&hash.finalize())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        value.as_object().cloned().unwrap_or_default()
    }

    fn collected(alerts: &[&[Value]]) -> Collected {
        let mut collected = Collected::default();
        for (place, rows) in alerts.iter().enumerate() {
            let told = Told {
                id: place.to_string(),
                at: 0,
                severity: String::new(),
                reason: rows[0].to_string(),
                evidence: evidence(&row(rows[0].clone())),
            };
            collected.alerts.push((told, rows.iter().map(|value| identity(&row(value.clone()))).collect()));
        }
        collected
    }

    fn ids(told: &[Told]) -> Vec<&str> {
        told.iter().map(|one| one.id.as_str()).collect()
    }

    #[test]
    fn events_are_the_same_however_they_are_grouped_and_whatever_else_is_said() {
        let mail =
            |id: &str, more: i64| json!({"NetworkMessageId": id, "RecipientEmailAddress": "kim@contoso.example", "More": more});
        let old = collected(&[&[mail("a", 1), mail("b", 1)], &[mail("c", 1)]]);
        let new = collected(&[&[mail("a", 2)], &[mail("b", 2)], &[mail("d", 2)]]);
        let found = new.against(&old);
        assert_eq!((ids(&found.added), ids(&found.removed), found.same), (vec!["2"], vec!["1"], 2));
    }

    #[test]
    fn computed_rows_are_compared_by_the_columns_both_have() {
        let old = collected(&[&[json!({"Domain": "a", "n": 1})], &[json!({"Domain": "b", "n": 1})]]);
        let new = collected(&[&[json!({"Domain": "a", "n": 1, "Extra": 7})], &[json!({"Domain": "b", "n": 2, "Extra": 7})]]);
        let found = new.against(&old);
        assert_eq!((ids(&found.added), ids(&found.removed), found.same), (vec!["1"], vec!["1"], 1));
    }

    #[test]
    fn a_line_shows_what_says_something() {
        let row = row(json!({"A": "", "B": null, "C": 5, "D": "x".repeat(70), "E": ["a"]}));
        assert_eq!(evidence(&row), format!("C: 5, D: {}…, E: [\"a\"]", "x".repeat(60)));
    }

    #[test]
    fn nothing_is_the_same_as_nothing() {
        let one = collected(&[&[json!({"a": 1})]]);
        assert_eq!(ids(&one.against(&Collected::default()).added), ["0"]);
        assert_eq!(ids(&Collected::default().against(&one).removed), ["0"]);
        let other = collected(&[&[json!({"b": 1})]]);
        assert_eq!(other.against(&one).same, 0, "rows without a common column cannot be compared");
    }
}
