//! Rows of the database as the records they are.

use sqlx::{Row, any::AnyRow};

use crate::{Alert, Delivery, Detail, Exclusion, Fix, Incident, RuleState, Run, StateError, error::Doing};

/// A record that is read from a row with all its columns.
pub(crate) trait Record: Sized {
    fn read(row: &AnyRow) -> Result<Self, StateError>;
}

/// Reads every row.
pub(crate) fn read_all<R: Record>(rows: &[AnyRow]) -> Result<Vec<R>, StateError> {
    rows.iter().map(R::read).collect()
}

const READING: &str = "reading a record";

macro_rules! record {
    ($name:ident: $($field:ident),+ $(,)?) => {
        impl Record for $name {
            fn read(row: &AnyRow) -> Result<Self, StateError> {
                Ok(Self { $($field: row.try_get(stringify!($field)).doing(READING)?),+ })
            }
        }
    };
}

record!(Run: id, rule_key, rule_name, version, kind, intended_at, window_from, window_to, started_at, duration_us, status, message,
    hits, raised, known, excluded, suppressed, held);
record!(RuleState: rule_key, rule_name, version, evaluated_to, quiet_until, last_run, last_status, last_message);
record!(Incident: id, number, title, severity, status, verdict, assignee, comment, created_at, updated_at, first_event, last_event,
    alerts);
record!(Exclusion: id, name, owner, reason, status, approved_by, created_at, updated_at, expires_at, suppressed, last_suppressed, body);
record!(Fix: id, kind, subject, title, alert_id, finding, status, proposed_by, approved_by, created_at, updated_at, next_at, attempts,
    message, body);
record!(Delivery: id, target, subject, status, attempts, next_at, created_at, delivered_at, last_error);

impl Record for Alert {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        let id: String = row.try_get("id").doing(READING)?;
        let detail: String = row.try_get("detail").doing(READING)?;
        let detail: Detail = serde_json::from_str(&detail).map_err(|error| StateError::Damaged {
            what: "alert",
            id: id.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            id,
            rule_key: row.try_get("rule_key").doing(READING)?,
            rule_name: row.try_get("rule_name").doing(READING)?,
            rule_version: row.try_get("rule_version").doing(READING)?,
            run_id: row.try_get("run_id").doing(READING)?,
            title: row.try_get("title").doing(READING)?,
            description: row.try_get("description").doing(READING)?,
            reason: row.try_get("reason").doing(READING)?,
            severity: row.try_get("severity").doing(READING)?,
            risk_score: row.try_get("risk_score").doing(READING)?,
            confidence: row.try_get("confidence").doing(READING)?,
            status: row.try_get("status").doing(READING)?,
            verdict: row.try_get("verdict").doing(READING)?,
            assignee: row.try_get("assignee").doing(READING)?,
            comment: row.try_get("comment").doing(READING)?,
            created_at: row.try_get("created_at").doing(READING)?,
            updated_at: row.try_get("updated_at").doing(READING)?,
            first_event: row.try_get("first_event").doing(READING)?,
            last_event: row.try_get("last_event").doing(READING)?,
            window_from: row.try_get("window_from").doing(READING)?,
            window_to: row.try_get("window_to").doing(READING)?,
            suppressed: row.try_get("suppressed").doing(READING)?,
            incident_id: row.try_get("incident_id").doing(READING)?,
            detail,
        })
    }
}
