//! Hits that raised no alert: what exclusions took and what was beyond a rule's limit.

use serde_json::{Map, Value};
use sqlx::Row;

use crate::{State, StateError, error::Doing, select::Select};

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

/// Which hits to list. Every condition that is set has to hold.
#[derive(Debug, Clone, Default)]
pub struct HitFilter {
    /// Of this rule.
    pub rule_key: Option<String>,
    /// That this exclusion took.
    pub exclusion_id: Option<String>,
    /// `excluded` or `held`.
    pub kind: Option<String>,
    /// At most so many; none: all.
    pub limit: Option<i64>,
}

impl State {
    /// Hits that raised no alert, the youngest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hits(&self, filter: &HitFilter) -> Result<Vec<KeptRow>, StateError> {
        const READING: &str = "reading hits that raised no alert";
        let mut query = Select::all_of("kept_hit");
        query.text(" AND rule_key = ", filter.rule_key.as_deref(), "");
        query.text(" AND exclusion_id = ", filter.exclusion_id.as_deref(), "");
        query.text(" AND kind = ", filter.kind.as_deref(), "");
        query.then(" ORDER BY at DESC, event_key");
        query.number(" LIMIT ", filter.limit);
        let rows = query.rows(&self.pool).await.doing(READING)?;
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

    /// As [`State::hits`]: of one rule, of one exclusion, or all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_hits(
        &self,
        rule_key: Option<&str>,
        exclusion: Option<&str>,
        limit: i64,
    ) -> Result<Vec<KeptRow>, StateError> {
        let of = |value: Option<&str>| value.map(str::to_owned);
        self.hits(&HitFilter { rule_key: of(rule_key), exclusion_id: of(exclusion), kind: None, limit: Some(limit) }).await
    }
}
