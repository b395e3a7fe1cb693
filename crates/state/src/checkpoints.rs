//! How far something has come that is resumed after an end of the program: a feed of telemetry, a rotation of keys.

use sqlx::Row;

use crate::{Moment, State, StateError, error::Doing};

const READING: &str = "reading how far something has come";
const KEEPING: &str = "keeping how far something has come";

impl State {
    /// What was kept under a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint(&self, name: &str) -> Result<Option<String>, StateError> {
        let row = sqlx::query("SELECT body FROM checkpoint WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .doing(READING)?;
        row.map(|row| row.try_get("body").doing(READING)).transpose()
    }

    /// All that was kept under names that begin so, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoints(&self, beginning: &str) -> Result<Vec<(String, String)>, StateError> {
        // Not LIKE, whose wildcards a name may hold.
        let length = i64::try_from(beginning.chars().count()).unwrap_or(i64::MAX);
        let rows = sqlx::query("SELECT name, body FROM checkpoint WHERE substr(name, 1, CAST($1 AS INTEGER)) = $2 ORDER BY name")
            .bind(length)
            .bind(beginning)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        rows.iter().map(|row| Ok((row.try_get("name").doing(READING)?, row.try_get("body").doing(READING)?))).collect()
    }

    /// Keeps how far something has come, in place of what was kept before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_checkpoint(&self, name: &str, body: &str, now: Moment) -> Result<(), StateError> {
        let mut work = self.begin(KEEPING).await?;
        sqlx::query(
            "INSERT INTO checkpoint (name, body, updated_at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
        )
        .bind(name)
        .bind(body)
        .bind(now)
        .execute(&mut *work)
        .await
        .doing(KEEPING)?;
        work.commit().await.doing(KEEPING)
    }

    /// Forgets what was kept under a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_checkpoint(&self, name: &str) -> Result<(), StateError> {
        let mut work = self.begin(KEEPING).await?;
        sqlx::query("DELETE FROM checkpoint WHERE name = $1").bind(name).execute(&mut *work).await.doing(KEEPING)?;
        work.commit().await.doing(KEEPING)
    }
}
