//! Sign-ins elsewhere that are under way: what was sent along, until it comes back once.

use sqlx::Row;

use crate::{Moment, State, StateError, error::Doing};

const CHANGING: &str = "keeping a sign-in that is under way";

/// So many at a time: whoever begins thousands and ends none takes no more room than this.
const MOST: i64 = 1_000;

impl State {
    /// Keeps what a sign-in elsewhere needs when it comes back, by the hash of the secret in the browser's cookie. The oldest give way
    /// where there are too many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_flow(&self, hash: &str, body: &str, now: Moment, expires_at: Moment) -> Result<(), StateError> {
        let mut work = self.begin(CHANGING).await?;
        sqlx::query("DELETE FROM sign_in_flow WHERE expires_at <= $1").bind(now).execute(&mut *work).await.doing(CHANGING)?;
        sqlx::query(
            "DELETE FROM sign_in_flow WHERE hash NOT IN (SELECT hash FROM (SELECT hash FROM sign_in_flow \
             ORDER BY expires_at DESC, hash LIMIT $1) AS kept)",
        )
        .bind(MOST - 1)
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        sqlx::query("INSERT INTO sign_in_flow (hash, body, expires_at) VALUES ($1, $2, $3)")
            .bind(hash)
            .bind(body)
            .bind(expires_at)
            .execute(&mut *work)
            .await
            .doing(CHANGING)?;
        work.commit().await.doing(CHANGING)
    }

    /// Gives out what was kept, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_flow(&self, hash: &str, now: Moment) -> Result<Option<String>, StateError> {
        let row = sqlx::query("DELETE FROM sign_in_flow WHERE hash = $1 AND expires_at > $2 RETURNING body")
            .bind(hash)
            .bind(now)
            .fetch_optional(&self.pool)
            .await
            .doing(CHANGING)?;
        row.map(|row| row.try_get("body").doing(CHANGING)).transpose()
    }
}
