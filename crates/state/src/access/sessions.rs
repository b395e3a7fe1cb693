//! Sessions: who is signed in, since when, and until when.

use sqlx::{Row, any::AnyRow};

use super::User;
use crate::{
    Moment, State, StateError,
    error::Doing,
    rows::{Record, read_all},
};

const READING: &str = "reading sessions";
const CHANGING: &str = "changing a session";

/// So many sessions a user may have at a time; the oldest ends where one more begins.
pub const SESSIONS_OF_A_USER: i64 = 20;

/// Somebody's being signed in, in one browser. What opens it is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Session {
    /// What a list calls it.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// `password`, `link` or `oidc`.
    pub method: String,
    /// Where they signed in from.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
    /// When they signed in.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub used_at: Moment,
    /// When it ends, however much it is used.
    pub expires_at: Moment,
}

/// A session that begins.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Of its secret: SHA-256, hexadecimal.
    pub hash: &'a str,
    /// The rest; `account_id` is who signed in.
    pub session: &'a Session,
}

impl Record for Session {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        Ok(Self {
            id: row.try_get("session_id").doing(READING)?,
            account_id: row.try_get("account_id").doing(READING)?,
            method: row.try_get("method").doing(READING)?,
            address: row.try_get("address").doing(READING)?,
            agent: row.try_get("agent").doing(READING)?,
            created_at: row.try_get("session_created_at").doing(READING)?,
            used_at: row.try_get("used_at").doing(READING)?,
            expires_at: row.try_get("expires_at").doing(READING)?,
        })
    }
}

impl State {
    /// Begins a session, says that its user signed in, and ends what of theirs is too old or too much.
    ///
    /// # Errors
    /// When there is no such user any more, or the database fails.
    pub async fn begin_session(&self, new: &NewSession<'_>) -> Result<(), StateError> {
        let session = new.session;
        let mut work = self.begin(CHANGING).await?;
        let signed_in = sqlx::query("UPDATE account SET last_sign_in = $1 WHERE id = $2 AND disabled = 0")
            .bind(session.created_at)
            .bind(session.account_id.as_str())
            .execute(&mut *work)
            .await
            .doing(CHANGING)?;
        if signed_in.rows_affected() == 0 {
            return Err(StateError::Unknown { what: "user", id: session.account_id.clone() });
        }
        sqlx::query("DELETE FROM session WHERE expires_at <= $1")
            .bind(session.created_at)
            .execute(&mut *work)
            .await
            .doing(CHANGING)?;
        sqlx::query(
            "DELETE FROM session WHERE account_id = $1 AND hash NOT IN (SELECT hash FROM (SELECT hash FROM session \
             WHERE account_id = $1 ORDER BY created_at DESC, hash LIMIT $2) AS kept)",
        )
        .bind(session.account_id.as_str())
        .bind(SESSIONS_OF_A_USER - 1)
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        sqlx::query(
            "INSERT INTO session (hash, id, account_id, method, address, agent, created_at, used_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.hash)
        .bind(session.id.as_str())
        .bind(session.account_id.as_str())
        .bind(session.method.as_str())
        .bind(session.address.as_str())
        .bind(session.agent.as_str())
        .bind(session.created_at)
        .bind(session.used_at)
        .bind(session.expires_at)
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        work.commit().await.doing(CHANGING)
    }

    /// The session whose secret has this hash, and whose it is. Whether it has ended by now is for the caller to say.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, hash: &str) -> Result<Option<(Session, User)>, StateError> {
        let row = sqlx::query(
            "SELECT account.*, session.id AS session_id, session.account_id, session.method, session.address, session.agent, \
             session.created_at AS session_created_at, session.used_at, session.expires_at \
             FROM session JOIN account ON account.id = session.account_id WHERE session.hash = $1",
        )
        .bind(hash)
        .fetch_optional(&self.pool)
        .await
        .doing(READING)?;
        row.map(|row| Ok((Session::read(&row)?, User::read(&row)?))).transpose()
    }

    /// Says that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_session(&self, hash: &str, now: Moment) -> Result<(), StateError> {
        sqlx::query("UPDATE session SET used_at = $1 WHERE hash = $2 AND used_at < $1")
            .bind(now)
            .bind(hash)
            .execute(&self.writing)
            .await
            .doing(CHANGING)?;
        Ok(())
    }

    /// A user's sessions that have not ended at `now`, the youngest first; those not used since `idle_since` have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(&self, account_id: &str, now: Moment, idle_since: Moment) -> Result<Vec<Session>, StateError> {
        let rows = sqlx::query(
            "SELECT id AS session_id, account_id, method, address, agent, created_at AS session_created_at, used_at, expires_at \
             FROM session WHERE account_id = $1 AND expires_at > $2 AND used_at > $3 ORDER BY created_at DESC, id",
        )
        .bind(account_id)
        .bind(now)
        .bind(idle_since)
        .fetch_all(&self.pool)
        .await
        .doing(READING)?;
        read_all(&rows)
    }

    /// Ends the session whose secret has this hash; whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, hash: &str) -> Result<bool, StateError> {
        let ended = sqlx::query("DELETE FROM session WHERE hash = $1").bind(hash).execute(&self.writing).await.doing(CHANGING)?;
        Ok(ended.rows_affected() > 0)
    }

    /// Ends a session of a user by what a list calls it; whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session_of(&self, account_id: &str, id: &str) -> Result<bool, StateError> {
        let ended = sqlx::query("DELETE FROM session WHERE account_id = $1 AND id = $2")
            .bind(account_id)
            .bind(id)
            .execute(&self.writing)
            .await
            .doing(CHANGING)?;
        Ok(ended.rows_affected() > 0)
    }

    /// Ends every session of a user but the one whose secret has the hash `keep`; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions_of(&self, account_id: &str, keep: Option<&str>) -> Result<u64, StateError> {
        let ended = sqlx::query("DELETE FROM session WHERE account_id = $1 AND hash <> $2")
            .bind(account_id)
            .bind(keep.unwrap_or_default())
            .execute(&self.writing)
            .await
            .doing(CHANGING)?;
        Ok(ended.rows_affected())
    }
}
