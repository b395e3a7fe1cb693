//! Who did what.

use sqlx::{Any, Row, Transaction, any::AnyRow};

use crate::{
    Moment, State, StateError,
    error::Doing,
    rows::{Record, read_all},
    select::Select,
};

const READING: &str = "reading the record of who did what";

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditLine {
    /// Where it stands: lines sort by it, the oldest first.
    pub id: String,
    /// When.
    pub at: Moment,
    /// Who: a person's name, `token NAME of PERSON`, or `spoofwatch`.
    pub actor: String,
    /// What was done, such as `close` or `set role`.
    pub action: String,
    /// What it was done to, such as `alert ID` or `user NAME`.
    pub subject: String,
    /// How.
    pub detail: String,
}

/// Which lines to read. Every condition that is set has to hold.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// By this person; case matters.
    pub actor: Option<String>,
    /// This was done.
    pub action: Option<String>,
    /// What was done to something that is called so from its beginning: `alert`, `user kim`.
    pub subject: Option<String>,
    /// At or after.
    pub since: Option<Moment>,
    /// Before.
    pub until: Option<Moment>,
    /// Only lines older than the one with this id: the next page.
    pub before: Option<String>,
}

impl Record for AuditLine {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        Ok(Self {
            id: row.try_get("id").doing(READING)?,
            at: row.try_get("at").doing(READING)?,
            actor: row.try_get("actor").doing(READING)?,
            action: row.try_get("action").doing(READING)?,
            subject: row.try_get("subject").doing(READING)?,
            detail: row.try_get("detail").doing(READING)?,
        })
    }
}

impl State {
    /// Lines of the record, the youngest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditLine>, StateError> {
        let mut query = Select::all_of("audit");
        query.text(" AND actor = ", filter.actor.as_deref(), "");
        query.text(" AND action = ", filter.action.as_deref(), "");
        if let Some(subject) = filter.subject.as_deref().filter(|subject| !subject.is_empty()) {
            // Not LIKE, whose wildcards a name may hold, and no range, which sorts as the database's language does.
            query.number(" AND substr(subject, 1, CAST(", i64::try_from(subject.chars().count()).ok());
            query.text(" AS INTEGER)) = ", Some(subject), "");
        }
        query.number(" AND at >= ", filter.since);
        query.number(" AND at < ", filter.until);
        query.text(" AND id < ", filter.before.as_deref(), "");
        query.then(" ORDER BY id DESC");
        query.number(" LIMIT ", Some(limit));
        read_all(&query.rows(&self.pool).await.doing(READING)?)
    }

    /// The names of all who stand in the record as having done something, by name; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn actors(&self, limit: i64) -> Result<Vec<String>, StateError> {
        let rows = sqlx::query("SELECT DISTINCT actor FROM audit ORDER BY actor LIMIT $1")
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        rows.iter().map(|row| row.try_get("actor").doing(READING)).collect()
    }

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
    let row = sqlx::query("SELECT COUNT(*) AS n FROM audit WHERE at = $1").bind(at).fetch_one(&mut **work).await.doing(DOING)?;
    let place: i64 = row.try_get("n").doing(DOING)?;
    sqlx::query("INSERT INTO audit (id, at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(format!("{at:020}-{place:04}"))
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
