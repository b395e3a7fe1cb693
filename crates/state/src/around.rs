//! What is around an alert: its run, who was told of it, what its entities were in before, which other alerts are near.

use std::collections::BTreeMap;

use sqlx::Row;

use crate::{
    Alert, Delivery, Entity, Incident, Moment, Run, State, StateError, audit,
    error::Doing,
    rows::{Record, read_all},
    select::Select,
};

const READING: &str = "reading what is around an alert";
const TELLING: &str = "keeping a notification";
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Alerts of one entity that are looked at for being near: the latest.
const NEAR: i64 = 200;
/// Entities of an alert that are looked at for what they share.
const SHARED: usize = 12;

/// How often an entity was seen in alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntityPast {
    /// Alerts that name it.
    pub alerts: u64,
    /// Those closed as true positives.
    pub true_positives: u64,
    /// Those closed as benign or false positives.
    pub harmless: u64,
    /// When the first was raised.
    pub first: Option<Moment>,
    /// Alerts by day since the moment asked for, in days since 1970 (UTC).
    pub days: BTreeMap<i64, u64>,
}

impl State {
    /// The run with this id; `None` where it is forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run(&self, id: &str) -> Result<Option<Run>, StateError> {
        let row = sqlx::query("SELECT * FROM run WHERE id = $1").bind(id).fetch_optional(&self.pool).await.doing(READING)?;
        row.as_ref().map(Run::read).transpose()
    }

    /// Notifications of an alert, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries_of(&self, alert: &str) -> Result<Vec<Delivery>, StateError> {
        let rows = sqlx::query("SELECT * FROM delivery WHERE subject = $1 ORDER BY created_at, id")
            .bind(alert)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        read_all(&rows)
    }

    /// Has a target told of an alert, once more where it was told before, and says in the record who wanted it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell_again(&self, alert: &Alert, target: &str, actor: &str, now: Moment) -> Result<(), StateError> {
        let payload = serde_json::to_string(alert).map_err(|error| StateError::Damaged {
            what: "alert",
            id: alert.id.clone(),
            reason: error.to_string(),
        })?;
        let mut work = self.begin(TELLING).await?;
        sqlx::query(
            "INSERT INTO delivery (id, target, subject, status, attempts, next_at, created_at, payload) \
             VALUES ($1, $2, $3, 'waiting', 0, $4, $4, $5) ON CONFLICT (id) DO NOTHING",
        )
        // The moment is in it: what was delivered before does not stand for what is wanted now.
        .bind(format!("{target}/{}/{now}", alert.id))
        .bind(target)
        .bind(alert.id.as_str())
        .bind(now)
        .bind(payload)
        .execute(&mut *work)
        .await
        .doing(TELLING)?;
        audit::record(&mut work, now, actor, "notify", &format!("alert {}", alert.id), &format!("target: {target}")).await?;
        work.commit().await.doing(TELLING)
    }

    /// How often an entity was seen in alerts, and on which days since a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entity_past(&self, entity: &Entity, since: Moment) -> Result<EntityPast, StateError> {
        let value = entity.value.to_lowercase();
        let row = sqlx::query(
            "SELECT COUNT(*) AS n, SUM(CASE WHEN verdict = 'true_positive' THEN 1 ELSE 0 END) AS yes, \
             SUM(CASE WHEN verdict IN ('benign_positive', 'false_positive') THEN 1 ELSE 0 END) AS no, MIN(created_at) AS first \
             FROM alert_entity JOIN alert ON alert.id = alert_entity.alert_id WHERE kind = $1 AND value = $2",
        )
        .bind(entity.kind.as_str())
        .bind(value.as_str())
        .fetch_one(&self.pool)
        .await
        .doing(READING)?;
        let count = |value: Option<i64>| u64::try_from(value.unwrap_or_default()).unwrap_or_default();
        let mut past = EntityPast {
            alerts: count(row.try_get("n").doing(READING)?),
            true_positives: count(row.try_get("yes").doing(READING)?),
            harmless: count(row.try_get("no").doing(READING)?),
            first: row.try_get("first").doing(READING)?,
            days: BTreeMap::new(),
        };
        let days = format!(
            "SELECT created_at / {DAY} AS day, COUNT(*) AS n FROM alert_entity JOIN alert ON alert.id = alert_entity.alert_id \
             WHERE kind = $1 AND value = $2 AND created_at >= $3 GROUP BY created_at / {DAY}"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(days))
            .bind(entity.kind.as_str())
            .bind(value)
            .bind(since)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        for row in &rows {
            past.days.insert(row.try_get("day").doing(READING)?, count(row.try_get("n").doing(READING)?));
        }
        Ok(past)
    }

    /// Other alerts that are near one: of its incident, about the same, of the same rule; the nearest first, without evidence.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn near(&self, alert: &Alert, most: usize) -> Result<Vec<Alert>, StateError> {
        let mut nearness: BTreeMap<String, u32> = BTreeMap::new();
        for entity in alert.detail.entities.iter().take(SHARED) {
            let rows = sqlx::query(
                "SELECT alert.id AS id FROM alert_entity JOIN alert ON alert.id = alert_entity.alert_id \
                 WHERE kind = $1 AND value = $2 ORDER BY created_at DESC LIMIT $3",
            )
            .bind(entity.kind.as_str())
            .bind(entity.value.to_lowercase())
            .bind(NEAR)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
            // What half of all alerts are about brings two of them less near than what few are about.
            let weight = if rows.len() < 20 { 20 } else { 5 };
            for row in &rows {
                *nearness.entry(row.try_get("id").doing(READING)?).or_default() += weight;
            }
        }
        for (column, value, weight) in
            [("incident_id", alert.incident_id.as_deref(), 100), ("rule_key", Some(alert.rule_key.as_str()), 1)]
        {
            let Some(value) = value else { continue };
            let text = format!("SELECT id FROM alert WHERE {column} = $1 ORDER BY created_at DESC LIMIT 50");
            let rows = sqlx::query(sqlx::AssertSqlSafe(text)).bind(value).fetch_all(&self.pool).await.doing(READING)?;
            for row in &rows {
                *nearness.entry(row.try_get("id").doing(READING)?).or_default() += weight;
            }
        }
        nearness.remove(&alert.id);
        let mut nearest: Vec<(u32, String)> = nearness.into_iter().map(|(id, weight)| (weight, id)).collect();
        nearest.sort_unstable_by(|left, right| right.cmp(left));
        nearest.truncate(most);
        let ids: Vec<String> = nearest.iter().map(|(_, id)| id.clone()).collect();
        let mut found = self.alerts_of(&ids).await?;
        let weight = |alert: &Alert| nearest.iter().find(|(_, id)| *id == alert.id).map_or(0, |(weight, _)| *weight);
        found.sort_by_key(|alert| std::cmp::Reverse((weight(alert), alert.created_at)));
        found.iter_mut().for_each(|alert| alert.detail.evidence.clear());
        Ok(found)
    }

    /// The alerts with these ids that are there, the youngest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts_of(&self, ids: &[String]) -> Result<Vec<Alert>, StateError> {
        let mut found = Vec::with_capacity(ids.len());
        // A statement takes so many parameters and no more.
        for part in ids.chunks(500) {
            let mut query = Select::all_of("alert");
            query.one_of("id", part);
            query.then(" ORDER BY created_at DESC, id");
            found.extend(read_all::<Alert>(&query.rows(&self.pool).await.doing(READING)?)?);
        }
        Ok(found)
    }

    /// The verdicts of the alerts with these ids that were closed with one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verdicts_of(&self, ids: &[String]) -> Result<BTreeMap<String, String>, StateError> {
        let mut found = BTreeMap::new();
        for part in ids.chunks(500) {
            let mut query = Select::all_of("alert");
            query.one_of("id", part);
            query.then(" AND verdict IS NOT NULL");
            for row in query.rows(&self.pool).await.doing(READING)? {
                found.insert(row.try_get("id").doing(READING)?, row.try_get("verdict").doing(READING)?);
            }
        }
        Ok(found)
    }

    /// A page of incidents, the last changed first: those with one of the statuses, or all; and how many there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn incident_page(&self, statuses: &[String], from: i64, most: i64) -> Result<(Vec<Incident>, u64), StateError> {
        let mut query = Select::all_of("incident");
        query.one_of("status", statuses);
        query.then(" ORDER BY updated_at DESC, number DESC");
        query.number(" LIMIT ", Some(most));
        query.number(" OFFSET ", Some(from));
        let page = read_all(&query.rows(&self.pool).await.doing(READING)?)?;
        let mut total = 0;
        let rows = sqlx::query("SELECT status, COUNT(*) AS n FROM incident GROUP BY status")
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        for row in &rows {
            let (status, count): (String, i64) = (row.try_get("status").doing(READING)?, row.try_get("n").doing(READING)?);
            if statuses.is_empty() || statuses.contains(&status) {
                total += u64::try_from(count).unwrap_or_default();
            }
        }
        Ok((page, total))
    }
}
