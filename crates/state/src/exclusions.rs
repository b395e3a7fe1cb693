//! Exclusions as they are kept: proposed, approved, revoked, and what they took.

use crate::{
    Exclusion, State, StateError, audit,
    error::Doing,
    rows::{Record, read_all},
};

const READING: &str = "reading exclusions";
const CHANGING: &str = "changing an exclusion";

impl State {
    /// Every exclusion, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exclusions(&self) -> Result<Vec<Exclusion>, StateError> {
        let rows = sqlx::query("SELECT * FROM exclusion ORDER BY created_at, id").fetch_all(&self.pool).await.doing(READING)?;
        read_all(&rows)
    }

    /// The exclusion with this id.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn exclusion(&self, id: &str) -> Result<Exclusion, StateError> {
        let row =
            sqlx::query("SELECT * FROM exclusion WHERE id = $1").bind(id).fetch_optional(&self.pool).await.doing(READING)?;
        row.as_ref().map(Exclusion::read).transpose()?.ok_or_else(|| StateError::Unknown { what: "exclusion", id: id.to_owned() })
    }

    /// Keeps an exclusion: a new one, or a new text of one that is there (whose counts stay).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_exclusion(&self, exclusion: &Exclusion, actor: &str) -> Result<(), StateError> {
        let mut work = self.begin(CHANGING).await?;
        sqlx::query(
            "INSERT INTO exclusion (id, name, owner, reason, status, approved_by, created_at, updated_at, expires_at, suppressed, \
             last_suppressed, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, NULL, $10) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner, reason = excluded.reason, \
             status = excluded.status, approved_by = excluded.approved_by, updated_at = excluded.updated_at, \
             expires_at = excluded.expires_at, body = excluded.body",
        )
        .bind(exclusion.id.as_str())
        .bind(exclusion.name.as_str())
        .bind(exclusion.owner.as_str())
        .bind(exclusion.reason.as_str())
        .bind(exclusion.status.as_str())
        .bind(exclusion.approved_by.as_deref())
        .bind(exclusion.created_at)
        .bind(exclusion.updated_at)
        .bind(exclusion.expires_at)
        .bind(exclusion.body.as_str())
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        let subject = format!("exclusion {}", exclusion.id);
        audit::record(&mut work, exclusion.updated_at, actor, &exclusion.status, &subject, &exclusion.reason).await?;
        work.commit().await.doing(CHANGING)
    }
}
