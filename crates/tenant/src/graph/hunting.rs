//! Hunting in the tenant's telemetry (`POST /security/runHuntingQuery`), in the tables' own form.

use reqwest::header::{ACCEPT, HeaderValue};
use serde_json::{Map, Number, Value, json};

use super::{Graph, refused};
use crate::{
    client,
    error::Error,
    http::Effect,
    lenient::said,
    moment::{self, Moment, SECOND},
    tokens::Scope,
};

/// Most rows of an answer: the service gives no more, and does not say that there are more.
pub(crate) const MOST_ROWS: usize = 100_000;
/// Most bytes of an answer. The service's own limit is about 124 MB; parsed, that would be a gigabyte here.
const MOST_BYTES: usize = 24 << 20;
/// What the service says when a query gives or takes more than it allows.
const TOO_MUCH: [&str; 4] = ["allowed result size", "allowed limits", "preempted", "timed out"];

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HuntedColumn {
    /// Its name.
    pub name: String,
    /// Its type as the service writes it: `String`, `DateTime`, `Int64`, `SByte` (a flag), `Object` ...
    pub kind: String,
}

/// What a query gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hunted {
    /// Its columns, in order.
    pub columns: Vec<HuntedColumn>,
    /// Its rows: a member a column. Flags are `true` and `false`; moments are ISO 8601; what is null is left out.
    pub rows: Vec<Map<String, Value>>,
    /// Whether there are as many rows as the service gives at most: there may be more.
    pub is_full: bool,
}

impl Graph {
    /// Runs a query in Kusto Query Language over the telemetry of a span, at most 30 days back. Needs `ThreatHunting.Read.All`.
    ///
    /// # Errors
    ///
    /// Any but those of changes; [`Error::Refused`] for a query that the service does not understand, [`Error::NotFound`] for a table that the
    /// tenant's licence does not have, [`Error::TooLarge`] for one that gives or
    /// costs more than it allows: ask for less time at once.
    pub async fn hunt(&self, query: &str, from: Moment, to: Moment) -> Result<Hunted, Error> {
        let what = "POST /security/runHuntingQuery".to_owned();
        let url = self.at("v1.0", &["security", "runHuntingQuery"]);
        // The span is rounded outwards to whole seconds: what the query itself says is exact.
        let to = to.saturating_add(SECOND - 1);
        let body = json!({ "Query": query, "Timespan": format!("{}Z/{}Z", moment::seconds(from), moment::seconds(to)) });
        let mut ask = client::post(what.clone(), url, &body, Effect::Reads);
        ask.most = MOST_BYTES;
        ask.is_hunt = true;
        // Without annotations beside each member.
        ask.headers.insert(ACCEPT, HeaderValue::from_static("application/json;odata.metadata=none"));
        let answer = self.client.send(Scope::Graph, ask).await?;
        if !answer.is_success() {
            let error = refused(&what, &answer);
            let text = error.to_string().to_ascii_lowercase();
            let limit = "what the service allows a query".to_owned();
            return Err(match error {
                _ if is_too_much(&text) => Error::TooLarge { what, limit },
                Error::Refused { what, reason } if text.contains("failed to resolve table") => Error::NotFound { what, reason },
                error => error,
            });
        }
        hunted(client::json(&what, &answer)?).ok_or_else(|| Error::Protocol { what, why: "it holds no rows".to_owned() })
    }
}

/// Whether a refusal (in lower case) speaks of size or cost. Its wording is documented in parts only.
fn is_too_much(text: &str) -> bool {
    let of_rows = text.contains("rows") && ["more than", "exceed", "maximum"].iter().any(|words| text.contains(words));
    of_rows || TOO_MUCH.iter().any(|words| text.contains(words))
}

fn hunted(mut answer: Value) -> Option<Hunted> {
    // Both cases of its members were documented at different times.
    let text = |column: &Value, names: [&str; 2]| {
        names.iter().find_map(|name| column.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
    let columns: Vec<HuntedColumn> = answer
        .get("schema")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|column| Some(HuntedColumn { name: text(column, ["name", "Name"])?, kind: text(column, ["type", "Type"])? }))
        .collect();
    let Some(Value::Array(results)) = answer.get_mut("results").map(Value::take) else { return None };
    let flags: Vec<&str> = columns.iter().filter(|column| is_flag(&column.kind)).map(|column| column.name.as_str()).collect();
    let is_full = results.len() >= MOST_ROWS;
    let rows = results.into_iter().map(|row| match row {
        Value::Object(members) => Some(row_of(members, &flags)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    });
    let rows = rows.collect::<Option<Vec<_>>>()?;
    Some(Hunted { columns, rows, is_full })
}

/// Kusto keeps flags as small numbers, and says so.
fn is_flag(kind: &str) -> bool {
    ["sbyte", "bool", "boolean"].iter().any(|flag| kind.eq_ignore_ascii_case(flag))
}

fn row_of(members: Map<String, Value>, flags: &[&str]) -> Map<String, Value> {
    let mut row = said(members);
    for flag in flags {
        if let Some(value) = row.get_mut(*flag)
            && let Some(number) = value.as_number().and_then(Number::as_i64)
        {
            *value = Value::Bool(number != 0);
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_types_of_their_columns() {
        let answer = json!({
            "schema": [
                { "name": "Timestamp", "type": "DateTime" }, { "Name": "IsFirstContact", "Type": "SByte" }, { "name": "UrlCount", "type": "Int32" },
            ],
            "results": [{
                "Timestamp": "2026-11-21T04:00:00.1234567Z", "IsFirstContact": 1, "IsFirstContact@odata.type": "#SByte", "UrlCount": 1,
                "Subject": null,
            }],
        });
        let hunted = hunted(answer).unwrap();
        assert_eq!(hunted.columns.len(), 3);
        let expected = json!([{ "Timestamp": "2026-11-21T04:00:00.1234567Z", "IsFirstContact": true, "UrlCount": 1 }]);
        assert_eq!(json!(hunted.rows), expected);
        assert!(!hunted.is_full);
    }

    #[test]
    fn as_many_rows_as_are_given_may_not_be_all() {
        let rows = vec![json!({ "a": 1 }); MOST_ROWS];
        assert!(hunted(json!({ "schema": [], "results": rows })).unwrap().is_full);
    }

    #[test]
    fn what_holds_no_rows_is_no_answer() {
        assert_eq!(hunted(json!({ "schema": [] })), None);
        assert_eq!(hunted(json!({ "results": [1] })), None);
    }
}
