//! Hits and alerts of rules by day: counted in the transaction that keeps a run, so that a list of rules need not read every run of a month.

use std::collections::BTreeMap;

use sqlx::{Any, Row, Transaction};

use crate::{Alert, Moment, Run, State, StateError, error::Doing, select::Select};

const COUNTING: &str = "counting what a rule found";
const READING: &str = "reading how rules fare";
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What a rule found on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RuleDay {
    /// Rows that its runs gave.
    pub(crate) hits: u64,
    /// Alerts that it raised.
    pub(crate) alerts: u64,
}

/// The day of a moment, counted since 1970 (UTC).
pub(crate) const fn day_of(moment: Moment) -> i64 {
    moment.div_euclid(DAY)
}

/// Counts the hits of a run that is about to be kept. Of one that takes the place of another only the difference counts.
pub(crate) async fn count_run(work: &mut Transaction<'static, Any>, run: &Run) -> Result<(), StateError> {
    sqlx::query(
        "INSERT INTO rule_day (day, rule_key, hits, alerts) SELECT $1, $2, $3 - before.hits, 0 \
         FROM (SELECT COALESCE(MAX(hits), 0) AS hits FROM run WHERE id = $4) AS before WHERE before.hits <> $3 \
         ON CONFLICT (day, rule_key) DO UPDATE SET hits = rule_day.hits + excluded.hits",
    )
    .bind(day_of(run.started_at))
    .bind(run.rule_key.as_str())
    .bind(run.hits)
    .bind(run.id.as_str())
    .execute(&mut **work)
    .await
    .doing(COUNTING)?;
    Ok(())
}

/// Counts an alert that is raised.
pub(crate) async fn count_alert(work: &mut Transaction<'static, Any>, alert: &Alert) -> Result<(), StateError> {
    sqlx::query(
        "INSERT INTO rule_day (day, rule_key, hits, alerts) VALUES ($1, $2, 0, 1) \
         ON CONFLICT (day, rule_key) DO UPDATE SET alerts = rule_day.alerts + 1",
    )
    .bind(day_of(alert.created_at))
    .bind(alert.rule_key.as_str())
    .execute(&mut **work)
    .await
    .doing(COUNTING)?;
    Ok(())
}

impl State {
    /// What each rule found on each day from `first` on, by key: every rule, or one.
    pub(crate) async fn rule_days(
        &self,
        first: i64,
        rule: Option<&str>,
    ) -> Result<BTreeMap<String, BTreeMap<i64, RuleDay>>, StateError> {
        let mut select = Select::of("SELECT day, rule_key, hits, alerts FROM rule_day");
        select.number(" WHERE day >= ", Some(first));
        select.text(" AND rule_key = ", rule, "");
        let rows = select.rows(&self.pool).await.doing(READING)?;
        let mut all: BTreeMap<String, BTreeMap<i64, RuleDay>> = BTreeMap::new();
        for row in &rows {
            let number = |name: &str| row.try_get::<i64, _>(name).doing(READING);
            let count = |name: &str| Ok::<_, StateError>(u64::try_from(number(name)?).unwrap_or_default());
            let key: String = row.try_get("rule_key").doing(READING)?;
            let found = RuleDay { hits: count("hits")?, alerts: count("alerts")? };
            all.entry(key).or_default().insert(number("day")?, found);
        }
        Ok(all)
    }
}
