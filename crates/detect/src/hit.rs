//! A row of a rule's result: who it is and when it happened.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use state::EventKey;

use crate::schedule::Moment;

/// A row of a result, by column.
pub type Row = Map<String, Value>;

/// One set of columns of `data/identity.toml`.
#[derive(Debug, Deserialize)]
struct Identity {
    columns: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Identities {
    identity: Vec<Identity>,
}

static IDENTITIES: LazyLock<Vec<Identity>> = LazyLock::new(|| {
    // Read by the tests, so that a mistake in the file is seen before it is shipped.
    toml::from_str::<Identities>(include_str!("../data/identity.toml")).map(|file| file.identity).unwrap_or_default()
});

/// Columns that say when an event happened, the first that a row has.
const TIMES: [&str; 5] = ["Timestamp", "TimeGenerated", "@timestamp", "CreationTime", "EventTime"];

/// A row that a rule found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Who it is.
    pub key: EventKey,
    /// When it happened, where the row says.
    pub at: Option<Moment>,
    /// The row.
    pub row: Row,
}

impl Hit {
    /// The hit that a row is, for a rule and the end of the window it was found in. Of a row that is a group, `grouped_by` names the
    /// columns it is known by.
    #[must_use]
    pub fn new(rule_key: &str, row: Row, grouped_by: Option<&[String]>, window_to: Moment) -> Self {
        let at = TIMES.iter().find_map(|column| row.get(*column).and_then(Value::as_str).and_then(moment));
        let identity = IDENTITIES.iter().find(|identity| identity.columns.iter().all(|column| said(&row, column)));
        let key = match (identity, grouped_by) {
            (Some(identity), _) => EventKey {
                key: digest(rule_key, identity.columns.iter().filter_map(|name| row.get_key_value(name))),
                until: None,
            },
            (None, Some(columns)) => EventKey {
                key: digest(rule_key, columns.iter().filter_map(|name| row.get_key_value(name))),
                until: Some(window_to),
            },
            (None, None) => {
                EventKey { key: digest(rule_key, row.iter().filter(|(_, value)| stays(value))), until: Some(window_to) }
            }
        };
        Self { key, at, row }
    }

    /// The hits of a result; rows that are the same event are one hit, the first of them.
    #[must_use]
    pub fn all(rule_key: &str, rows: Vec<Row>, grouped_by: Option<&[String]>, window_to: Moment) -> Vec<Self> {
        let mut known = std::collections::BTreeSet::new();
        let hits = rows.into_iter().map(|row| Self::new(rule_key, row, grouped_by, window_to));
        hits.filter(|hit| known.insert(hit.key.key.clone())).collect()
    }
}

/// Whether a value tells what a row is about. Fractions and lists are measured or collected: they come out a little different each
/// time the window moves.
fn stays(value: &Value) -> bool {
    !(value.is_f64() || value.is_array())
}

/// The value of a column, or of a path with dots into one; `None` where there is none or it is null.
#[must_use]
pub fn value_at(row: &Row, path: &str) -> Option<Value> {
    if let Some(value) = row.get(path) {
        return (!value.is_null()).then(|| value.clone());
    }
    // The longest column that begins the path holds the rest.
    let (column, rest) =
        path.match_indices('.').rev().find_map(|(at, _)| row.contains_key(&path[..at]).then(|| path.split_at(at)))?;
    let mut value = row.get(column)?;
    for part in rest.trim_start_matches('.').split('.') {
        value = value.get(part)?;
    }
    (!value.is_null()).then(|| value.clone())
}

/// As [`value_at`], as text: a text bare, anything else as JSON.
#[must_use]
pub fn text_at(row: &Row, path: &str) -> Option<String> {
    value_at(row, path).map(|value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

/// Whether the row says anything in this column.
fn said(row: &Row, column: &str) -> bool {
    match row.get(column) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    }
}

fn digest<'a>(rule_key: &str, cells: impl IntoIterator<Item = (&'a String, &'a Value)>) -> String {
    let mut hash = Sha256::new();
    hash.update(rule_key.as_bytes());
    for (name, value) in cells {
        // Separators that no name holds, so that no two rows read alike.
        hash.update([0]);
        hash.update(name.as_bytes());
        hash.update([1]);
        hash.update(value.to_string().as_bytes());
    }
    hexadecimal(&hash.finalize())
}

/// The id of an alert made of these events: the same events always give the same.
#[must_use]
pub fn alert_id(rule_key: &str, events: &[EventKey]) -> String {
    let mut keys: Vec<String> = events
        .iter()
        .map(|event| match event.until {
            Some(until) => format!("{}@{until}", event.key),
            None => event.key.clone(),
        })
        .collect();
    keys.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(rule_key.as_bytes());
    for key in keys {
        hash.update([0]);
        hash.update(key.as_bytes());
    }
    hexadecimal(&hash.finalize())
}

/// The first half of a digest: enough that no two things are called alike.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A moment of a printed datetime (`2026-11-20T23:00:00.0000000Z`); `None` where it is none.
pub(crate) fn moment(text: &str) -> Option<Moment> {
    schema::text::datetime::parse(text).map(schema::text::datetime::to_unix_micros)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        value.as_object().cloned().unwrap_or_default()
    }

    fn key(value: Value) -> EventKey {
        Hit::new("rule", row(value), None, 9).key
    }

    #[test]
    fn the_file_of_identities_is_read() {
        assert!(IDENTITIES.len() > 5);
    }

    #[test]
    fn a_delivery_stays_itself_when_its_state_changes() {
        let before = key(
            json!({"NetworkMessageId": "m", "RecipientEmailAddress": "kim@contoso.example", "LatestDeliveryLocation": "Inbox"}),
        );
        let after = key(
            json!({"NetworkMessageId": "m", "RecipientEmailAddress": "kim@contoso.example", "LatestDeliveryLocation": "Junk"}),
        );
        assert_eq!(before, after);
        assert_eq!(before.until, None);
        let other = key(
            json!({"NetworkMessageId": "m", "RecipientEmailAddress": "lee@contoso.example", "LatestDeliveryLocation": "Inbox"}),
        );
        assert_ne!(before, other);
    }

    #[test]
    fn a_computed_row_is_all_its_values_for_as_long_as_windows_overlap() {
        let five = key(json!({"SenderFromDomain": "contoso.example", "count_": 5}));
        assert_eq!(five.until, Some(9));
        assert_ne!(five.key, key(json!({"SenderFromDomain": "contoso.example", "count_": 6})).key);
        assert_ne!(key(json!({"a": "bc"})).key, key(json!({"ab": "c"})).key);
    }

    #[test]
    fn a_group_is_known_by_what_it_is_grouped_by() {
        let group = |count: u64| {
            let row = row(json!({"SenderFromDomain": "contoso.example", "count_": count}));
            Hit::new("rule", row, Some(&["SenderFromDomain".to_owned()]), 9).key
        };
        assert_eq!(group(5), group(6));
    }

    #[test]
    fn what_is_measured_or_collected_does_not_make_another_hit() {
        let score = |score: f64, ids: &[&str]| key(json!({"Domain": "contoso.example", "Score": score, "Ids": ids})).key;
        assert_eq!(score(1.5, &["a"]), score(1.6, &["a", "b"]));
    }

    #[test]
    fn an_empty_identity_is_none() {
        assert_eq!(key(json!({"NetworkMessageId": "", "RecipientEmailAddress": "kim@contoso.example"})).until, Some(9));
    }

    #[test]
    fn rows_of_one_event_are_one_hit() {
        let link = |url: &str| row(json!({"NetworkMessageId": "m", "RecipientEmailAddress": "kim@contoso.example", "Url": url}));
        assert_eq!(Hit::all("rule", vec![link("https://a.example"), link("https://b.example")], None, 9).len(), 1);
    }

    #[test]
    fn paths_reach_into_columns() {
        let row = row(json!({"o365": {"audit": {"Name": "x"}}, "event.action": "Set-X", "event": {"action": "other"}}));
        assert_eq!(text_at(&row, "event.action").as_deref(), Some("Set-X"));
        assert_eq!(text_at(&row, "o365.audit.Name").as_deref(), Some("x"));
        assert_eq!(text_at(&row, "o365.audit.Missing"), None);
    }

    #[test]
    fn the_time_of_the_event_is_read() {
        let hit = Hit::new("rule", row(json!({"Timestamp": "1970-01-01T00:00:01.5000000Z"})), None, 9);
        assert_eq!(hit.at, Some(1_500_000));
    }
}
