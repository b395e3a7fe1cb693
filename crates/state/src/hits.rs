//! Hits that raised no alert: what exclusions took and what was beyond a rule's limit.

use serde_json::{Map, Value};
use sqlx::Row;

use crate::{State, StateError, error::Doing};

/// A hit that raised no alert.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRow {
    /// The rule that found it.
    pub rule_key: String,
    /// `excluded` or `held`.
    pub kind: String,
    /// The exclusion that took it.
    pub exclusion_id: Option<String>,
    /// When it was found.
    pub at: i64,
    /// Its event's time.
    pub event_at: Option<i64>,
    /// The row.
    pub hit: Map<String, Value>,
}

impl State {
    /// Hits that raised no alert, the youngest first: of one rule, of one exclusion, or all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_hits(
        &self,
        rule_key: Option<&str>,
        exclusion: Option<&str>,
        limit: i64,
    ) -> Result<Vec<KeptRow>, StateError> {
        const READING: &str = "reading hits that raised no alert";
        let rows = sqlx::query(
            "SELECT rule_key, event_key, kind, exclusion_id, at, event_at, hit FROM kept_hit \
             WHERE ($1 IS NULL OR rule_key = $1) AND ($2 IS NULL OR exclusion_id = $2) ORDER BY at DESC, event_key LIMIT $3",
        )
        .bind(rule_key)
        .bind(exclusion)
        .bind(limit)
        .fetch_all(&self.pool)
        .await
        .doing(READING)?;
        rows.iter()
            .map(|row| {
                let text: String = row.try_get("hit").doing(READING)?;
                let hit = serde_json::from_str(&text).map_err(|error| StateError::Damaged {
                    what: "hit",
                    id: row.try_get("event_key").unwrap_or_default(),
                    reason: error.to_string(),
                })?;
                Ok(KeptRow {
                    rule_key: row.try_get("rule_key").doing(READING)?,
                    kind: row.try_get("kind").doing(READING)?,
                    exclusion_id: row.try_get("exclusion_id").doing(READING)?,
                    at: row.try_get("at").doing(READING)?,
                    event_at: row.try_get("event_at").doing(READING)?,
                    hit,
                })
            })
            .collect()
    }
}
