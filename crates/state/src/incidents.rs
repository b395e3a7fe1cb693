//! Incidents: alerts that share what they are about.

use crate::{
    AlertChange, Incident, State, StateError,
    alerts::described,
    audit,
    error::Doing,
    rows::{Record, read_all},
    select::Select,
};

const READING: &str = "reading incidents";
const CHANGING: &str = "changing an incident";

impl State {
    /// Incidents, the last changed first: those with one of the statuses, or all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn incidents(&self, statuses: &[String], limit: Option<i64>) -> Result<Vec<Incident>, StateError> {
        let mut query = Select::all_of("incident");
        query.one_of("status", statuses);
        query.then(" ORDER BY updated_at DESC, number DESC");
        query.number(" LIMIT ", limit);
        let rows = query.rows(&self.pool).await.doing(READING)?;
        read_all(&rows)
    }

    /// The incident with this id (`INC-7`) or number (`7`).
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn incident(&self, id: &str) -> Result<Incident, StateError> {
        let full = if id.bytes().all(|byte| byte.is_ascii_digit()) { format!("INC-{id}") } else { id.to_uppercase() };
        let row =
            sqlx::query("SELECT * FROM incident WHERE id = $1").bind(full).fetch_optional(&self.pool).await.doing(READING)?;
        row.as_ref().map(Incident::read).transpose()?.ok_or_else(|| StateError::Unknown { what: "incident", id: id.to_owned() })
    }

    /// Changes an incident, and closes its open alerts with it when it is closed.
    ///
    /// # Errors
    /// When there is no such incident or the database fails.
    pub async fn change_incident(&self, id: &str, change: &AlertChange, actor: &str, now: i64) -> Result<Incident, StateError> {
        let incident = self.incident(id).await?;
        let mut work = self.begin(CHANGING).await?;
        for statement in [
            "UPDATE incident SET status = COALESCE($1, status), verdict = COALESCE($2, verdict), \
             assignee = CASE WHEN $3 = '' THEN NULL ELSE COALESCE($3, assignee) END, comment = COALESCE($4, comment), \
             updated_at = $5 WHERE id = $6",
            "UPDATE alert SET status = COALESCE($1, status), verdict = COALESCE($2, verdict), \
             assignee = CASE WHEN $3 = '' THEN NULL ELSE COALESCE($3, assignee) END, comment = COALESCE($4, comment), \
             updated_at = $5 WHERE incident_id = $6 AND status <> 'closed'",
        ] {
            sqlx::query(statement)
                .bind(change.status.as_deref())
                .bind(change.verdict.as_deref())
                .bind(change.assignee.as_deref())
                .bind(change.comment.as_deref())
                .bind(now)
                .bind(incident.id.as_str())
                .execute(&mut *work)
                .await
                .doing(CHANGING)?;
        }
        let (action, detail) = described(change);
        audit::record(&mut work, now, actor, action, &format!("incident {}", incident.id), &detail).await?;
        work.commit().await.doing(CHANGING)?;
        self.incident(&incident.id).await
    }
}
