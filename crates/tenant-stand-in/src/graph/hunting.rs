//! `POST /security/runHuntingQuery`: the tables of advanced hunting, asked in as much of the query language as tests write.
//!
//! Authority: <https://learn.microsoft.com/graph/api/security-security-runhuntingquery>; the quotas are those of
//! <https://learn.microsoft.com/defender-xdr/api-advanced-hunting>.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Refused;
use super::query::{self, Table};
use crate::clock::shifted;
use crate::house::{Authority, State};
use crate::http::Reply;
use crate::tenant::Object;

const COLUMNS: &str = include_str!("../../data/hunting.tsv");
/// How far back there is anything.
const REACH: TimeDelta = TimeDelta::days(30);

/// The tables, and the queries that were made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hunting {
    /// The rows by the name of their table.
    pub(crate) rows: BTreeMap<String, Vec<Object>>,
    /// A minute, and how many queries it had.
    used: (i64, u32),
}

impl Hunting {
    fn table(&self, name: &str) -> Option<Table> {
        let declared = COLUMNS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let mut cells = line.split('\t');
            (cells.next()? == name).then_some(())?;
            Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
        });
        let mut columns: Vec<(String, String)> = declared.collect();
        let rows = self.rows.get(name).cloned().unwrap_or_default();
        for (name, value) in rows.iter().flatten() {
            if !columns.iter().any(|(known, _)| known == name) {
                columns.push((name.clone(), kind(name, value).to_owned()));
            }
        }
        (!columns.is_empty()).then_some(Table { columns, rows })
    }
}

/// The type of a column that no page declares.
fn kind(name: &str, value: &Value) -> &'static str {
    match value {
        Value::String(_) if name == "Timestamp" => "DateTime",
        Value::Number(_) => "Int64",
        Value::Bool(_) => "SByte",
        Value::Array(_) | Value::Object(_) => "Object",
        Value::Null | Value::String(_) => "String",
    }
}

/// `is_bare`: without the types that stand beside large numbers.
pub(super) fn run(
    state: &mut State,
    authority: &Authority,
    body: &Value,
    is_bare: bool,
    now: DateTime<Utc>,
) -> Result<Reply, Refused> {
    let hunting = &mut state.hunting;
    let minute = now.timestamp().div_euclid(60);
    if hunting.used.0 != minute {
        hunting.used = (minute, 0);
    }
    hunting.used.1 += 1;
    if hunting.used.1 > authority.hunting_quota {
        return Err(Refused::new(429, "TooManyRequests", "The number of calls a minute for this tenant was exceeded."));
    }
    let wrong = |text: String| Refused::new(400, "BadRequest", text);
    let members = body.as_object().ok_or_else(|| wrong("The body must be an object.".to_owned()))?;
    let member = |name: &str| members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    if let Some(unknown) = members.keys().find(|name| !["query", "timespan"].contains(&name.to_ascii_lowercase().as_str())) {
        return Err(wrong(format!(
            "The parameter '{unknown}' in the request payload is not a valid parameter for the operation 'runHuntingQuery'."
        )));
    }
    let text = member("Query").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| wrong("The query is missing.".to_owned()))?;
    let (from, until) = match member("Timespan") {
        None | Some(Value::Null) => (now - REACH, None),
        Some(value) => value
            .as_str()
            .and_then(|written| timespan(written, now))
            .ok_or_else(|| wrong("The timespan is not valid.".to_owned()))?,
    };
    let from = from.max(now - REACH);
    let found = query::run(text, now, |name| {
        let mut table = hunting.table(name)?;
        table.rows.retain(|row| {
            let moment = row.get("Timestamp").and_then(Value::as_str).and_then(query::moment);
            moment.is_none_or(|moment| moment >= from && until.is_none_or(|until| moment <= until) && moment <= now)
        });
        Some(table)
    });
    // What is too much is left out, and nothing says so.
    let mut found = found.map_err(wrong)?;
    found.rows.truncate(authority.hunting_rows);
    let schema: Vec<Value> = found.columns.iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
    let results: Vec<Object> = found.rows.iter().map(|row| complete(row, &found.columns, is_bare)).collect();
    let body = json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#microsoft.graph.security.huntingQueryResults",
        "schema": schema,
        "results": results,
    });
    let reply = Reply::json(200, &body);
    if reply.body.len() > authority.hunting_bytes {
        return Err(wrong("Query execution has exceeded the allowed result size. Optimize your query by limiting the number of results and try again.".to_owned()));
    }
    Ok(reply)
}

/// A row with all its columns. Flags are numbers.
fn complete(row: &Object, columns: &[(String, String)], is_bare: bool) -> Object {
    let mut out = Object::new();
    for (name, kind) in columns {
        let value = match row.get(name) {
            Some(Value::Bool(flag)) if kind == "SByte" => Value::from(u8::from(*flag)),
            found => found.cloned().unwrap_or_default(),
        };
        if kind == "Int64" && value.is_number() && !is_bare {
            out.insert(format!("{name}@odata.type"), Value::from("#Int64"));
        }
        out.insert(name.clone(), value);
    }
    out
}

/// A stretch of time by ISO 8601: `P7D`, `PT12H`, a start, a start and an end or a length, a length and an end.
fn timespan(written: &str, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Option<DateTime<Utc>>)> {
    let Some((first, second)) = written.split_once('/') else {
        return duration(written)
            .map(|length| (shifted(now, -length), None))
            .or_else(|| query::moment(written).map(|start| (start, None)));
    };
    match (query::moment(first), query::moment(second)) {
        (Some(start), Some(end)) => Some((start, Some(end))),
        (Some(start), None) => Some((start, Some(shifted(start, duration(second)?)))),
        (None, Some(end)) => Some((shifted(end, -duration(first)?), Some(end))),
        (None, None) => None,
    }
}

/// Days, hours, minutes and seconds of an ISO 8601 duration.
fn duration(written: &str) -> Option<TimeDelta> {
    let (days, time) = written.strip_prefix('P').map(|rest| rest.split_once('T').unwrap_or((rest, "")))?;
    let mut seconds: i64 = 0;
    for (part, units) in [(days, &[('W', 604_800), ('D', 86_400)][..]), (time, &[('H', 3600), ('M', 60), ('S', 1)][..])] {
        let mut number = String::new();
        for character in part.chars() {
            if character.is_ascii_digit() {
                number.push(character);
                continue;
            }
            let (_, length) = units.iter().find(|(unit, _)| *unit == character)?;
            seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(*length)?)?;
            number.clear();
        }
        number.is_empty().then_some(())?;
    }
    (written.len() > 2).then(|| TimeDelta::try_seconds(seconds))?
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{duration, timespan};

    #[test]
    fn stretches_of_time_are_read_in_every_form() {
        assert_eq!(duration("P7D"), TimeDelta::try_days(7));
        assert_eq!(duration("P1DT2H30M"), TimeDelta::try_minutes(26 * 60 + 30));
        for wrong in ["", "P", "7D", "P7", "P7H", "PT7D", "P99999999999999999999D"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(100);
        let day = now - TimeDelta::days(1);
        let date = day.to_rfc3339();
        assert_eq!(timespan("P1D", now), Some((day, None)));
        assert_eq!(timespan(&date, now), Some((day, None)));
        assert_eq!(timespan(&format!("{date}/P1D"), now), Some((day, Some(now))));
        assert_eq!(timespan(&format!("P1D/{date}"), now), Some((day - TimeDelta::days(1), Some(day))));
    }
}
