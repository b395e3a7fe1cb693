//! How rules stand, and what their runs did.

use crate::{
    RuleState, Run, State, StateError,
    error::Doing,
    rows::{Record, read_all},
    select::Select,
};

const READING: &str = "reading how rules stand";

impl State {
    /// How a rule stands; `None` where it never ran.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule(&self, rule_key: &str) -> Result<Option<RuleState>, StateError> {
        let row = sqlx::query("SELECT * FROM rule_state WHERE rule_key = $1")
            .bind(rule_key)
            .fetch_optional(&self.pool)
            .await
            .doing(READING)?;
        row.as_ref().map(RuleState::read).transpose()
    }

    /// How every rule stands that ever ran.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rules(&self) -> Result<Vec<RuleState>, StateError> {
        let rows = sqlx::query("SELECT * FROM rule_state ORDER BY rule_key").fetch_all(&self.pool).await.doing(READING)?;
        read_all(&rows)
    }

    /// The last runs, the youngest first: of one rule, or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runs(&self, rule_key: Option<&str>, limit: i64) -> Result<Vec<Run>, StateError> {
        // A condition that may be absent would have every run read there ever was.
        let mut select = Select::all_of("run");
        select.text(" AND rule_key = ", rule_key, "");
        select.then(" ORDER BY started_at DESC, intended_at DESC");
        select.number(" LIMIT ", Some(limit));
        let rows = select.rows(&self.pool).await.doing(READING)?;
        read_all(&rows)
    }

    /// Keeps a run that found nothing because it failed; how far the rule has come stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failed(&self, run: Run, now: i64) -> Result<(), StateError> {
        let outcome = crate::Outcome {
            run,
            alerts: Vec::new(),
            kept: Vec::new(),
            progress: crate::Progress::default(),
            grouping: crate::Grouping::default(),
            notify: Vec::new(),
        };
        self.commit(outcome, now).await.map(|_| ())
    }

    /// Forgets runs with their figures, delivered notifications and seen computed rows older than `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget(&self, before: i64) -> Result<u64, StateError> {
        const DOING: &str = "removing what is old";
        let mut work = self.begin(DOING).await?;
        let mut gone = 0;
        for statement in [
            "DELETE FROM run WHERE started_at < $1",
            "DELETE FROM delivery WHERE status <> 'waiting' AND created_at < $1",
            "DELETE FROM seen WHERE until IS NOT NULL AND until < $1",
            "DELETE FROM suppression WHERE until < $1",
            "DELETE FROM kept_hit WHERE at < $1",
            "DELETE FROM rule_day WHERE day < $1 / 86400000000",
        ] {
            gone += sqlx::query(statement).bind(before).execute(&mut *work).await.doing(DOING)?.rows_affected();
        }
        work.commit().await.doing(DOING)?;
        Ok(gone)
    }
}
