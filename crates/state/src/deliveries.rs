//! Notifications, kept until they are delivered.

use sqlx::Row;

use crate::{
    Alert, Delivery, State, StateError,
    error::Doing,
    rows::{Record, read_all},
};

const DOING: &str = "keeping notifications";

impl State {
    /// Notifications whose time has come, the oldest first, each with the alert it tells of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_deliveries(&self, now: i64, limit: i64) -> Result<Vec<(Delivery, Alert)>, StateError> {
        let rows = sqlx::query("SELECT * FROM delivery WHERE status = 'waiting' AND next_at <= $1 ORDER BY next_at, id LIMIT $2")
            .bind(now)
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .doing(DOING)?;
        rows.iter()
            .map(|row| {
                let delivery = Delivery::read(row)?;
                let payload: String = row.try_get("payload").doing(DOING)?;
                let alert = serde_json::from_str(&payload).map_err(|error| StateError::Damaged {
                    what: "notification",
                    id: delivery.id.clone(),
                    reason: error.to_string(),
                })?;
                Ok((delivery, alert))
            })
            .collect()
    }

    /// Notifications of one status, or all, the youngest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(&self, status: Option<&str>, limit: i64) -> Result<Vec<Delivery>, StateError> {
        let rows = sqlx::query("SELECT * FROM delivery WHERE ($1 IS NULL OR status = $1) ORDER BY created_at DESC, id LIMIT $2")
            .bind(status)
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .doing(DOING)?;
        read_all(&rows)
    }

    /// Says that a notification arrived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivered(&self, id: &str, now: i64) -> Result<(), StateError> {
        sqlx::query(
            "UPDATE delivery SET status = 'delivered', attempts = attempts + 1, delivered_at = $1, last_error = NULL WHERE id = $2",
        )
        .bind(now)
        .bind(id)
        .execute(&self.pool)
        .await
        .doing(DOING)?;
        Ok(())
    }

    /// Says that a notification did not arrive: it is tried again at `next_at`, or given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn not_delivered(&self, id: &str, error: &str, next_at: Option<i64>) -> Result<(), StateError> {
        sqlx::query(
            "UPDATE delivery SET status = CASE WHEN $1 IS NULL THEN 'given_up' ELSE 'waiting' END, attempts = attempts + 1, \
             next_at = COALESCE($1, next_at), last_error = $2 WHERE id = $3",
        )
        .bind(next_at)
        .bind(error)
        .bind(id)
        .execute(&self.pool)
        .await
        .doing(DOING)?;
        Ok(())
    }
}
