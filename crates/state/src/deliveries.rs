//! Notifications, kept until they are delivered.

use sqlx::Row;

use crate::{
    Alert, Delivery, State, StateError,
    error::Doing,
    rows::{Record, read_all},
    select::Select,
};

const DOING: &str = "keeping notifications";

/// How often a notification is tried while those behind it wait: with the waits of `detect::notify`, for about forty minutes.
pub const IN_LINE: i64 = 8;

/// The longest that a notification waits until it is tried again, in microseconds: a day. One that is to wait longer was put off by a
/// clock that was ahead, and is due.
pub const LONGEST_WAIT: i64 = 86_400_000_000;

impl State {
    /// Notifications whose time has come, the oldest first, each with the alert it tells of.
    ///
    /// A target hears of alerts in their order: one that did not arrive holds up those behind it until it is tried again. One that was
    /// tried [`IN_LINE`] times stands aside, so that a notification that its receiver cannot take does not hold up the others for days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_deliveries(&self, now: i64, limit: i64) -> Result<Vec<(Delivery, Alert)>, StateError> {
        let rows = sqlx::query(
            "SELECT * FROM delivery WHERE status = 'waiting' AND (next_at <= $1 OR next_at > $2) AND NOT EXISTS \
             (SELECT 1 FROM delivery AS before WHERE before.target = delivery.target AND before.status = 'waiting' \
             AND before.next_at > $1 AND before.next_at <= $2 AND before.attempts <= $3 \
             AND (before.created_at < delivery.created_at \
             OR (before.created_at = delivery.created_at AND before.id < delivery.id))) ORDER BY created_at, id LIMIT $4",
        )
        .bind(now)
        .bind(now.saturating_add(LONGEST_WAIT))
        .bind(IN_LINE)
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
        let mut select = Select::all_of("delivery");
        select.text(" AND status = ", status, "");
        select.then(" ORDER BY created_at DESC, id");
        select.number(" LIMIT ", Some(limit));
        let rows = select.rows(&self.pool).await.doing(DOING)?;
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
        .execute(&self.writing)
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
        .execute(&self.writing)
        .await
        .doing(DOING)?;
        Ok(())
    }
}
