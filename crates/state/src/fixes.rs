//! Fixes as they are kept: offered, approved or refused, made, proved, taken back. What a plan says is the business of others.
//!
//! A fix is made once: it goes from one status to the next only where it still has the status that the step begins with
//! ([`State::move_fix`]), and who does it is written down in the same transaction, with the fix and with the alert it answers.

use sqlx::Row;

use crate::{
    Moment, State, StateError, audit,
    error::Doing,
    rows::{Record, read_all},
    select::Select,
};

const READING: &str = "reading fixes";
const CHANGING: &str = "changing a fix";

/// The statuses of a fix, in the order in which it comes to them.
pub const FIX_STATUSES: [&str; 9] =
    ["proposed", "approved", "refused", "applying", "applied", "verified", "failed", "undoing", "undone"];

/// Statuses that something is still to come of.
const OPEN: [&str; 5] = ["proposed", "approved", "applying", "applied", "undoing"];

/// A change that closes a hole, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fix {
    /// Hexadecimal; made of what it does and what it answers.
    pub id: String,
    /// What it does, such as `dkim-enable`.
    pub kind: String,
    /// What it does that to: a domain, a rule of the tenant.
    pub subject: String,
    /// What a list shows.
    pub title: String,
    /// The alert it answers.
    pub alert_id: Option<String>,
    /// The check whose finding it answers.
    pub finding: Option<String>,
    /// One of [`FIX_STATUSES`].
    pub status: String,
    /// Who offered it: a person, or `spoofwatch`.
    pub proposed_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it was offered.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Nothing is tried again before this moment.
    pub next_at: Moment,
    /// How often it was tried in its present status.
    pub attempts: i64,
    /// What the last try met.
    pub message: String,
    /// The plan and how far it has come, JSON.
    pub body: String,
}

/// Which fixes to list. Every condition that is set has to hold.
#[derive(Debug, Clone, Default)]
pub struct FixFilter {
    /// With one of these statuses; empty: any.
    pub statuses: Vec<String>,
    /// That answer this alert.
    pub alert_id: Option<String>,
    /// Of this subject.
    pub subject: Option<String>,
}

/// A step of a fix.
#[derive(Debug, Clone, Copy)]
pub struct FixStep<'a> {
    /// The statuses that the step may begin with.
    pub from: &'a [&'a str],
    /// The status it ends with.
    pub to: &'a str,
    /// What the record calls it.
    pub action: &'a str,
    /// What it met.
    pub message: &'a str,
    /// The plan as it is now; `None` leaves it.
    pub body: Option<&'a str>,
    /// Nothing is tried again before this moment.
    pub next_at: Moment,
    /// Take the step only where the fix's own moment for the next try has come: nobody else holds it.
    pub due: bool,
}

impl State {
    /// Fixes, the youngest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fixes(&self, filter: &FixFilter) -> Result<Vec<Fix>, StateError> {
        let mut query = Select::all_of("fix");
        query.one_of("status", &filter.statuses);
        query.text(" AND alert_id = ", filter.alert_id.as_deref(), "");
        query.text(" AND subject = ", filter.subject.as_deref(), "");
        query.then(" ORDER BY created_at DESC, id");
        read_all(&query.rows(&self.pool).await.doing(READING)?)
    }

    /// The fix with this id, or the only one whose id begins so.
    ///
    /// # Errors
    /// When there is none, there are several, or the database fails.
    pub async fn fix(&self, id: &str) -> Result<Fix, StateError> {
        let unknown = || StateError::Unknown { what: "fix", id: id.to_owned() };
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        let begin = id.to_lowercase();
        let rows = sqlx::query("SELECT * FROM fix WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 5")
            .bind(begin.as_str())
            .bind(format!("{begin}g"))
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        let mut found: Vec<Fix> = read_all(&rows)?;
        match found.len() {
            0 => Err(unknown()),
            1 => Ok(found.swap_remove(0)),
            _ => Err(StateError::Ambiguous {
                what: "fix",
                id: id.to_owned(),
                candidates: found.iter().map(|fix| fix.id.get(..12).unwrap_or(&fix.id)).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// Offers a fix. Where one of the same kind, subject and alert is open, that one is given back and nothing is added; so is one that
    /// has the same id, whatever became of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offer_fix(&self, fix: &Fix) -> Result<Fix, StateError> {
        let mut work = self.begin(CHANGING).await?;
        let rows = sqlx::query(
            "SELECT * FROM fix WHERE id = $1 OR (kind = $2 AND subject = $3 AND COALESCE(alert_id, '') = $4 AND \
             COALESCE(finding, '') = $5) ORDER BY created_at DESC",
        )
        .bind(fix.id.as_str())
        .bind(fix.kind.as_str())
        .bind(fix.subject.as_str())
        .bind(fix.alert_id.as_deref().unwrap_or_default())
        .bind(fix.finding.as_deref().unwrap_or_default())
        .fetch_all(&mut *work)
        .await
        .doing(CHANGING)?;
        let there: Vec<Fix> = read_all(&rows)?;
        if let Some(there) = there.into_iter().find(|there| there.id == fix.id || OPEN.contains(&there.status.as_str())) {
            return Ok(there);
        }
        sqlx::query(
            "INSERT INTO fix (id, kind, subject, title, alert_id, finding, status, proposed_by, approved_by, created_at, updated_at, \
             next_at, attempts, message, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $9, $9, 0, $10, $11)",
        )
        .bind(fix.id.as_str())
        .bind(fix.kind.as_str())
        .bind(fix.subject.as_str())
        .bind(fix.title.as_str())
        .bind(fix.alert_id.as_deref())
        .bind(fix.finding.as_deref())
        .bind(fix.status.as_str())
        .bind(fix.proposed_by.as_str())
        .bind(fix.created_at)
        .bind(fix.message.as_str())
        .bind(fix.body.as_str())
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        noted(&mut work, fix, &fix.proposed_by, "offer", &fix.title, fix.created_at).await?;
        work.commit().await.doing(CHANGING)?;
        Ok(fix.clone())
    }

    /// Takes a fix a step on, where it still has a status that the step begins with and, if that is asked for, is due: `None` otherwise, and nothing has changed. A step to
    /// `approved` keeps who made it as the one who approved.
    ///
    /// # Errors
    /// When there is no such fix or the database fails.
    pub async fn move_fix(&self, id: &str, step: &FixStep<'_>, actor: &str, now: Moment) -> Result<Option<Fix>, StateError> {
        let mut work = self.begin(CHANGING).await?;
        let unknown = || StateError::Unknown { what: "fix", id: id.to_owned() };
        let row = sqlx::query("SELECT * FROM fix WHERE id = $1").bind(id).fetch_optional(&mut *work).await.doing(CHANGING)?;
        let before = row.as_ref().map(Fix::read).transpose()?.ok_or_else(unknown)?;
        if !step.from.contains(&before.status.as_str()) || (step.due && before.next_at > now) {
            return Ok(None);
        }
        let approved_by = (step.to == "approved").then_some(actor);
        let attempts = if step.to == before.status { before.attempts.saturating_add(1) } else { 0 };
        let row = sqlx::query(
            "UPDATE fix SET status = $1, approved_by = COALESCE($2, approved_by), updated_at = $3, next_at = $4, attempts = $5, \
             message = $6, body = COALESCE($7, body) WHERE id = $8 RETURNING *",
        )
        .bind(step.to)
        .bind(approved_by)
        .bind(now)
        .bind(step.next_at)
        .bind(attempts)
        .bind(step.message)
        .bind(step.body)
        .bind(id)
        .fetch_one(&mut *work)
        .await
        .doing(CHANGING)?;
        let fix = Fix::read(&row)?;
        // A try that met what the last one met is no news.
        if step.to != before.status || step.message != before.message {
            noted(&mut work, &fix, actor, step.action, step.message, now).await?;
        }
        work.commit().await.doing(CHANGING)?;
        Ok(Some(fix))
    }

    /// Everything that was done, the latest first: when, who, what, to what, details.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_log(&self, limit: i64) -> Result<Vec<(Moment, String, String, String, String)>, StateError> {
        let rows = sqlx::query("SELECT at, actor, action, subject, detail FROM audit ORDER BY id DESC LIMIT $1")
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        let text = |row: &sqlx::any::AnyRow, name: &str| row.try_get::<String, _>(name).doing(READING);
        rows.iter()
            .map(|row| {
                Ok((
                    row.try_get("at").doing(READING)?,
                    text(row, "actor")?,
                    text(row, "action")?,
                    text(row, "subject")?,
                    text(row, "detail")?,
                ))
            })
            .collect()
    }
}

/// Writes down what was done with a fix, there and with the alert it answers.
async fn noted(
    work: &mut sqlx::Transaction<'static, sqlx::Any>,
    fix: &Fix,
    actor: &str,
    action: &str,
    detail: &str,
    now: Moment,
) -> Result<(), StateError> {
    audit::record(work, now, actor, action, &format!("fix {}", fix.id), detail).await?;
    if let Some(alert) = &fix.alert_id {
        let detail = format!("{} ({}): {detail}", fix.kind, fix.id.get(..10).unwrap_or(&fix.id));
        audit::record(work, now, actor, &format!("fix: {action}"), &format!("alert {alert}"), &detail).await?;
    }
    Ok(())
}
