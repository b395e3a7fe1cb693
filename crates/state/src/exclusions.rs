//! Exclusions as they are kept: proposed, approved, revoked, and what they took.

use sqlx::Row;

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

    /// Approves an exclusion, proposes it anew or revokes it, says in the record who did it and in which words, and gives it back as
    /// it is now. `status` is one of those of [`Exclusion::status`]; the name of who approved stands for as long as it is approved.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn change_exclusion(
        &self,
        id: &str,
        status: &str,
        comment: &str,
        actor: &str,
        now: i64,
    ) -> Result<Exclusion, StateError> {
        let mut work = self.begin(CHANGING).await?;
        let approved_by = (status == "approved").then_some(actor);
        let row = sqlx::query("UPDATE exclusion SET status = $1, approved_by = $2, updated_at = $3 WHERE id = $4 RETURNING *")
            .bind(status)
            .bind(approved_by)
            .bind(now)
            .bind(id)
            .fetch_optional(&mut *work)
            .await
            .doing(CHANGING)?;
        let unknown = || StateError::Unknown { what: "exclusion", id: id.to_owned() };
        let changed = row.as_ref().map(Exclusion::read).transpose()?.ok_or_else(unknown)?;
        audit::record(&mut work, now, actor, status, &format!("exclusion {id}"), comment).await?;
        work.commit().await.doing(CHANGING)?;
        Ok(changed)
    }

    /// What exclusions took that are not kept here but stand beside rules in files: their ids, how many hits are kept of each, and
    /// when the last was found.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exclusions_elsewhere(&self) -> Result<Vec<(String, i64, i64)>, StateError> {
        let rows = sqlx::query(
            "SELECT exclusion_id, COUNT(*) AS n, MAX(at) AS last FROM kept_hit WHERE exclusion_id IS NOT NULL \
             AND exclusion_id NOT IN (SELECT id FROM exclusion) GROUP BY exclusion_id ORDER BY exclusion_id",
        )
        .fetch_all(&self.pool)
        .await
        .doing(READING)?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.try_get("exclusion_id").doing(READING)?,
                    row.try_get("n").doing(READING)?,
                    row.try_get("last").doing(READING)?,
                ))
            })
            .collect()
    }
}
