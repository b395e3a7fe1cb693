//! Queries that people keep, and those they ran. What a query says is the business of others.

use sqlx::{Row, any::AnyRow};

use crate::{
    Moment, State, StateError, audit,
    error::Doing,
    rows::{Record, read_all},
};

const READING: &str = "reading kept queries";
const KEEPING: &str = "keeping a query";

/// Queries that are remembered of a person.
pub const PAST_HUNTS: i64 = 200;

/// A query that somebody keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hunt {
    /// Unique.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub description: String,
    /// What it is kept for: `hunt`, or `alerts` for filters of the queue.
    pub kind: String,
    /// Its text.
    pub query: String,
    /// Its language.
    pub language: String,
    /// Who keeps it.
    pub owner: String,
    /// Whether others see it.
    pub shared: bool,
    /// When it was first kept.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A query that somebody ran.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ran {
    /// When.
    pub at: Moment,
    /// Its text.
    pub query: String,
    /// Its language.
    pub language: String,
    /// Rows it gave; `None` where it failed.
    pub rows: Option<i64>,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// Why it failed; empty where it did not.
    pub fault: String,
}

impl Record for Hunt {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        Ok(Self {
            id: row.try_get("id").doing(READING)?,
            name: row.try_get("name").doing(READING)?,
            description: row.try_get("description").doing(READING)?,
            kind: row.try_get("kind").doing(READING)?,
            query: row.try_get("query").doing(READING)?,
            language: row.try_get("language").doing(READING)?,
            owner: row.try_get("owner").doing(READING)?,
            shared: row.try_get::<i64, _>("shared").doing(READING)? != 0,
            created_at: row.try_get("created_at").doing(READING)?,
            updated_at: row.try_get("updated_at").doing(READING)?,
        })
    }
}

impl Record for Ran {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        Ok(Self {
            at: row.try_get("at").doing(READING)?,
            query: row.try_get("query").doing(READING)?,
            language: row.try_get("language").doing(READING)?,
            rows: row.try_get("row_count").doing(READING)?,
            took_us: row.try_get("took_us").doing(READING)?,
            fault: row.try_get("fault").doing(READING)?,
        })
    }
}

impl State {
    /// Kept queries of a kind that a person may see, their own and shared ones, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hunts(&self, kind: &str, who: &str) -> Result<Vec<Hunt>, StateError> {
        let rows = sqlx::query("SELECT * FROM saved_hunt WHERE kind = $1 AND (owner = $2 OR shared = 1) ORDER BY name, id")
            .bind(kind)
            .bind(who)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        read_all(&rows)
    }

    /// Keeps a query: a new one, or in place of the one of the same owner with this id.
    ///
    /// # Errors
    /// When somebody else keeps a query with this id, which is as if there were none, or the database fails.
    pub async fn keep_hunt(&self, hunt: &Hunt, now: Moment) -> Result<(), StateError> {
        let mut work = self.begin(KEEPING).await?;
        let kept = sqlx::query(
            "INSERT INTO saved_hunt (id, name, description, kind, query, language, owner, shared, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, kind = excluded.kind, \
             query = excluded.query, language = excluded.language, shared = excluded.shared, updated_at = excluded.updated_at \
             WHERE saved_hunt.owner = excluded.owner",
        )
        .bind(hunt.id.as_str())
        .bind(hunt.name.as_str())
        .bind(hunt.description.as_str())
        .bind(hunt.kind.as_str())
        .bind(hunt.query.as_str())
        .bind(hunt.language.as_str())
        .bind(hunt.owner.as_str())
        .bind(i64::from(hunt.shared))
        .bind(now)
        .execute(&mut *work)
        .await
        .doing(KEEPING)?;
        if kept.rows_affected() == 0 {
            return Err(StateError::Unknown { what: "query", id: hunt.id.clone() });
        }
        audit::record(&mut work, now, &hunt.owner, "keep", &format!("query {}", hunt.id), &hunt.name).await?;
        work.commit().await.doing(KEEPING)
    }

    /// Forgets a query that its owner kept.
    ///
    /// # Errors
    /// When the owner keeps no such query, or the database fails.
    pub async fn forget_hunt(&self, id: &str, owner: &str, now: Moment) -> Result<(), StateError> {
        let mut work = self.begin(KEEPING).await?;
        let gone = sqlx::query("DELETE FROM saved_hunt WHERE id = $1 AND owner = $2")
            .bind(id)
            .bind(owner)
            .execute(&mut *work)
            .await
            .doing(KEEPING)?;
        if gone.rows_affected() == 0 {
            return Err(StateError::Unknown { what: "query", id: id.to_owned() });
        }
        audit::record(&mut work, now, owner, "forget", &format!("query {id}"), "").await?;
        work.commit().await.doing(KEEPING)
    }

    /// How many queries a person keeps.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_hunts(&self, owner: &str) -> Result<i64, StateError> {
        let row = sqlx::query("SELECT COUNT(*) AS n FROM saved_hunt WHERE owner = $1")
            .bind(owner)
            .fetch_one(&self.pool)
            .await
            .doing(READING)?;
        row.try_get("n").doing(READING)
    }

    /// Remembers that a person ran a query; of each the last [`PAST_HUNTS`] are remembered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hunted(&self, who: &str, ran: &Ran) -> Result<(), StateError> {
        let mut work = self.begin(KEEPING).await?;
        let row = sqlx::query("SELECT COUNT(*) AS n FROM past_hunt WHERE at = $1").bind(ran.at).fetch_one(&mut *work).await;
        let place: i64 = row.and_then(|row| row.try_get("n")).doing(KEEPING)?;
        sqlx::query(
            "INSERT INTO past_hunt (id, who, at, query, language, row_count, took_us, fault) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(format!("{:020}-{place}", ran.at))
        .bind(who)
        .bind(ran.at)
        .bind(ran.query.as_str())
        .bind(ran.language.as_str())
        .bind(ran.rows)
        .bind(ran.took_us)
        .bind(ran.fault.as_str())
        .execute(&mut *work)
        .await
        .doing(KEEPING)?;
        sqlx::query(
            "DELETE FROM past_hunt WHERE who = $1 AND id NOT IN \
             (SELECT id FROM past_hunt WHERE who = $1 ORDER BY at DESC, id DESC LIMIT $2)",
        )
        .bind(who)
        .bind(PAST_HUNTS)
        .execute(&mut *work)
        .await
        .doing(KEEPING)?;
        work.commit().await.doing(KEEPING)
    }

    /// What a person ran, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn past_hunts(&self, who: &str) -> Result<Vec<Ran>, StateError> {
        let rows = sqlx::query("SELECT * FROM past_hunt WHERE who = $1 ORDER BY at DESC, id DESC LIMIT $2")
            .bind(who)
            .bind(PAST_HUNTS)
            .fetch_all(&self.pool)
            .await
            .doing(READING)?;
        read_all(&rows)
    }
}
