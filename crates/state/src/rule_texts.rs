//! Texts of rules over time, and whether rules run. What a text means is the business of others.

use std::collections::BTreeMap;

use sqlx::{Any, Row, Transaction, any::AnyRow};

use crate::{Moment, State, StateError, audit, error::Doing};

const READING: &str = "reading texts of rules";
const CHANGING: &str = "keeping the text of a rule";

/// A text of a rule, as it once was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleText {
    /// The rule.
    pub rule_key: String,
    /// Its number, from 1; the highest is the latest.
    pub number: i64,
    /// When it was saved, or found.
    pub at: Moment,
    /// Who saved it; empty where the file was found changed.
    pub actor: String,
    /// Why.
    pub comment: String,
    /// The version that the rule itself names.
    pub version: String,
    /// The text.
    pub body: String,
}

impl RuleText {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        Ok(Self {
            rule_key: row.try_get("rule_key").doing(READING)?,
            number: row.try_get("number").doing(READING)?,
            at: row.try_get("at").doing(READING)?,
            actor: row.try_get("actor").doing(READING)?,
            comment: row.try_get("comment").doing(READING)?,
            version: row.try_get("version").doing(READING)?,
            body: row.try_get("body").doing(READING)?,
        })
    }
}

impl State {
    /// The texts that a rule has had, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_texts(&self, rule_key: &str) -> Result<Vec<RuleText>, StateError> {
        let rows = sqlx::query("SELECT * FROM rule_text WHERE rule_key = $1 ORDER BY number DESC")
            .bind(rule_key)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        rows.iter().map(RuleText::read).collect()
    }

    /// Keeps a text, unless the latest of its rule is the same, and gives its number; that of `text` is not looked at. Somebody's text is
    /// noted in the record, one that was found is not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_rule_text(&self, text: &RuleText) -> Result<i64, StateError> {
        let mut work = self.begin(CHANGING).await?;
        let number = keep(&mut work, text).await?;
        if !text.actor.is_empty() {
            let subject = format!("rule {}", text.rule_key);
            let words = format!("version {number}: {}", text.comment);
            audit::record(&mut work, text.at, &text.actor, "save", &subject, &words).await?;
        }
        work.commit().await.doing(CHANGING)?;
        Ok(number)
    }

    /// Which rules somebody switched on or off, by key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_settings(&self) -> Result<BTreeMap<String, bool>, StateError> {
        let rows = sqlx::query("SELECT rule_key, enabled FROM rule_setting").fetch_all(&self.pool).await.doing(READING)?;
        rows.iter()
            .map(|row| {
                let enabled: i64 = row.try_get("enabled").doing(READING)?;
                Ok((row.try_get("rule_key").doing(READING)?, enabled != 0))
            })
            .collect()
    }

    /// Switches a rule on or off, and says in the record who did it. One that is switched on goes on from `now`: the stretch in which it
    /// did not run is not made up for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_rule(&self, rule_key: &str, enabled: bool, actor: &str, now: Moment) -> Result<(), StateError> {
        let mut work = self.begin(CHANGING).await?;
        sqlx::query(
            "INSERT INTO rule_setting (rule_key, enabled, actor, at) VALUES ($1, $2, $3, $4) ON CONFLICT (rule_key) DO UPDATE SET \
             enabled = excluded.enabled, actor = excluded.actor, at = excluded.at",
        )
        .bind(rule_key)
        .bind(i64::from(enabled))
        .bind(actor)
        .bind(now)
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        if enabled {
            sqlx::query("UPDATE rule_state SET evaluated_to = $1 WHERE rule_key = $2 AND evaluated_to < $1")
                .bind(now)
                .bind(rule_key)
                .execute(&mut *work)
                .await
                .doing(CHANGING)?;
        }
        let action = if enabled { "enable" } else { "disable" };
        audit::record(&mut work, now, actor, action, &format!("rule {rule_key}"), "").await?;
        work.commit().await.doing(CHANGING)
    }
}

/// Keeps a text in a transaction, and gives its number.
async fn keep(work: &mut Transaction<'static, Any>, text: &RuleText) -> Result<i64, StateError> {
    let last = sqlx::query("SELECT number, body FROM rule_text WHERE rule_key = $1 ORDER BY number DESC LIMIT 1")
        .bind(text.rule_key.as_str())
        .fetch_optional(&mut **work)
        .await
        .doing(CHANGING)?;
    let mut number = 1;
    if let Some(last) = last {
        let (known, body): (i64, String) = (last.try_get("number").doing(CHANGING)?, last.try_get("body").doing(CHANGING)?);
        if body == text.body {
            return Ok(known);
        }
        number = known.saturating_add(1);
    }
    sqlx::query(
        "INSERT INTO rule_text (rule_key, number, at, actor, comment, version, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(text.rule_key.as_str())
    .bind(number)
    .bind(text.at)
    .bind(text.actor.as_str())
    .bind(text.comment.as_str())
    .bind(text.version.as_str())
    .bind(text.body.as_str())
    .execute(&mut **work)
    .await
    .doing(CHANGING)?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn text(body: &str, actor: &str) -> RuleText {
        RuleText { rule_key: "r1".to_owned(), at: 7, actor: actor.to_owned(), body: body.to_owned(), ..RuleText::default() }
    }

    #[tokio::test]
    async fn texts_are_numbered_and_the_same_text_is_kept_once() -> Outcome {
        let folder = tempfile::tempdir()?;
        let state = State::scratch(folder.path(), "state.db").await?;
        assert_eq!(state.keep_rule_text(&text("a", "")).await?, 1);
        assert_eq!(state.keep_rule_text(&text("a", "kim")).await?, 1);
        assert_eq!(state.keep_rule_text(&text("b", "kim")).await?, 2);
        assert_eq!(state.keep_rule_text(&text("a", "lee")).await?, 3, "an old text may come back");
        let kept = state.rule_texts("r1").await?;
        let told: Vec<_> = kept.iter().map(|text| (text.number, text.body.as_str(), text.actor.as_str())).collect();
        assert_eq!(told, [(3, "a", "lee"), (2, "b", "kim"), (1, "a", "")]);
        let actors: Vec<String> = state.history("rule r1").await?.into_iter().map(|(_, actor, ..)| actor).collect();
        assert_eq!(actors, ["kim", "kim", "lee"], "what was found changed is nobody's doing");
        Ok(())
    }

    #[tokio::test]
    async fn what_is_switched_on_goes_on_from_now() -> Outcome {
        let folder = tempfile::tempdir()?;
        let state = State::scratch(folder.path(), "state.db").await?;
        let outcome = crate::Outcome {
            run: crate::Run { id: "1".to_owned(), rule_key: "r1".to_owned(), started_at: 5, ..crate::Run::default() },
            alerts: Vec::new(),
            kept: Vec::new(),
            progress: crate::Progress { evaluated_to: Some(5), quiet_until: None },
            grouping: crate::Grouping::default(),
            notify: Vec::new(),
        };
        state.commit(outcome, 5).await?;
        state.set_rule("r1", false, "kim", 50).await?;
        assert_eq!(state.rule_settings().await?, BTreeMap::from([("r1".to_owned(), false)]));
        state.set_rule("r1", true, "kim", 90).await?;
        assert_eq!(state.rule_settings().await?, BTreeMap::from([("r1".to_owned(), true)]));
        assert_eq!(state.rule("r1").await?.and_then(|rule| rule.evaluated_to), Some(90));
        Ok(())
    }
}
