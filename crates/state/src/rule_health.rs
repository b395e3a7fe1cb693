//! How rules fare, for a list of all of them: a statement for each kind of figure, however many rules there are.

use std::collections::BTreeMap;

use sqlx::{Row, any::AnyRow};

use crate::{Moment, State, StateError, error::Doing, select::Select};

const READING: &str = "reading how rules fare";

/// How long the last nine runs of each rule took. Of each rule its last runs by the index, and not every run there ever was: SQLite keeps
/// the order of a CROSS JOIN.
const DURATIONS: &str = "SELECT run.rule_key AS rule_key, run.duration_us AS n FROM rule_state CROSS JOIN run \
     WHERE run.rule_key = rule_state.rule_key AND run.started_at >= COALESCE((SELECT earlier.started_at FROM run AS earlier \
     WHERE earlier.rule_key = rule_state.rule_key ORDER BY earlier.started_at DESC LIMIT 1 OFFSET 8), 0)";
/// Open alerts.
const OPEN: &str = "SELECT rule_key, COUNT(*) AS n FROM alert WHERE status <> 'closed'";
/// Closed alerts.
const CLOSED: &str = "SELECT rule_key, verdict, COUNT(*) AS n FROM alert WHERE verdict IS NOT NULL";

/// How a rule fares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleHealth {
    /// How long its runs take, in microseconds: the median of the last ones; 0 where it never ran.
    pub duration_us: i64,
    /// Rows its runs gave.
    pub hits: u64,
    /// Alerts by day, counted in days since 1970 (UTC).
    pub days: BTreeMap<i64, u64>,
    /// Open alerts.
    pub open: u64,
    /// Closed alerts by verdict.
    pub verdicts: BTreeMap<String, u64>,
}

/// From when on figures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Hits, and alerts by day: the first day, counted since 1970 (UTC). They are kept as long as runs are.
    pub day: i64,
    /// Verdicts of alerts, by when they were given.
    pub verdicts: Moment,
}

impl State {
    /// How each rule fares that ever ran or raised an alert, by key: of all rules, or of one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_health(&self, since: Since, rule: Option<&str>) -> Result<BTreeMap<String, RuleHealth>, StateError> {
        let mut all: BTreeMap<String, RuleHealth> = BTreeMap::new();
        let mut durations: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let mut last = Select::of(DURATIONS);
        last.text(" AND rule_state.rule_key = ", rule, "");
        for row in last.rows(&self.pool).await.doing(READING)? {
            durations.entry(key(&row)?).or_default().push(row.try_get("n").doing(READING)?);
        }
        for (key, mut micros) in durations {
            micros.sort_unstable();
            all.entry(key).or_default().duration_us = micros.get(micros.len() / 2).copied().unwrap_or_default();
        }
        for (key, days) in self.rule_days(since.day, rule).await? {
            let health = all.entry(key).or_default();
            health.hits = days.values().map(|found| found.hits).sum();
            health.days =
                days.into_iter().filter(|(_, found)| found.alerts > 0).map(|(day, found)| (day, found.alerts)).collect();
        }
        let mut open = Select::of(OPEN);
        open.text(" AND rule_key = ", rule, "");
        open.then(" GROUP BY rule_key");
        for row in open.rows(&self.pool).await.doing(READING)? {
            all.entry(key(&row)?).or_default().open = count(&row)?;
        }
        let mut closed = Select::of(CLOSED);
        closed.number(" AND updated_at >= ", Some(since.verdicts));
        closed.text(" AND rule_key = ", rule, "");
        closed.then(" GROUP BY rule_key, verdict");
        for row in closed.rows(&self.pool).await.doing(READING)? {
            let verdict: String = row.try_get("verdict").doing(READING)?;
            all.entry(key(&row)?).or_default().verdicts.insert(verdict, count(&row)?);
        }
        Ok(all)
    }
}

fn key(row: &AnyRow) -> Result<String, StateError> {
    row.try_get("rule_key").doing(READING)
}

fn count(row: &AnyRow) -> Result<u64, StateError> {
    let count: i64 = row.try_get("n").doing(READING)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grouping, Outcome, Progress, Run};

    #[tokio::test]
    async fn the_median_is_of_the_last_runs_and_hits_are_of_the_days_asked_for() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let state = State::scratch(folder.path(), "state.db").await?;
        // Ten runs a day, for two days.
        const TENTH: i64 = 8_640_000_000;
        for place in 0..20_i64 {
            let run = Run {
                id: place.to_string(),
                rule_key: "r1".to_owned(),
                started_at: place * TENTH,
                duration_us: if place < 11 { 1_000 } else { place },
                hits: 2,
                ..Run::default()
            };
            let outcome = Outcome {
                run,
                alerts: Vec::new(),
                kept: Vec::new(),
                progress: Progress::default(),
                grouping: Grouping::default(),
                notify: Vec::new(),
            };
            state.commit(outcome, place * TENTH).await?;
        }
        let since = Since { day: 1, verdicts: 0 };
        let health = state.rule_health(since, None).await?;
        assert_eq!(health.len(), 1);
        assert_eq!((health["r1"].duration_us, health["r1"].hits, health["r1"].open), (15, 20, 0));
        assert_eq!(state.rule_health(Since { day: 0, verdicts: 0 }, None).await?["r1"].hits, 40);
        assert_eq!(state.rule_health(since, Some("r1")).await?, health, "one rule alone is as it is among all");
        assert!(state.rule_health(since, Some("r2")).await?.is_empty());
        Ok(())
    }
}
