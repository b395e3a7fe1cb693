//! Documents as clients of Elasticsearch send them, to an index: which table each belongs to, and what of it is the record.
//!
//! An index is a table's own name, that name with a day behind it (`emailevents-2026.11.22`), or a data stream that carries it
//! (`logs-o365.audit-default`): the names under which rules look for the table. Of other indices the document itself says what it is
//! (`event.dataset`). A record that a shipper has read without looking into it stands as text in `message` or `event.original`, and
//! Filebeat's input for the audit log puts it under `o365audit`; it is taken out.
//!
//! Authority: <https://www.elastic.co/docs/reference/ecs/ecs-data_stream>, <https://www.elastic.co/docs/reference/beats/filebeat/filebeat-input-o365audit>.
//!
//! Must not know HTTP or the lake. Start with [`place`].

use std::borrow::Cow;

use schema::{Registry, Table};
use serde_json::{Map, Value};

use crate::{audit, route};

/// The types that names of data streams begin with.
const TYPES: [&str; 4] = ["logs", "metrics", "synthetics", "traces"];
/// What the indices behind a data stream begin with.
const BACKING: &str = ".ds-";
/// How the names of tables end that somebody defined for himself.
const CUSTOM: &str = "_CL";
/// Where documents say what they are of.
const DATASETS: [&str; 2] = ["event.dataset", "data_stream.dataset"];
/// Where shippers put the text that they have read.
const TEXTS: [&str; 2] = ["message", "event.original"];
/// Where Filebeat puts a record of the audit log that nothing has shaped yet.
const UNSHAPED: &str = "o365audit";
/// Where the id of a document is kept whose table names no event.
const ID: &str = "_id";

/// A document on its way into a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The table; `None`: the record says it.
    pub table: Option<String>,
    /// The record, in one line. Whether it is good JSON is found out by reading it.
    pub line: Vec<u8>,
}

/// The table that an index stands for; `None` where its documents have to say what they are.
#[must_use]
pub fn table_of_index(index: &str) -> Option<String> {
    let index = index.strip_prefix(BACKING).unwrap_or(index);
    let named = |name: &str| {
        let own = name.ends_with(CUSTOM) && route::is_table_name(name);
        route::known_table(name).map(str::to_owned).or_else(|| own.then(|| name.to_owned()))
    };
    let stream = || {
        let mut parts = index.splitn(3, '-');
        parts.next().filter(|ty| TYPES.contains(ty)).and_then(|_| named(parts.next()?))
    };
    named(index).or_else(|| named(without_day(index)?)).or_else(stream)
}

/// `emailevents-2026.11.22` without its day.
fn without_day(index: &str) -> Option<&str> {
    let (name, day) = index.rsplit_once('-')?;
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = day.split('.');
    // A year, and what follows; versions begin with fewer digits.
    let is_day = parts.next().is_some_and(|year| digits(year, 4)) && parts.all(|part| digits(part, 2));
    is_day.then_some(name)
}

/// Where a document belongs that was sent to `index`, and the record in it. `id` is the name its sender gave it: it names the event where
/// the table's documentation says that events have names and the document does not, and is kept in `_id` elsewhere.
///
/// # Errors
/// When the document says that it is of something that no table is for, and the index does not say otherwise.
pub fn place(index: &str, id: Option<&str>, document: &[u8]) -> Result<Placed, String> {
    let table = table_of_index(index);
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(document) else {
        // Reading it tells what is wrong with it, and keeps it.
        return Ok(Placed { table, line: one_line(document) });
    };
    if is_record(&members) {
        return Ok(Placed { table: None, line: one_line(document) });
    }
    if let Some(record) = record_in(&members) {
        return Ok(Placed { table: None, line: one_line(record.as_bytes()) });
    }
    let dataset = DATASETS.iter().find_map(|name| at(&members, name)?.as_str()).filter(|dataset| !dataset.is_empty());
    let table = table.or_else(|| route::known_table(dataset?).map(str::to_owned));
    if let (None, Some(dataset)) = (&table, dataset) {
        return Err(format!(
            "no table is for documents of `{dataset}`, and the index `{index}` names none; send them to an index named as their table is"
        ));
    }
    let known = table.as_deref().and_then(|table| Registry::builtin().table(table));
    if let Some(row) = row_in(&members, known) {
        return Ok(Placed { line: one_line(row.as_bytes()), table });
    }
    let line = one_line(document);
    let named = match (id, &table) {
        (Some(id), Some(_)) => name_for(id, known, &members),
        _ => None,
    };
    let line = match named {
        Some((column, id)) => with_member(&column, id, &line),
        None => line,
    };
    Ok(Placed { table, line })
}

/// The column that an id is put into, unless the document says already who it is.
fn name_for<'a>(id: &'a str, table: Option<&Table>, members: &Map<String, Value>) -> Option<(Cow<'static, str>, &'a str)> {
    match table.map(|table| table.key.as_slice()) {
        Some([key]) => {
            let said = at(members, key).is_some_and(|value| !value.is_null() && value.as_str() != Some(""));
            (!said).then(|| (Cow::Owned(key.clone()), id))
        }
        None | Some([]) => Some((Cow::Borrowed(ID), id)),
        Some(_) => None,
    }
}

/// The text of an object with one more member.
fn with_member(name: &str, value: &str, line: &[u8]) -> Vec<u8> {
    let rest = line.trim_ascii_start().strip_prefix(b"{").unwrap_or_default().trim_ascii();
    let mut text = format!("{{{}:{}", Value::from(name), Value::from(value)).into_bytes();
    text.extend_from_slice(if rest == b"}" { b"" } else { b"," });
    text.extend_from_slice(rest);
    text
}

/// JSON may be written over many lines; a line feed inside a text is an escape.
fn one_line(document: &[u8]) -> Vec<u8> {
    document.trim_ascii().iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }).collect()
}

/// A member by its dotted path, however much of the path is written as objects in objects.
fn at<'v>(members: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = members.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(dot, _)| {
        let inner = members.get(path.get(..dot)?)?.as_object()?;
        at(inner, path.get(dot + 1..)?)
    })
}

fn is_record(members: &Map<String, Value>) -> bool {
    audit::MARKS.iter().all(|mark| members.contains_key(*mark))
}

/// The record of the audit log that stands in a document as it was received, unless the document is shaped from it.
fn record_in(members: &Map<String, Value>) -> Option<Cow<'_, str>> {
    const SHAPED: &str = "o365.audit";
    let shaped = at(members, SHAPED).is_some_and(Value::is_object) || members.keys().any(|key| key.starts_with("o365.audit."));
    if shaped {
        return None;
    }
    if let Some(Value::Object(record)) = members.get(UNSHAPED).filter(|record| record.as_object().is_some_and(is_record)) {
        return Some(Cow::Owned(Value::Object(record.clone()).to_string()));
    }
    TEXTS.iter().find_map(|name| {
        let text = at(members, name)?.as_str()?;
        object(text).filter(is_record).map(|_| Cow::Borrowed(text))
    })
}

/// The row that a shipper read as text, where `message` is no column of the table.
fn row_in<'v>(members: &'v Map<String, Value>, table: Option<&Table>) -> Option<&'v str> {
    let text = members.get(TEXTS[0])?.as_str()?;
    let is_column = table.is_some_and(|table| table.columns.iter().any(|column| column.name == TEXTS[0]));
    (!is_column && object(text).is_some()).then_some(text)
}

fn object(text: &str) -> Option<Map<String, Value>> {
    if text.trim_start().starts_with('{') { serde_json::from_str(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"CreationTime":"2026-11-20T10:00:00","Id":"1","Operation":"Set-DkimSigningConfig","RecordType":1,"Workload":"Exchange"}"#;

    fn placed(index: &str, id: Option<&str>, document: &str) -> (String, String) {
        match place(index, id, document.as_bytes()) {
            Ok(Placed { table, line }) => (table.unwrap_or_default(), String::from_utf8_lossy(&line).into_owned()),
            Err(reason) => ("refused".to_owned(), reason),
        }
    }

    #[test]
    fn an_index_is_called_as_its_table() {
        for (index, table) in [
            ("o365.audit", "o365.audit"),
            ("logs-o365.audit-default", "o365.audit"),
            ("logs-o365.audit-mail-team", "o365.audit"),
            ("logs-o365.audit", "o365.audit"),
            (".ds-logs-o365.audit-default-2026.11.22-000001", "o365.audit"),
            ("EmailEvents", "EmailEvents"),
            ("emailevents", "EmailEvents"),
            ("emailevents-2026.11.22", "EmailEvents"),
            ("logs-emailevents-default", "EmailEvents"),
            ("Gateway_CL", "Gateway_CL"),
            ("filebeat-9.0.0", ""),
            ("heartbeat-8.17.0", ""),
            ("logs-system.auth-default", ""),
            ("../x_CL", ""),
            ("", ""),
        ] {
            assert_eq!(table_of_index(index).unwrap_or_default(), table, "{index}");
        }
    }

    #[test]
    fn a_document_of_any_index_says_what_it_is() {
        for document in [
            r#"{"@timestamp":"x","event":{"dataset":"o365.audit"}}"#,
            r#"{"@timestamp":"x","event.dataset":"o365.audit"}"#,
            r#"{"@timestamp":"x","data_stream":{"dataset":"o365.audit"}}"#,
        ] {
            assert_eq!(placed("filebeat-9.0.0", None, document), ("o365.audit".to_owned(), document.to_owned()));
        }
        let (refused, reason) = placed("filebeat-9.0.0", None, r#"{"event":{"dataset":"system.auth"}}"#);
        assert_eq!(refused, "refused");
        assert!(reason.contains("`system.auth`") && reason.contains("`filebeat-9.0.0`"), "{reason}");
        assert_eq!(placed("other", None, r#"{"a":1}"#).0, "", "its columns may tell");
    }

    #[test]
    fn a_record_is_taken_out_of_what_a_shipper_put_around_it() {
        let text = Value::from(RECORD);
        for document in [
            RECORD.to_owned(),
            format!(r#"{{"@timestamp":"x","message":{text},"agent":{{"type":"filebeat"}}}}"#),
            format!(r#"{{"@timestamp":"x","event":{{"original":{text},"dataset":"o365.audit"}}}}"#),
            format!(r#"{{"@timestamp":"x","o365audit":{RECORD}}}"#),
        ] {
            for index in ["filebeat-9.0.0", "logs-o365.audit-default"] {
                assert_eq!(placed(index, Some("7"), &document), (String::new(), RECORD.to_owned()), "{document}");
            }
        }
        let shaped = format!(
            r#"{{"event":{{"original":{text},"dataset":"o365.audit","id":"1"}},"o365":{{"audit":{{"Operation":"Set-DkimSigningConfig"}}}}}}"#
        );
        assert_eq!(placed("filebeat-9.0.0", None, &shaped), ("o365.audit".to_owned(), shaped));
        let row = r#"{"@timestamp":"x","message":"{\"Subject\":\"a\"}"}"#;
        assert_eq!(placed("emailevents", Some("7"), row), ("EmailEvents".to_owned(), r#"{"Subject":"a"}"#.to_owned()));
    }

    #[test]
    fn an_id_names_the_event_where_the_document_does_not() {
        let named = placed("o365.audit", Some("a\"b"), r#" { "@timestamp": "x" } "#);
        assert_eq!(named.1, r#"{"event.id":"a\"b","@timestamp": "x" }"#);
        let own = r#"{"event":{"id":"1"}}"#;
        assert_eq!(placed("o365.audit", Some("2"), own).1, own);
        assert_eq!(placed("Gateway_CL", Some("2"), "{}").1, r#"{"_id":"2"}"#);
        assert_eq!(placed("Gateway_CL", None, "{}").1, "{}");
    }

    #[test]
    fn what_is_no_object_is_left_to_be_rejected() {
        for text in ["", "[1]", "{\"a\":", "\u{0}"] {
            assert_eq!(placed("o365.audit", Some("1"), text), ("o365.audit".to_owned(), text.to_owned()));
        }
        assert_eq!(placed("o365.audit", None, "{\"a\":\r\n1}").1, "{\"a\":  1}");
    }
}
