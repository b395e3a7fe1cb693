//! Keeping what a run of a rule found, in one transaction.
//!
//! Every hit has a key. `seen` remembers the keys a rule has alerted on, so that overlapping windows, runs that are done again and a
//! process that died between two runs never raise the same twice. Hits an exclusion took, or that were beyond the rule's limit, are
//! not in `seen`: when the exclusion ends, or the limit leaves room, a window that still holds them raises them.

use std::collections::HashMap;

use sqlx::{Any, Row, Transaction};

use crate::{
    Alert, Committed, EventKey, Grouping, Kept, KeptHit, NewAlert, Outcome, Run, SEVERITIES, State, StateError, Suppression,
    error::Doing, queue::insert_brief, rule_days, select::Select,
};

const KEEPING: &str = "keeping what a rule found";
/// Keys that are asked for at once: fewer than either database takes values in a statement.
const PART: usize = 500;

type Work = Transaction<'static, Any>;

impl State {
    /// Which of these hits the rule has not alerted on yet, by their place in `events`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unseen(&self, rule_key: &str, events: &[EventKey], window_from: i64) -> Result<Vec<usize>, StateError> {
        let mut seen: HashMap<String, Option<i64>> = HashMap::new();
        for part in events.chunks(PART) {
            let keys: Vec<String> = part.iter().map(|event| event.key.clone()).collect();
            let mut select = Select::all_of("seen");
            select.text(" AND rule_key = ", Some(rule_key), "");
            select.one_of("event_key", &keys);
            for row in select.rows(&self.pool).await.doing(KEEPING)? {
                seen.insert(row.try_get("event_key").doing(KEEPING)?, row.try_get("until").doing(KEEPING)?);
            }
        }
        let is_unseen = |event: &EventKey| match seen.get(&event.key) {
            None => true,
            Some(until) => until.is_some_and(|until| until < window_from),
        };
        Ok(events.iter().enumerate().filter(|(_, event)| is_unseen(event)).map(|(place, _)| place).collect())
    }

    /// Keeps a run and all it found: both or neither.
    ///
    /// # Errors
    /// When the database fails; nothing has changed then, and the same outcome can be given again.
    pub async fn commit(&self, outcome: Outcome, now: i64) -> Result<Committed, StateError> {
        let mut work = self.begin(KEEPING).await?;
        let mut done = Committed { run: outcome.run, raised: Vec::new() };
        for new in outcome.alerts {
            raise(&mut work, &mut done, new, &outcome.grouping, &outcome.notify, now).await?;
        }
        for kept in &outcome.kept {
            keep(&mut work, &mut done.run, kept, now).await?;
        }
        done.run.raised = i64::try_from(done.raised.len()).unwrap_or(i64::MAX);
        rule_days::count_run(&mut work, &done.run).await?;
        insert_run(&mut work, &done.run).await?;
        let progress = &outcome.progress;
        sqlx::query(
            "INSERT INTO rule_state (rule_key, rule_name, version, evaluated_to, quiet_until, last_run, last_status, last_message) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (rule_key) DO UPDATE SET \
             rule_name = excluded.rule_name, version = excluded.version, \
             evaluated_to = COALESCE(excluded.evaluated_to, rule_state.evaluated_to), \
             quiet_until = COALESCE(excluded.quiet_until, rule_state.quiet_until), \
             last_run = excluded.last_run, last_status = excluded.last_status, last_message = excluded.last_message",
        )
        .bind(done.run.rule_key.as_str())
        .bind(done.run.rule_name.as_str())
        .bind(done.run.version.as_str())
        .bind(progress.evaluated_to)
        .bind(progress.quiet_until)
        .bind(done.run.started_at)
        .bind(done.run.status.as_str())
        .bind(done.run.message.as_str())
        .execute(&mut *work)
        .await
        .doing(KEEPING)?;
        work.commit().await.doing(KEEPING)?;
        Ok(done)
    }
}

async fn raise(
    work: &mut Work,
    done: &mut Committed,
    new: NewAlert,
    grouping: &Grouping,
    notify: &[String],
    now: i64,
) -> Result<(), StateError> {
    let NewAlert { mut alert, events, suppression } = new;
    let mut fresh = 0;
    for event in &events {
        if claim(work, &alert, event, now).await? {
            fresh += 1;
        } else {
            done.run.known += 1;
        }
    }
    if fresh == 0 {
        return Ok(());
    }
    if let Some(suppression) = &suppression
        && add_to_suppressing(work, &alert, suppression, fresh).await?
    {
        done.run.suppressed += fresh;
        return Ok(());
    }
    if grouping.incidents {
        alert.incident_id = Some(incident_for(work, &alert, grouping).await?);
    }
    insert_alert(work, &alert).await?;
    if let Some(suppression) = &suppression {
        sqlx::query(
            "INSERT INTO suppression (rule_key, suppression_key, alert_id, until) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (rule_key, suppression_key) DO UPDATE SET alert_id = excluded.alert_id, until = excluded.until",
        )
        .bind(alert.rule_key.as_str())
        .bind(suppression.key.as_str())
        .bind(alert.id.as_str())
        .bind(suppression.until)
        .execute(&mut **work)
        .await
        .doing(KEEPING)?;
    }
    // Alerts of one run are told in the order in which they were raised.
    let place = i64::try_from(done.raised.len()).unwrap_or_default();
    for target in notify {
        queue(work, target, &alert, (now, now.saturating_add(place))).await?;
    }
    done.raised.push(alert.id);
    Ok(())
}

/// Takes an event for the rule. False where the rule has alerted on it before.
async fn claim(work: &mut Work, alert: &Alert, event: &EventKey, now: i64) -> Result<bool, StateError> {
    let taken = sqlx::query(
        "INSERT INTO seen (rule_key, event_key, until, outcome, seen_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (rule_key, event_key) DO UPDATE SET until = excluded.until, outcome = excluded.outcome, seen_at = excluded.seen_at \
         WHERE seen.until IS NOT NULL AND seen.until < $6",
    )
    .bind(alert.rule_key.as_str())
    .bind(event.key.as_str())
    .bind(event.until)
    .bind(alert.id.as_str())
    .bind(now)
    .bind(alert.window_from)
    .execute(&mut **work)
    .await
    .doing(KEEPING)?
    .rows_affected()
        > 0;
    if taken {
        // It was kept before, as excluded or beyond the limit; now it is an alert.
        sqlx::query("DELETE FROM kept_hit WHERE rule_key = $1 AND event_key = $2")
            .bind(alert.rule_key.as_str())
            .bind(event.key.as_str())
            .execute(&mut **work)
            .await
            .doing(KEEPING)?;
    }
    Ok(taken)
}

/// Gives the hits to an open alert that takes them. False where there is none.
async fn add_to_suppressing(work: &mut Work, alert: &Alert, suppression: &Suppression, hits: i64) -> Result<bool, StateError> {
    let changed = sqlx::query(
        "UPDATE alert SET suppressed = suppressed + $1, updated_at = $2, \
         last_event = CASE WHEN last_event IS NULL OR last_event < $3 THEN $3 ELSE last_event END \
         WHERE status <> 'closed' AND id IN \
         (SELECT alert_id FROM suppression WHERE rule_key = $4 AND suppression_key = $5 AND until >= $6)",
    )
    .bind(hits)
    .bind(alert.updated_at)
    .bind(alert.last_event)
    .bind(alert.rule_key.as_str())
    .bind(suppression.key.as_str())
    .bind(alert.window_to)
    .execute(&mut **work)
    .await
    .doing(KEEPING)?;
    Ok(changed.rows_affected() > 0)
}

async fn insert_alert(work: &mut Work, alert: &Alert) -> Result<(), StateError> {
    let detail = serde_json::to_string(&alert.detail).map_err(|error| StateError::Damaged {
        what: "alert",
        id: alert.id.clone(),
        reason: error.to_string(),
    })?;
    sqlx::query(
        "INSERT INTO alert (id, rule_key, rule_name, rule_version, run_id, title, description, reason, severity, risk_score, confidence, \
         status, verdict, assignee, comment, created_at, updated_at, first_event, last_event, window_from, window_to, suppressed, \
         incident_id, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
    )
    .bind(alert.id.as_str())
    .bind(alert.rule_key.as_str())
    .bind(alert.rule_name.as_str())
    .bind(alert.rule_version.as_str())
    .bind(alert.run_id.as_str())
    .bind(alert.title.as_str())
    .bind(alert.description.as_str())
    .bind(alert.reason.as_str())
    .bind(alert.severity.as_str())
    .bind(alert.risk_score)
    .bind(alert.confidence.as_str())
    .bind(alert.status.as_str())
    .bind(alert.verdict.as_deref())
    .bind(alert.assignee.as_deref())
    .bind(alert.comment.as_deref())
    .bind(alert.created_at)
    .bind(alert.updated_at)
    .bind(alert.first_event)
    .bind(alert.last_event)
    .bind(alert.window_from)
    .bind(alert.window_to)
    .bind(alert.suppressed)
    .bind(alert.incident_id.as_deref())
    .bind(detail)
    .execute(&mut **work)
    .await
    .doing(KEEPING)?;
    for entity in &alert.detail.entities {
        sqlx::query("INSERT INTO alert_entity (alert_id, kind, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(alert.id.as_str())
            .bind(entity.kind.as_str())
            .bind(entity.value.to_lowercase())
            .execute(&mut **work)
            .await
            .doing(KEEPING)?;
    }
    rule_days::count_alert(work, alert).await?;
    insert_brief(work, alert).await
}

/// The incident that the alert belongs to: the youngest open one with an alert that shares an entity, or a new one.
async fn incident_for(work: &mut Work, alert: &Alert, grouping: &Grouping) -> Result<String, StateError> {
    for entity in &alert.detail.entities {
        if !grouping.entity_kinds.is_empty() && !grouping.entity_kinds.contains(&entity.kind) {
            continue;
        }
        let found = sqlx::query(
            "SELECT i.id, i.severity FROM alert_entity e JOIN alert a ON a.id = e.alert_id JOIN incident i ON i.id = a.incident_id \
             WHERE e.kind = $1 AND e.value = $2 AND i.updated_at >= $3 AND (i.status <> 'closed' OR $4 = 1) \
             AND ($5 = 1 OR a.rule_key = $6) ORDER BY i.updated_at DESC LIMIT 1",
        )
        .bind(entity.kind.as_str())
        .bind(entity.value.to_lowercase())
        .bind(alert.created_at.saturating_sub(grouping.within))
        .bind(i64::from(grouping.reopen))
        .bind(i64::from(grouping.across_rules))
        .bind(alert.rule_key.as_str())
        .fetch_optional(&mut **work)
        .await
        .doing(KEEPING)?;
        if let Some(row) = found {
            let id: String = row.try_get("id").doing(KEEPING)?;
            let severity: String = row.try_get("severity").doing(KEEPING)?;
            join_incident(work, &id, &severity, alert).await?;
            return Ok(id);
        }
    }
    open_incident(work, alert).await
}

async fn join_incident(work: &mut Work, id: &str, severity: &str, alert: &Alert) -> Result<(), StateError> {
    sqlx::query(
        "UPDATE incident SET alerts = alerts + 1, updated_at = $1, severity = $2, \
         status = CASE WHEN status = 'closed' THEN 'new' ELSE status END, \
         first_event = CASE WHEN first_event IS NULL OR first_event > $3 THEN $3 ELSE first_event END, \
         last_event = CASE WHEN last_event IS NULL OR last_event < $4 THEN $4 ELSE last_event END WHERE id = $5",
    )
    .bind(alert.created_at)
    .bind(worse(severity, &alert.severity))
    .bind(alert.first_event)
    .bind(alert.last_event)
    .bind(id)
    .execute(&mut **work)
    .await
    .doing(KEEPING)?;
    Ok(())
}

async fn open_incident(work: &mut Work, alert: &Alert) -> Result<String, StateError> {
    let number: i64 = sqlx::query("UPDATE counter SET value = value + 1 WHERE name = 'incident' RETURNING value")
        .fetch_one(&mut **work)
        .await
        .doing(KEEPING)?
        .try_get("value")
        .doing(KEEPING)?;
    let id = format!("INC-{number}");
    sqlx::query(
        "INSERT INTO incident (id, number, title, severity, status, created_at, updated_at, first_event, last_event, alerts) \
         VALUES ($1, $2, $3, $4, 'new', $5, $5, $6, $7, 1)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(alert.title.as_str())
    .bind(alert.severity.as_str())
    .bind(alert.created_at)
    .bind(alert.first_event)
    .bind(alert.last_event)
    .execute(&mut **work)
    .await
    .doing(KEEPING)?;
    Ok(id)
}

/// The graver of two severities.
fn worse<'a>(one: &'a str, other: &'a str) -> &'a str {
    let rank = |severity: &str| SEVERITIES.iter().position(|known| *known == severity);
    if rank(other) > rank(one) { other } else { one }
}

async fn keep(work: &mut Work, run: &mut Run, kept: &KeptHit, now: i64) -> Result<(), StateError> {
    let (kind, exclusion) = match &kept.kind {
        Kept::Excluded(id) => ("excluded", Some(id.as_str())),
        Kept::Held => ("held", None),
    };
    let hit = serde_json::to_string(&kept.hit).map_err(|error| StateError::Damaged {
        what: "hit",
        id: kept.event.key.clone(),
        reason: error.to_string(),
    })?;
    let fresh = sqlx::query(
        "INSERT INTO kept_hit (rule_key, event_key, run_id, kind, exclusion_id, at, event_at, hit) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM seen WHERE rule_key = $1 AND event_key = $2) \
         ON CONFLICT (rule_key, event_key) DO NOTHING",
    )
    .bind(run.rule_key.as_str())
    .bind(kept.event.key.as_str())
    .bind(run.id.as_str())
    .bind(kind)
    .bind(exclusion)
    .bind(now)
    .bind(kept.event_at)
    .bind(hit)
    .execute(&mut **work)
    .await
    .doing(KEEPING)?
    .rows_affected()
        > 0;
    match exclusion {
        Some(exclusion) => {
            run.excluded += 1;
            if fresh {
                sqlx::query("UPDATE exclusion SET suppressed = suppressed + 1, last_suppressed = $1 WHERE id = $2")
                    .bind(now)
                    .bind(exclusion)
                    .execute(&mut **work)
                    .await
                    .doing(KEEPING)?;
            }
        }
        None => run.held += 1,
    }
    Ok(())
}

/// Puts a notification into the queue, to be sent from one moment on and in the order of the other; the id is the target and what it
/// tells, so that it is there once.
async fn queue(work: &mut Work, target: &str, alert: &Alert, (now, order): (i64, i64)) -> Result<(), StateError> {
    let payload = serde_json::to_string(alert).map_err(|error| StateError::Damaged {
        what: "alert",
        id: alert.id.clone(),
        reason: error.to_string(),
    })?;
    sqlx::query(
        "INSERT INTO delivery (id, target, subject, status, attempts, next_at, created_at, payload) \
         VALUES ($1, $2, $3, 'waiting', 0, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
    )
    .bind(format!("{target}/{}", alert.id))
    .bind(target)
    .bind(alert.id.as_str())
    .bind(now)
    .bind(order)
    .bind(payload)
    .execute(&mut **work)
    .await
    .doing(KEEPING)?;
    Ok(())
}

/// Keeps a run; one that is made again at the same moment, after it failed, takes the place of the first.
async fn insert_run(work: &mut Work, run: &Run) -> Result<(), StateError> {
    sqlx::query(
        "INSERT INTO run (id, rule_key, rule_name, version, kind, intended_at, window_from, window_to, started_at, duration_us, status, \
         message, hits, raised, known, excluded, suppressed, held) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (id) DO UPDATE SET duration_us = excluded.duration_us, status = excluded.status, message = excluded.message, \
         hits = excluded.hits, raised = run.raised + excluded.raised, known = excluded.known, excluded = excluded.excluded, \
         suppressed = excluded.suppressed, held = excluded.held",
    )
    .bind(run.id.as_str())
    .bind(run.rule_key.as_str())
    .bind(run.rule_name.as_str())
    .bind(run.version.as_str())
    .bind(run.kind.as_str())
    .bind(run.intended_at)
    .bind(run.window_from)
    .bind(run.window_to)
    .bind(run.started_at)
    .bind(run.duration_us)
    .bind(run.status.as_str())
    .bind(run.message.as_str())
    .bind(run.hits)
    .bind(run.raised)
    .bind(run.known)
    .bind(run.excluded)
    .bind(run.suppressed)
    .bind(run.held)
    .execute(&mut **work)
    .await
    .doing(KEEPING)?;
    Ok(())
}
