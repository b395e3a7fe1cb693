//! Links that let somebody in once, to choose a password: the first admin, somebody invited, somebody who forgot theirs.

use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{
    NewUser, User,
    users::{choose_password, find, insert},
};
use crate::{Moment, State, StateError, audit, error::Doing, rows::Record};

const READING: &str = "reading a link to begin with";
const CHANGING: &str = "changing a link to begin with";

/// A link to begin with. What opens it is not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// `first_run`, `invite` or `reset`.
    pub kind: String,
    /// Whose it is; none: the first admin's, who is not there yet.
    pub account_id: Option<String>,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub created_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
}

/// What somebody chose who came by a link.
#[derive(Debug, Clone)]
pub struct Welcomed<'a> {
    /// Who the first admin is; unused where the link is somebody's.
    pub first: Option<NewUser<'a>>,
    /// What they are called on pages from now on; none: as before.
    pub display: Option<&'a str>,
    /// The hash of their password, a PHC string.
    pub password: &'a str,
}

impl Record for Welcome {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        Ok(Self {
            kind: row.try_get("kind").doing(READING)?,
            account_id: row.try_get("account_id").doing(READING)?,
            made_by: row.try_get("made_by").doing(READING)?,
            created_at: row.try_get("created_at").doing(READING)?,
            expires_at: row.try_get("expires_at").doing(READING)?,
        })
    }
}

impl State {
    /// Keeps a link by the hash of its secret (SHA-256, hexadecimal). It takes the place of what there was of the same person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_welcome(&self, hash: &str, link: &Welcome) -> Result<(), StateError> {
        let mut work = self.begin(CHANGING).await?;
        sqlx::query("DELETE FROM welcome WHERE expires_at <= $1 OR COALESCE(account_id, '') = $2")
            .bind(link.created_at)
            .bind(link.account_id.as_deref().unwrap_or_default())
            .execute(&mut *work)
            .await
            .doing(CHANGING)?;
        sqlx::query(
            "INSERT INTO welcome (hash, kind, account_id, made_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(hash)
        .bind(link.kind.as_str())
        .bind(link.account_id.as_deref())
        .bind(link.made_by.as_str())
        .bind(link.created_at)
        .bind(link.expires_at)
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        if let Some(account_id) = &link.account_id {
            let user = find(&mut work, account_id).await?;
            let subject = format!("user {}", user.name);
            audit::record(&mut work, link.created_at, &link.made_by, &format!("{} link", link.kind), &subject, "").await?;
        }
        work.commit().await.doing(CHANGING)
    }

    /// The link whose secret has this hash, and whose it is, where it has not ended at `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn welcome(&self, hash: &str, now: Moment) -> Result<Option<(Welcome, Option<User>)>, StateError> {
        let row = sqlx::query("SELECT * FROM welcome WHERE hash = $1 AND expires_at > $2")
            .bind(hash)
            .bind(now)
            .fetch_optional(&self.pool)
            .await
            .doing(READING)?;
        let Some(link) = row.as_ref().map(Welcome::read).transpose()? else { return Ok(None) };
        let user = match &link.account_id {
            Some(id) => Some(self.user(id).await?),
            None => None,
        };
        Ok(Some((link, user)))
    }

    /// Uses a link up: the password is theirs from now on, and the first admin is made where the link is for that. `None` where the
    /// link has ended, was used, or the first admin is there already.
    ///
    /// # Errors
    /// When the name is taken or the database fails; the link is then as good as before.
    pub async fn redeem_welcome(&self, hash: &str, chosen: &Welcomed<'_>, now: Moment) -> Result<Option<User>, StateError> {
        let mut work = self.begin(CHANGING).await?;
        let row = sqlx::query("DELETE FROM welcome WHERE hash = $1 AND expires_at > $2 RETURNING *")
            .bind(hash)
            .bind(now)
            .fetch_optional(&mut *work)
            .await
            .doing(CHANGING)?;
        let Some(link) = row.as_ref().map(Welcome::read).transpose()? else { return Ok(None) };
        let Some(user) = welcomed(&mut work, &link, chosen, now).await? else { return Ok(None) };
        work.commit().await.doing(CHANGING)?;
        Ok(Some(user))
    }
}

async fn welcomed(
    work: &mut Transaction<'static, Any>,
    link: &Welcome,
    chosen: &Welcomed<'_>,
    now: Moment,
) -> Result<Option<User>, StateError> {
    match (&link.account_id, &chosen.first) {
        (Some(id), _) => {
            let user = find(work, id).await?;
            if user.disabled {
                return Ok(None);
            }
            choose_password(work, id, chosen.password, None).await?;
            if let Some(display) = chosen.display {
                sqlx::query("UPDATE account SET display = $1 WHERE id = $2")
                    .bind(display)
                    .bind(id.as_str())
                    .execute(&mut **work)
                    .await
                    .doing(CHANGING)?;
            }
            let subject = format!("user {}", user.name);
            audit::record(work, now, &user.name, "choose password", &subject, &format!("by {} link", link.kind)).await?;
            Ok(Some(find(work, id).await?))
        }
        (None, Some(first)) => {
            let there = sqlx::query("SELECT id FROM account LIMIT 1").fetch_optional(&mut **work).await.doing(CHANGING)?;
            match there {
                Some(_) => Ok(None),
                None => Ok(Some(insert(work, first, first.name, now).await?)),
            }
        }
        (None, None) => Ok(None),
    }
}
