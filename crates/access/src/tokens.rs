//! API tokens: made, listed, taken back, and what they let somebody do.

use state::access::{ApiToken, NewToken, User};

use crate::{
    Access, AccessError, LONGEST_LIFE_DAYS, Refused, Role, Scopes, Secret, Via, Visitor, secret, sessions::is_time_to_note,
    sign_in::unavailable, token, users::shown,
};

/// What a token is good for where nothing is said, in days.
pub const SHORT_LIFE_DAYS: u32 = 90;
const DAY: i64 = 86_400_000_000;
/// The longest name of a token.
const LONGEST_NAME: usize = 100;

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// How many days it is good for; none: [`SHORT_LIFE_DAYS`].
    pub days: Option<u32>,
}

impl Access {
    /// Makes a token for who asks, and gives it out: this once.
    ///
    /// # Errors
    /// When it could do more than its owner, its name or life is none, a token asks, or the database fails.
    pub async fn make_token(&self, visitor: &Visitor, wanted: &NewApiToken) -> Result<(ApiToken, Secret), AccessError> {
        if visitor.session().is_none() {
            return Err(AccessError::TokenVisitor);
        }
        let name = shown(&wanted.name, LONGEST_NAME).ok_or(AccessError::TokenName)?;
        if wanted.scopes.is_empty() {
            return Err(AccessError::NoScope);
        }
        if let Some(scope) = wanted.scopes.iter().find(|scope| scope.needs() > visitor.role) {
            return Err(AccessError::ScopeTooHigh { scope: scope.as_str(), needs: scope.needs() });
        }
        let days = wanted.days.unwrap_or(SHORT_LIFE_DAYS);
        if !(1..=LONGEST_LIFE_DAYS).contains(&days) {
            return Err(AccessError::Life { most: LONGEST_LIFE_DAYS });
        }
        let (id, token) = token::make()?;
        let now = self.now();
        let new = NewToken {
            id: &id,
            hash: &secret::hash(token.expose()),
            name: &name,
            account_id: &visitor.id,
            scopes: &wanted.scopes.to_string(),
            expires_at: now.saturating_add(i64::from(days) * DAY),
        };
        Ok((self.state().add_token(&new, &visitor.who(), now).await?, token))
    }

    /// The tokens of who asks, the youngest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_tokens(&self, visitor: &Visitor) -> Result<Vec<ApiToken>, AccessError> {
        Ok(self.state().tokens(Some(&visitor.id)).await?)
    }

    /// Everybody's tokens, the youngest first. For admins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_tokens(&self) -> Result<Vec<ApiToken>, AccessError> {
        Ok(self.state().tokens(None).await?)
    }

    /// Takes a token back: one of their own, or, for admins, any.
    ///
    /// # Errors
    /// When there is none of theirs with this id, or the database fails.
    pub async fn revoke_token(&self, visitor: &Visitor, id: &str) -> Result<(), AccessError> {
        let owner = if visitor.may(Role::Admin) { None } else { Some(visitor.id.as_str()) };
        self.state().revoke_token(id, owner, &visitor.who(), self.now()).await?;
        self.changed();
        Ok(())
    }

    /// Who comes by a token.
    pub(crate) async fn by_token(&self, presented: &Secret) -> Result<Visitor, Refused> {
        let id = token::id_of(presented.expose()).ok_or(Refused::Token)?;
        let found = self.state().token(id).await.map_err(|error| unavailable(&error))?;
        let (kept, owner, hash) = found.ok_or(Refused::Token)?;
        let now = self.now();
        let good = secret::same(&hash, &secret::hash(presented.expose()))
            && kept.revoked_at.is_none()
            && now < kept.expires_at
            && now >= kept.created_at
            && !owner.disabled;
        if !good {
            return Err(Refused::Token);
        }
        if kept.last_used.is_none_or(|last| is_time_to_note(last, now)) {
            self.state().use_token(&kept.id, now).await.map_err(|error| unavailable(&error))?;
        }
        visitor(kept, owner).ok_or(Refused::Token)
    }
}

fn visitor(token: ApiToken, owner: User) -> Option<Visitor> {
    let of_owner: Role = owner.role.parse().ok()?;
    let scopes = Scopes::read(&token.scopes);
    Some(Visitor {
        id: owner.id,
        name: owner.name,
        display: owner.display,
        role: scopes.role().unwrap_or(Role::Viewer).min(of_owner),
        must_change: false,
        via: Via::Token { id: token.id, name: token.name, scopes, owner: of_owner },
    })
}
