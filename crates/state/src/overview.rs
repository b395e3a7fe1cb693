//! Alerts counted: how many are open, how many were raised day by day.

use sqlx::Row;

use crate::{Moment, State, StateError, error::Doing};

const COUNTING: &str = "counting alerts";

impl State {
    /// Alerts that are not closed, by severity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_by_severity(&self) -> Result<Vec<(String, i64)>, StateError> {
        let rows = sqlx::query("SELECT severity, COUNT(*) AS n FROM alert WHERE status <> 'closed' GROUP BY severity")
            .fetch_all(&self.pool)
            .await
            .doing(COUNTING)?;
        rows.iter().map(|row| Ok((row.try_get("severity").doing(COUNTING)?, row.try_get("n").doing(COUNTING)?))).collect()
    }

    /// Alerts that were raised in stretches of so many microseconds from a moment on, by the number of the stretch and by severity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn raised_since(&self, since: Moment, stretch: i64) -> Result<Vec<(i64, String, i64)>, StateError> {
        let rows = sqlx::query(
            "SELECT place, severity, COUNT(*) AS n FROM \
             (SELECT (created_at - $1) / $2 AS place, severity FROM alert WHERE created_at >= $1) AS raised \
             GROUP BY place, severity ORDER BY place, severity",
        )
        .bind(since)
        .bind(stretch.max(1))
        .fetch_all(&self.pool)
        .await
        .doing(COUNTING)?;
        let number = |row: &sqlx::any::AnyRow, name: &str| row.try_get::<i64, _>(name).doing(COUNTING);
        rows.iter().map(|row| Ok((number(row, "place")?, row.try_get("severity").doing(COUNTING)?, number(row, "n")?))).collect()
    }
}
