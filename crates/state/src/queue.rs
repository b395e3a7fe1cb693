//! The queue of alerts: a page of those that meet conditions, how many there are, and of which kinds.

use sqlx::{Any, Row, Transaction};

use crate::{
    Alert, Condition, Detail, QueueField, State, StateError,
    error::Doing,
    rows::{Record, read_all},
    select::Select,
};

const READING: &str = "reading the queue";
const KEEPING: &str = "keeping what the queue shows of an alert";

/// The columns of an alert, with what the queue shows in place of all its detail.
const BRIEF: &str = "SELECT id, rule_key, rule_name, rule_version, run_id, title, description, reason, severity, risk_score, \
     confidence, status, verdict, assignee, comment, created_at, updated_at, first_event, last_event, window_from, window_to, \
     suppressed, incident_id, COALESCE((SELECT body FROM alert_brief WHERE alert_id = alert.id), '{}') AS detail FROM alert WHERE ";

/// Values of a field that are counted.
const FACETS: [(QueueField, &str, &str); 5] = [
    (QueueField::Severity, "SELECT severity AS value, severity AS label, COUNT(*) AS n FROM alert WHERE ", " GROUP BY severity"),
    (QueueField::Status, "SELECT status AS value, status AS label, COUNT(*) AS n FROM alert WHERE ", " GROUP BY status"),
    (
        QueueField::Rule,
        "SELECT rule_key AS value, MAX(rule_name) AS label, COUNT(*) AS n FROM alert WHERE ",
        " GROUP BY rule_key",
    ),
    // Ids of messages are of one alert each: nobody narrows a queue by them.
    (
        QueueField::Entity,
        "SELECT value, value AS label, COUNT(DISTINCT alert_id) AS n FROM alert CROSS JOIN alert_entity \
         WHERE alert_id = alert.id AND kind <> 'MailMessage' AND ",
        " GROUP BY value",
    ),
    (
        QueueField::Assignee,
        "SELECT assignee AS value, assignee AS label, COUNT(*) AS n FROM alert WHERE assignee IS NOT NULL AND ",
        " GROUP BY assignee",
    ),
];
/// Values counted of a field, the most frequent ones.
const COUNTED: i64 = 10;
/// Alerts that are looked at for the past of one entity.
const PAST: i64 = 10_000;
/// Alerts that get what the queue shows of them in one transaction.
const PART: i64 = 200;

/// What is asked of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueAsk {
    /// What alerts have to meet.
    pub condition: Condition,
    /// By what they are sorted, and whether the largest is first; none: the youngest first. Of equal ones the youngest is first.
    pub sort: Option<(QueueField, bool)>,
    /// How many are passed over.
    pub skip: i64,
    /// How many are given at most.
    pub limit: i64,
}

/// A page of the queue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueuePage {
    /// The alerts, without evidence, query and guide.
    pub alerts: Vec<Alert>,
    /// How many meet the condition.
    pub total: i64,
    /// How many of them have each value of `severity`, `status`, `rule`, `entity` and `assignee`: the most frequent ten.
    pub facets: Vec<(QueueField, Vec<QueueCount>)>,
}

/// How many alerts have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueCount {
    /// The value, as a condition compares it.
    pub value: String,
    /// What people read: a rule's name for its key.
    pub label: String,
    /// How many.
    pub count: i64,
}

impl State {
    /// A page of the queue.
    ///
    /// # Errors
    /// With more conditions than [`crate::MOST_CONDITIONS`], and when the database fails.
    pub async fn queue(&self, ask: &QueueAsk) -> Result<QueuePage, StateError> {
        let mut select = Select::of(BRIEF);
        ask.condition.write(&mut select)?;
        if let Some((field, descending)) = ask.sort {
            select.then(" ORDER BY ");
            select.then(field.order());
            select.then(if descending { " DESC, created_at DESC, id" } else { ", created_at DESC, id" });
        } else {
            select.then(" ORDER BY created_at DESC, id");
        }
        select.number(" LIMIT ", Some(ask.limit.max(0)));
        select.number(" OFFSET ", Some(ask.skip.max(0)));
        let alerts = read_all(&select.rows(&self.pool).await.doing(READING)?)?;
        let mut facets = Vec::with_capacity(FACETS.len());
        for (field, before, after) in FACETS {
            facets.push((field, self.counted(&ask.condition, before, after).await?));
        }
        Ok(QueuePage { alerts, total: self.count_alerts(&ask.condition).await?, facets })
    }

    /// How many alerts meet a condition.
    ///
    /// # Errors
    /// As [`State::queue`].
    pub async fn count_alerts(&self, condition: &Condition) -> Result<i64, StateError> {
        let mut select = Select::of("SELECT COUNT(*) AS n FROM alert WHERE ");
        condition.write(&mut select)?;
        let rows = select.rows(&self.pool).await.doing(READING)?;
        rows.first().map_or(Ok(0), |row| row.try_get("n").doing(READING))
    }

    /// Alerts that meet a condition, with their evidence, the youngest first.
    ///
    /// # Errors
    /// As [`State::queue`].
    pub async fn alerts_where(&self, condition: &Condition, limit: i64) -> Result<Vec<Alert>, StateError> {
        let mut select = Select::of("SELECT * FROM alert WHERE ");
        condition.write(&mut select)?;
        select.then(" ORDER BY created_at DESC, id");
        select.number(" LIMIT ", Some(limit.max(0)));
        read_all(&select.rows(&self.pool).await.doing(READING)?)
    }

    /// Alerts that name an entity, the oldest first: when each was raised, and its verdict. Of very many the youngest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn past_of_entity(&self, kind: &str, value: &str) -> Result<Vec<(i64, Option<String>)>, StateError> {
        let rows = sqlx::query(
            "SELECT created_at, verdict FROM alert WHERE id IN (SELECT alert_id FROM alert_entity WHERE kind = $1 AND value = $2) \
             ORDER BY created_at DESC LIMIT $3",
        )
        .bind(kind)
        .bind(value.to_lowercase())
        .bind(PAST)
        .fetch_all(&self.pool)
        .await
        .doing(READING)?;
        rows.iter()
            .rev()
            .map(|row| Ok((row.try_get("created_at").doing(READING)?, row.try_get("verdict").doing(READING)?)))
            .collect()
    }

    async fn counted(
        &self,
        condition: &Condition,
        before: &'static str,
        after: &'static str,
    ) -> Result<Vec<QueueCount>, StateError> {
        let mut select = Select::of(before);
        condition.write(&mut select)?;
        select.then(after);
        select.then(" ORDER BY n DESC, value");
        select.number(" LIMIT ", Some(COUNTED));
        let rows = select.rows(&self.pool).await.doing(READING)?;
        rows.iter()
            .map(|row| {
                Ok(QueueCount {
                    value: row.try_get("value").doing(READING)?,
                    label: row.try_get("label").doing(READING)?,
                    count: row.try_get("n").doing(READING)?,
                })
            })
            .collect()
    }

    /// Gives alerts of before there was a queue what it shows of them. Done once for a database.
    pub(crate) async fn brief_all(&self) -> Result<(), StateError> {
        loop {
            let mut work = self.begin(KEEPING).await?;
            let done: i64 = sqlx::query("SELECT value FROM counter WHERE name = 'alert_briefs'")
                .fetch_one(&mut *work)
                .await
                .doing(KEEPING)?
                .try_get("value")
                .doing(KEEPING)?;
            if done != 0 {
                return Ok(());
            }
            let rows = sqlx::query("SELECT * FROM alert WHERE id NOT IN (SELECT alert_id FROM alert_brief) ORDER BY id LIMIT $1")
                .bind(PART)
                .fetch_all(&mut *work)
                .await
                .doing(KEEPING)?;
            for row in &rows {
                let alert = Alert::read(row)?;
                insert_brief(&mut work, &alert).await?;
            }
            if rows.is_empty() {
                sqlx::query("UPDATE counter SET value = 1 WHERE name = 'alert_briefs'")
                    .execute(&mut *work)
                    .await
                    .doing(KEEPING)?;
            }
            work.commit().await.doing(KEEPING)?;
        }
    }
}

/// Keeps what the queue shows of an alert, and what it is looked for by.
pub(crate) async fn insert_brief(work: &mut Transaction<'static, Any>, alert: &Alert) -> Result<(), StateError> {
    let detail = &alert.detail;
    let brief = Detail {
        tactics: detail.tactics.clone(),
        techniques: detail.techniques.clone(),
        entities: detail.entities.clone(),
        evidence_rows: detail.evidence_rows,
        language: detail.language.clone(),
        tags: detail.tags.clone(),
        ..Detail::default()
    };
    let body = serde_json::to_string(&brief).map_err(|error| StateError::Damaged {
        what: "alert",
        id: alert.id.clone(),
        reason: error.to_string(),
    })?;
    sqlx::query("INSERT INTO alert_brief (alert_id, body) VALUES ($1, $2) ON CONFLICT (alert_id) DO NOTHING")
        .bind(alert.id.as_str())
        .bind(body)
        .execute(&mut **work)
        .await
        .doing(KEEPING)?;
    let techniques = detail.tactics.iter().chain(&detail.techniques).map(|attack| ("technique", &attack.id));
    for (kind, value) in techniques.chain(detail.tags.iter().map(|tag| ("tag", tag))) {
        sqlx::query("INSERT INTO alert_mark (alert_id, kind, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(alert.id.as_str())
            .bind(kind)
            .bind(value.to_lowercase())
            .execute(&mut **work)
            .await
            .doing(KEEPING)?;
    }
    Ok(())
}
