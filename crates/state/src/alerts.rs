//! Alerts: found, shown, worked on.

use std::collections::BTreeMap;

use sqlx::Row;

use crate::{
    Alert, State, StateError, audit,
    error::Doing,
    rows::{Record, read_all},
    select::Select,
};

const READING: &str = "reading alerts";
const CHANGING: &str = "changing an alert";

/// Which alerts to list. Every condition that is set has to hold.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// With one of these statuses; empty: any.
    pub statuses: Vec<String>,
    /// With one of these severities; empty: any.
    pub severities: Vec<String>,
    /// Of this rule.
    pub rule_key: Option<String>,
    /// With an entity of this value, whatever its type; case does not matter.
    pub entity: Option<String>,
    /// Of this incident.
    pub incident_id: Option<String>,
    /// Of this person.
    pub assignee: Option<String>,
    /// Raised at or after.
    pub since: Option<i64>,
    /// At most so many; none: all.
    pub limit: Option<i64>,
}

/// What to change of an alert; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct AlertChange {
    /// One of [`crate::STATUSES`].
    pub status: Option<String>,
    /// One of [`crate::VERDICTS`].
    pub verdict: Option<String>,
    /// Who works on it; an empty text: nobody.
    pub assignee: Option<String>,
    /// Words for the record.
    pub comment: Option<String>,
}

impl State {
    /// Alerts, the youngest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts(&self, filter: &AlertFilter) -> Result<Vec<Alert>, StateError> {
        let mut query = Select::all_of("alert");
        query.one_of("status", &filter.statuses);
        query.one_of("severity", &filter.severities);
        query.text(" AND rule_key = ", filter.rule_key.as_deref(), "");
        query.text(" AND incident_id = ", filter.incident_id.as_deref(), "");
        query.text(" AND assignee = ", filter.assignee.as_deref(), "");
        let entity = filter.entity.as_ref().map(|entity| entity.to_lowercase());
        query.text(" AND id IN (SELECT alert_id FROM alert_entity WHERE value = ", entity.as_deref(), ")");
        query.number(" AND created_at >= ", filter.since);
        query.then(" ORDER BY created_at DESC, id");
        query.number(" LIMIT ", filter.limit);
        let rows = query.rows(&self.pool).await.doing(READING)?;
        read_all(&rows)
    }

    /// The alert with this id, or the only one whose id begins so.
    ///
    /// # Errors
    /// When there is none, there are several, or the database fails.
    pub async fn alert(&self, id: &str) -> Result<Alert, StateError> {
        let unknown = || StateError::Unknown { what: "alert", id: id.to_owned() };
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        // Ids are hexadecimal: all that begin alike lie before the same with a letter that no id has. A range is found by the index.
        let begin = id.to_lowercase();
        let rows = sqlx::query("SELECT * FROM alert WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 5")
            .bind(begin.as_str())
            .bind(format!("{begin}g"))
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        let mut found: Vec<Alert> = read_all(&rows)?;
        match found.len() {
            0 => Err(unknown()),
            1 => Ok(found.swap_remove(0)),
            _ => Err(StateError::Ambiguous {
                what: "alert",
                id: id.to_owned(),
                candidates: found.iter().map(|alert| alert.id.get(..12).unwrap_or(&alert.id)).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// Changes an alert, says in the record who did it, and gives it back as it is now.
    ///
    /// # Errors
    /// When there is no such alert or the database fails.
    pub async fn change_alert(&self, id: &str, change: &AlertChange, actor: &str, now: i64) -> Result<Alert, StateError> {
        let alert = self.alert(id).await?;
        let mut work = self.begin(CHANGING).await?;
        sqlx::query(
            "UPDATE alert SET status = COALESCE($1, status), verdict = COALESCE($2, verdict), \
             assignee = CASE WHEN $3 = '' THEN NULL ELSE COALESCE($3, assignee) END, comment = COALESCE($4, comment), \
             updated_at = $5 WHERE id = $6",
        )
        .bind(change.status.as_deref())
        .bind(change.verdict.as_deref())
        .bind(change.assignee.as_deref())
        .bind(change.comment.as_deref())
        .bind(now)
        .bind(alert.id.as_str())
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        let (action, detail) = described(change);
        audit::record(&mut work, now, actor, action, &format!("alert {}", alert.id), &detail).await?;
        let row = sqlx::query("SELECT * FROM alert WHERE id = $1")
            .bind(alert.id.as_str())
            .fetch_one(&mut *work)
            .await
            .doing(CHANGING)?;
        let changed = Alert::read(&row)?;
        work.commit().await.doing(CHANGING)?;
        Ok(changed)
    }

    /// What was done with an alert, incident or exclusion (`alert ID` ...), the first thing first: when, who, what, details.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&self, subject: &str) -> Result<Vec<Done>, StateError> {
        let mut known = self.histories(&[subject.to_owned()]).await?;
        Ok(known.remove(subject).unwrap_or_default())
    }

    /// The same of several at once, by subject; what nothing was done with is not among them. At most thousands: each is a parameter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn histories(&self, subjects: &[String]) -> Result<BTreeMap<String, Vec<Done>>, StateError> {
        let mut known: BTreeMap<String, Vec<Done>> = BTreeMap::new();
        if subjects.is_empty() {
            return Ok(known);
        }
        let mut select = Select::all_of("audit");
        select.one_of("subject", subjects);
        select.then(" ORDER BY id");
        for row in &select.rows(&self.pool).await.doing(READING)? {
            let done = (
                row.try_get("at").doing(READING)?,
                row.try_get("actor").doing(READING)?,
                row.try_get("action").doing(READING)?,
                row.try_get("detail").doing(READING)?,
            );
            known.entry(row.try_get("subject").doing(READING)?).or_default().push(done);
        }
        Ok(known)
    }
}

/// Something that was done: when, who, what, details.
pub type Done = (i64, String, String, String);

/// A change as the record tells it.
pub(crate) fn described(change: &AlertChange) -> (&'static str, String) {
    let action = match (change.status.as_deref(), &change.assignee) {
        (Some("closed"), _) => "close",
        (Some(_), _) => "set status",
        (None, Some(_)) => "assign",
        (None, None) => "comment",
    };
    let parts =
        [("status", &change.status), ("verdict", &change.verdict), ("assignee", &change.assignee), ("comment", &change.comment)];
    let told: Vec<String> =
        parts.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}: {value}"))).collect();
    (action, told.join("; "))
}
