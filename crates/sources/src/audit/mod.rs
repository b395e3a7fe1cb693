//! Records of the Microsoft 365 audit log as they come from the Office 365 Management Activity API, made rows of the tables that
//! rules read: `o365.audit` in the Elastic Common Schema, `OfficeActivity`, and `CloudAppEvents`.
//!
//! Authority: <https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema>. A content
//! blob is an array of records; `Search-UnifiedAuditLog` and the portal's export hold the record as text in `AuditData`.
//!
//! Must not know files or batches. Start with [`is_record`] and [`rows`].

mod category;
mod client;
mod cloud_app_events;
mod ecs;
mod office_activity;
mod properties;
mod record;

use schema::text::datetime;
use serde_json::{Map, Value};

use crate::field::{Field, Raw};
use crate::geography::Geography;
use crate::json;

/// The tables that a record becomes rows of.
pub(crate) const TABLES: [&str; 3] = [ecs::TABLE, office_activity::TABLE, cloud_app_events::TABLE];

/// Members that every record has, and together nothing else does.
pub(crate) const MARKS: [&str; 5] = ["CreationTime", "Id", "Operation", "RecordType", "Workload"];
/// The member of an export that holds the record as text.
const AUDIT_DATA: &str = "AuditData";

/// Whether a JSON object is a record.
pub(crate) fn is_record(fields: &[Field<'_>]) -> bool {
    MARKS.iter().all(|mark| fields.iter().any(|field| field.key == *mark))
}

/// The text of the record that a row of an export holds.
pub(crate) fn exported(fields: &[Field<'_>]) -> Option<String> {
    let field = fields.iter().find(|field| field.key == AUDIT_DATA)?;
    match field.value {
        Raw::Cell(text) | Raw::Text(text) | Raw::Nested { json: text, .. } => Some(text.to_owned()),
        Raw::Escaped(body) => {
            let mut text = String::new();
            json::unescape(body, &mut text);
            Some(text)
        }
        _ => None,
    }
}

/// A row: its table, and its columns as the text of a JSON object.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) table: &'static str,
    pub(crate) json: String,
}

/// The rows of a record. The error says what is wrong with it.
pub(crate) fn rows(text: &str, geography: Option<&dyn Geography>) -> Result<Vec<Row>, String> {
    let record: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("not a record of the audit log: {error}"))?;
    let record = record::Record::new(record);
    if let Some(missing) = MARKS.iter().find(|mark| record.text(mark).is_none()) {
        return Err(format!("not a record of the audit log: it has no `{missing}`"));
    }
    if record.text("CreationTime").and_then(|text| datetime::parse(&text)).is_none() {
        return Err("a record of the audit log whose `CreationTime` is no time".to_owned());
    }
    let place = record.client().ip.and_then(|ip| geography?.locate(ip));
    let row = |table, columns: Map<String, Value>| Row { table, json: Value::Object(columns).to_string() };
    let mut rows = vec![row(ecs::TABLE, ecs::document(&record, place.as_ref()))];
    rows.extend(office_activity::row(&record).map(|columns| row(office_activity::TABLE, columns)));
    rows.push(row(cloud_app_events::TABLE, cloud_app_events::row(&record, place.as_ref())));
    Ok(rows)
}
