//! Who did what.

use sqlx::{Any, Transaction};

use crate::{Moment, State, StateError, error::Doing};

impl State {
    /// Writes down what was done by somebody to something that is kept elsewhere, such as a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(&self, at: Moment, actor: &str, action: &str, subject: &str, detail: &str) -> Result<(), StateError> {
        const DOING: &str = "recording who did what";
        let mut work = self.begin(DOING).await?;
        record(&mut work, at, actor, action, subject, detail).await?;
        work.commit().await.doing(DOING)
    }
}

/// Writes one line of the record, in the transaction that does the thing.
pub(crate) async fn record(
    work: &mut Transaction<'static, Any>,
    at: i64,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StateError> {
    const DOING: &str = "recording who did what";
    let place: i64 = sqlx::Row::try_get(
        &sqlx::query("SELECT COUNT(*) AS n FROM audit WHERE at = $1").bind(at).fetch_one(&mut **work).await.doing(DOING)?,
        "n",
    )
    .doing(DOING)?;
    sqlx::query("INSERT INTO audit (id, at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(format!("{at:020}-{place}"))
        .bind(at)
        .bind(actor)
        .bind(action)
        .bind(subject)
        .bind(detail)
        .execute(&mut **work)
        .await
        .doing(DOING)?;
    Ok(())
}
