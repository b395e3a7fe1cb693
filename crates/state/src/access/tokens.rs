//! API tokens: what programs come in by.

use sqlx::{Row, any::AnyRow};

use super::{User, users::find};
use crate::{
    Moment, State, StateError, audit,
    error::Doing,
    rows::{Record, read_all},
};

const READING: &str = "reading API tokens";
const CHANGING: &str = "changing an API token";

/// What a program comes in by, on behalf of a user. What opens it is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ApiToken {
    /// The part of it that is no secret, hexadecimal.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Whose it is.
    pub account_id: String,
    /// The name of whose it is.
    pub owner: String,
    /// Words with spaces between them: `read`, `work`, `admin`, `ingest`.
    pub scopes: String,
    /// When it was made.
    pub created_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
    /// When it was last used, to the minute.
    pub last_used: Option<Moment>,
    /// When it was taken back.
    pub revoked_at: Option<Moment>,
}

/// A token to keep.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// The part of it that is no secret.
    pub id: &'a str,
    /// Of all of it: SHA-256, hexadecimal.
    pub hash: &'a str,
    /// What it is for.
    pub name: &'a str,
    /// Whose it is.
    pub account_id: &'a str,
    /// Words with spaces between them.
    pub scopes: &'a str,
    /// When it ends.
    pub expires_at: Moment,
}

const COLUMNS: &str = "SELECT account.*, account.name AS owner, api_token.id AS token_id, api_token.name AS token_name, \
    api_token.account_id, api_token.hash AS token_hash, api_token.scopes, api_token.created_at AS token_created_at, \
    api_token.expires_at, api_token.last_used, api_token.revoked_at FROM api_token JOIN account ON account.id = api_token.account_id";

impl Record for ApiToken {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        Ok(Self {
            id: row.try_get("token_id").doing(READING)?,
            name: row.try_get("token_name").doing(READING)?,
            account_id: row.try_get("account_id").doing(READING)?,
            owner: row.try_get("owner").doing(READING)?,
            scopes: row.try_get("scopes").doing(READING)?,
            created_at: row.try_get("token_created_at").doing(READING)?,
            expires_at: row.try_get("expires_at").doing(READING)?,
            last_used: row.try_get("last_used").doing(READING)?,
            revoked_at: row.try_get("revoked_at").doing(READING)?,
        })
    }
}

/// A statement that begins with [`COLUMNS`].
fn statement(rest: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

impl State {
    /// Keeps a token.
    ///
    /// # Errors
    /// When its owner is not there or the database fails.
    pub async fn add_token(&self, token: &NewToken<'_>, actor: &str, now: Moment) -> Result<ApiToken, StateError> {
        let mut work = self.begin(CHANGING).await?;
        let owner = find(&mut work, token.account_id).await?;
        sqlx::query(
            "INSERT INTO api_token (id, hash, name, account_id, scopes, created_at, expires_at, last_used, revoked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)",
        )
        .bind(token.id)
        .bind(token.hash)
        .bind(token.name)
        .bind(token.account_id)
        .bind(token.scopes)
        .bind(now)
        .bind(token.expires_at)
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        let detail = format!("name: {}; owner: {}; scopes: {}", token.name, owner.name, token.scopes);
        audit::record(&mut work, now, actor, "create", &format!("token {}", token.id), &detail).await?;
        let row = sqlx::query(statement("WHERE api_token.id = $1")).bind(token.id).fetch_one(&mut *work).await.doing(CHANGING)?;
        let kept = ApiToken::read(&row)?;
        work.commit().await.doing(CHANGING)?;
        Ok(kept)
    }

    /// The token with this id, whose it is, and the hash of all of it. Whether it has ended by now is for the caller to say.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, id: &str) -> Result<Option<(ApiToken, User, String)>, StateError> {
        let row = sqlx::query(statement("WHERE api_token.id = $1")).bind(id).fetch_optional(&self.pool).await.doing(READING)?;
        row.map(|row| Ok((ApiToken::read(&row)?, User::read(&row)?, row.try_get("token_hash").doing(READING)?))).transpose()
    }

    /// Tokens of a user, or of all, the youngest first, those that have ended among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self, account_id: Option<&str>) -> Result<Vec<ApiToken>, StateError> {
        let rows = match account_id {
            Some(account_id) => {
                let of_one = "WHERE api_token.account_id = $1 ORDER BY api_token.created_at DESC, api_token.id";
                sqlx::query(statement(of_one)).bind(account_id).fetch_all(&self.pool).await
            }
            None => sqlx::query(statement("ORDER BY api_token.created_at DESC, api_token.id")).fetch_all(&self.pool).await,
        };
        read_all(&rows.doing(READING)?)
    }

    /// Says that a token was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_token(&self, id: &str, now: Moment) -> Result<(), StateError> {
        sqlx::query("UPDATE api_token SET last_used = $1 WHERE id = $2")
            .bind(now)
            .bind(id)
            .execute(&self.writing)
            .await
            .doing(CHANGING)?;
        Ok(())
    }

    /// Takes a token back, of one user or of whomever. One that was taken back before stays as it is.
    ///
    /// # Errors
    /// When there is none of theirs with this id, or the database fails.
    pub async fn revoke_token(&self, id: &str, account_id: Option<&str>, actor: &str, now: Moment) -> Result<(), StateError> {
        let mut work = self.begin(CHANGING).await?;
        let row = sqlx::query(statement("WHERE api_token.id = $1")).bind(id).fetch_optional(&mut *work).await.doing(CHANGING)?;
        let token = row.as_ref().map(ApiToken::read).transpose()?;
        let token = token
            .filter(|token| account_id.is_none_or(|owner| owner == token.account_id))
            .ok_or_else(|| StateError::Unknown { what: "token", id: id.to_owned() })?;
        if token.revoked_at.is_some() {
            return Ok(());
        }
        sqlx::query("UPDATE api_token SET revoked_at = $1 WHERE id = $2")
            .bind(now)
            .bind(id)
            .execute(&mut *work)
            .await
            .doing(CHANGING)?;
        let detail = format!("name: {}; owner: {}", token.name, token.owner);
        audit::record(&mut work, now, actor, "revoke", &format!("token {id}"), &detail).await?;
        work.commit().await.doing(CHANGING)
    }
}
