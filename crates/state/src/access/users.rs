//! Users: who they are, what they may do, and the hashes of their passwords.

use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::ADMIN;
use crate::{
    Moment, State, StateError, audit,
    error::Doing,
    rows::{Record, read_all},
};

const READING: &str = "reading users";
const CHANGING: &str = "changing a user";

/// Somebody who may sign in. The hash of the password is not part of it, so that it is shown nowhere by mistake.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct User {
    /// Hexadecimal.
    pub id: String,
    /// What they sign in with. Unique; case does not matter.
    pub name: String,
    /// What they are called on pages.
    pub display: String,
    /// `viewer`, `analyst` or `admin`.
    pub role: String,
    /// Who says who they are, where they sign in elsewhere: the issuer's address.
    pub issuer: Option<String>,
    /// Whether they have a password here.
    pub has_password: bool,
    /// Whether they are kept out.
    pub disabled: bool,
    /// Whether they have to choose a password before anything else.
    pub must_change: bool,
    /// When they were added.
    pub created_at: Moment,
    /// When they last signed in.
    pub last_sign_in: Option<Moment>,
}

/// A user to add.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// Hexadecimal.
    pub id: &'a str,
    /// What they sign in with.
    pub name: &'a str,
    /// The name without case, by which it is unique.
    pub folded: &'a str,
    /// What they are called on pages.
    pub display: &'a str,
    /// `viewer`, `analyst` or `admin`.
    pub role: &'a str,
    /// The hash of the password, a PHC string.
    pub password: Option<&'a str>,
    /// Who says who they are, and what they are called there.
    pub issuer: Option<(&'a str, &'a str)>,
}

/// What to change of a user; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// What they are called on pages.
    pub display: Option<String>,
    /// `viewer`, `analyst` or `admin`.
    pub role: Option<String>,
    /// Whether they are kept out.
    pub disabled: Option<bool>,
    /// Whether they have to choose a password before anything else.
    pub must_change: Option<bool>,
}

impl Record for User {
    fn read(row: &AnyRow) -> Result<Self, StateError> {
        let truth = |column: &'static str| Ok::<_, StateError>(row.try_get::<i64, _>(column).doing(READING)? != 0);
        Ok(Self {
            id: row.try_get("id").doing(READING)?,
            name: row.try_get("name").doing(READING)?,
            display: row.try_get("display").doing(READING)?,
            role: row.try_get("role").doing(READING)?,
            issuer: row.try_get("issuer").doing(READING)?,
            has_password: row.try_get::<Option<String>, _>("password").doing(READING)?.is_some(),
            disabled: truth("disabled")?,
            must_change: truth("must_change")?,
            created_at: row.try_get("created_at").doing(READING)?,
            last_sign_in: row.try_get("last_sign_in").doing(READING)?,
        })
    }
}

fn unknown(id: &str) -> StateError {
    StateError::Unknown { what: "user", id: id.to_owned() }
}

impl State {
    /// Every user, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<User>, StateError> {
        let rows = sqlx::query("SELECT * FROM account ORDER BY folded").fetch_all(&self.pool).await.doing(READING)?;
        read_all(&rows)
    }

    /// Whether there is any user at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_users(&self) -> Result<bool, StateError> {
        let row = sqlx::query("SELECT id FROM account LIMIT 1").fetch_optional(&self.pool).await.doing(READING)?;
        Ok(row.is_some())
    }

    /// The user with this id.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn user(&self, id: &str) -> Result<User, StateError> {
        let row = sqlx::query("SELECT * FROM account WHERE id = $1").bind(id).fetch_optional(&self.pool).await.doing(READING)?;
        row.as_ref().map(User::read).transpose()?.ok_or_else(|| unknown(id))
    }

    /// The user with this name, which is given without case, and the hash of the password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_named(&self, folded: &str) -> Result<Option<(User, Option<String>)>, StateError> {
        let row = sqlx::query("SELECT * FROM account WHERE folded = $1")
            .bind(folded)
            .fetch_optional(&self.pool)
            .await
            .doing(READING)?;
        row.map(|row| Ok((User::read(&row)?, row.try_get("password").doing(READING)?))).transpose()
    }

    /// The hash of a user's password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn password_of(&self, id: &str) -> Result<Option<String>, StateError> {
        let row =
            sqlx::query("SELECT password FROM account WHERE id = $1").bind(id).fetch_optional(&self.pool).await.doing(READING)?;
        Ok(row.map(|row| row.try_get("password").doing(READING)).transpose()?.flatten())
    }

    /// The user whom an issuer calls so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_of_issuer(&self, issuer: &str, subject: &str) -> Result<Option<User>, StateError> {
        let row = sqlx::query("SELECT * FROM account WHERE issuer = $1 AND issuer_subject = $2")
            .bind(issuer)
            .bind(subject)
            .fetch_optional(&self.pool)
            .await
            .doing(READING)?;
        row.as_ref().map(User::read).transpose()
    }

    /// Adds a user.
    ///
    /// # Errors
    /// When the name is taken or the database fails.
    pub async fn add_user(&self, user: &NewUser<'_>, actor: &str, now: Moment) -> Result<User, StateError> {
        let mut work = self.begin(CHANGING).await?;
        let added = insert(&mut work, user, actor, now).await?;
        work.commit().await.doing(CHANGING)?;
        Ok(added)
    }

    /// Changes a user and gives back who they are now. Other rights, or none any more, end their sessions.
    ///
    /// # Errors
    /// When there is no such user, no admin would be left who can come in, or the database fails.
    pub async fn change_user(&self, id: &str, change: &UserChange, actor: &str, now: Moment) -> Result<User, StateError> {
        let mut work = self.begin(CHANGING).await?;
        let before = find(&mut work, id).await?;
        sqlx::query(
            "UPDATE account SET display = COALESCE($1, display), role = COALESCE($2, role), disabled = COALESCE($3, disabled), \
             must_change = COALESCE($4, must_change) WHERE id = $5",
        )
        .bind(change.display.as_deref())
        .bind(change.role.as_deref())
        .bind(change.disabled.map(i64::from))
        .bind(change.must_change.map(i64::from))
        .bind(id)
        .execute(&mut *work)
        .await
        .doing(CHANGING)?;
        let after = find(&mut work, id).await?;
        let was_admin = before.role == ADMIN && !before.disabled;
        if was_admin && (after.role != ADMIN || after.disabled) {
            // Who was invited and has not come yet cannot let anybody in.
            let able = "SELECT id FROM account WHERE role = $1 AND disabled = 0 AND (password IS NOT NULL OR issuer IS NOT NULL) LIMIT 1";
            let left = sqlx::query(able).bind(ADMIN).fetch_optional(&mut *work).await.doing(CHANGING)?;
            if left.is_none() {
                return Err(StateError::LastAdmin { name: before.name });
            }
        }
        if before.role != after.role || before.disabled != after.disabled {
            end_sessions(&mut work, id, None).await?;
        }
        if after.disabled {
            forget_welcomes(&mut work, id).await?;
        }
        for (action, detail) in told(&before, &after) {
            audit::record(&mut work, now, actor, action, &format!("user {}", after.name), &detail).await?;
        }
        work.commit().await.doing(CHANGING)?;
        Ok(after)
    }

    /// Gives a user a new password (its hash, a PHC string), which ends every session of theirs but `keep` (the hash of its secret) and
    /// every link that would let them choose one.
    ///
    /// # Errors
    /// When there is no such user or the database fails.
    pub async fn set_password(
        &self,
        id: &str,
        password: &str,
        keep: Option<&str>,
        actor: &str,
        now: Moment,
    ) -> Result<(), StateError> {
        let mut work = self.begin(CHANGING).await?;
        choose_password(&mut work, id, password, keep).await?;
        let user = find(&mut work, id).await?;
        audit::record(&mut work, now, actor, "change password", &format!("user {}", user.name), "").await?;
        work.commit().await.doing(CHANGING)
    }

    /// Writes another hash of the same password, after the cost of hashing has changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rehash_password(&self, id: &str, before: &str, after: &str) -> Result<(), StateError> {
        sqlx::query("UPDATE account SET password = $1 WHERE id = $2 AND password = $3")
            .bind(after)
            .bind(id)
            .bind(before)
            .execute(&self.writing)
            .await
            .doing(CHANGING)?;
        Ok(())
    }
}

/// Adds a user, in a transaction.
pub(super) async fn insert(
    work: &mut Transaction<'static, Any>,
    user: &NewUser<'_>,
    actor: &str,
    now: Moment,
) -> Result<User, StateError> {
    let taken = sqlx::query("SELECT id FROM account WHERE folded = $1")
        .bind(user.folded)
        .fetch_optional(&mut **work)
        .await
        .doing(CHANGING)?;
    if taken.is_some() {
        return Err(StateError::Taken { what: "user", name: user.name.to_owned() });
    }
    sqlx::query(
        "INSERT INTO account (id, name, folded, display, role, password, issuer, issuer_subject, disabled, must_change, created_at, \
         last_sign_in) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, NULL)",
    )
    .bind(user.id)
    .bind(user.name)
    .bind(user.folded)
    .bind(user.display)
    .bind(user.role)
    .bind(user.password)
    .bind(user.issuer.map(|(issuer, _)| issuer))
    .bind(user.issuer.map(|(_, subject)| subject))
    .bind(now)
    .execute(&mut **work)
    .await
    .doing(CHANGING)?;
    audit::record(work, now, actor, "add", &format!("user {}", user.name), &format!("role: {}", user.role)).await?;
    find(work, user.id).await
}

/// The user with this id, in a transaction.
pub(super) async fn find(work: &mut Transaction<'static, Any>, id: &str) -> Result<User, StateError> {
    let row = sqlx::query("SELECT * FROM account WHERE id = $1").bind(id).fetch_optional(&mut **work).await.doing(CHANGING)?;
    row.as_ref().map(User::read).transpose()?.ok_or_else(|| unknown(id))
}

/// A new password ends what the old one opened.
pub(super) async fn choose_password(
    work: &mut Transaction<'static, Any>,
    id: &str,
    password: &str,
    keep: Option<&str>,
) -> Result<(), StateError> {
    sqlx::query("UPDATE account SET password = $1, must_change = 0 WHERE id = $2")
        .bind(password)
        .bind(id)
        .execute(&mut **work)
        .await
        .doing(CHANGING)?;
    end_sessions(work, id, keep).await?;
    forget_welcomes(work, id).await
}

/// Ends every session of a user but one.
async fn end_sessions(work: &mut Transaction<'static, Any>, id: &str, keep: Option<&str>) -> Result<(), StateError> {
    sqlx::query("DELETE FROM session WHERE account_id = $1 AND hash <> $2")
        .bind(id)
        .bind(keep.unwrap_or_default())
        .execute(&mut **work)
        .await
        .doing(CHANGING)?;
    Ok(())
}

async fn forget_welcomes(work: &mut Transaction<'static, Any>, id: &str) -> Result<(), StateError> {
    sqlx::query("DELETE FROM welcome WHERE account_id = $1").bind(id).execute(&mut **work).await.doing(CHANGING)?;
    Ok(())
}

/// A change as the record tells it.
fn told(before: &User, after: &User) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if before.role != after.role {
        lines.push(("set role", format!("role: {} → {}", before.role, after.role)));
    }
    if before.disabled != after.disabled {
        lines.push((if after.disabled { "disable" } else { "enable" }, String::new()));
    }
    if before.display != after.display {
        lines.push(("rename", format!("display name: {} → {}", before.display, after.display)));
    }
    if before.must_change != after.must_change && after.must_change {
        lines.push(("require new password", String::new()));
    }
    lines
}
