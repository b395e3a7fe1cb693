//! Up to where what arrived has been looked at.

use std::collections::BTreeMap;

use sqlx::Row;

use crate::{Moment, State, StateError, error::Doing};

impl State {
    /// Up to which version of each table what arrived has been looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seen(&self) -> Result<BTreeMap<String, u64>, StateError> {
        const DOING: &str = "reading which rows have been seen";
        let rows = sqlx::query("SELECT table_name, version FROM arrival").fetch_all(&self.pool).await.doing(DOING)?;
        rows.iter()
            .map(|row| {
                let table: String = row.try_get("table_name").doing(DOING)?;
                let version: i64 = row.try_get("version").doing(DOING)?;
                Ok((table, u64::try_from(version).unwrap_or_default()))
            })
            .collect()
    }

    /// Keeps up to where what arrived has been looked at, and that continuous rules have come to a moment with it: both or neither.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn saw(&self, seen: &BTreeMap<String, u64>, rules: &[&str], at: Moment) -> Result<(), StateError> {
        const DOING: &str = "keeping which rows have been seen";
        let mut work = self.begin(DOING).await?;
        for (table, version) in seen {
            sqlx::query(
                "INSERT INTO arrival (table_name, version) VALUES ($1, $2) \
                 ON CONFLICT (table_name) DO UPDATE SET version = excluded.version",
            )
            .bind(table.as_str())
            .bind(i64::try_from(*version).unwrap_or(i64::MAX))
            .execute(&mut *work)
            .await
            .doing(DOING)?;
        }
        for rule in rules {
            sqlx::query("UPDATE rule_state SET evaluated_to = $1 WHERE rule_key = $2")
                .bind(at)
                .bind(*rule)
                .execute(&mut *work)
                .await
                .doing(DOING)?;
        }
        work.commit().await.doing(DOING)
    }
}
