//! Signing in at an OpenID provider: authorization code with PKCE, `state` and `nonce`.
//!
//! Somebody begins at [`Access::begin_elsewhere`], is sent to the issuer, and comes back to [`Access::end_elsewhere`]. What was sent along
//! is kept in the database, once, under a secret in a cookie of the browser that began: an answer for another browser is nobody's.
//! Whom the issuer gives no role that is known here does not come in. OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9207.

mod claims;
mod provider;

use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use state::{
    StateError,
    access::{NewUser, User, UserChange},
};
use url::Url;

pub(crate) use provider::Provider;

use crate::{
    Access, AccessError, Arrival, Reason, Role, Secret, SignedIn, Visitor,
    cookie::Cookie,
    local_path, secret,
    users::{as_noted, display, folded},
};
use claims::Person;

/// Where the issuer sends people back to, after the address of the pages.
pub const BACK: &str = "/sign-in/back";
/// So long somebody may take at the issuer, in seconds.
const PATIENCE: i64 = 10 * 60;

/// An issuer, as the administrator of the machine set it.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// Its address, as it writes it itself.
    pub issuer: Url,
    /// What it knows this program by.
    pub client_id: String,
    /// The secret it gave this program.
    pub secret: Secret,
    /// What the sign-in page calls it.
    pub label: String,
    /// The claim that says which groups or roles somebody has; `a.b` is the member `b` of the claim `a`.
    pub roles_claim: String,
    /// Values of that claim and the role each gives. Of several the highest counts; whom none fits does not come in.
    pub roles: Vec<(String, Role)>,
}

/// Somebody is to go to the issuer.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Where to.
    pub address: Url,
    /// What the answer has to set: `Set-Cookie`.
    pub cookie: HeaderValue,
}

/// Somebody has come back and is in.
#[derive(Debug, Clone)]
pub struct CameBack {
    /// Who, and the cookie of the session.
    pub signed_in: SignedIn,
    /// What takes the other cookie away.
    pub clear: HeaderValue,
    /// Where they wanted to go: a path of this site.
    pub next: String,
}

/// What the issuer sent somebody back with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    code: Option<Secret>,
    state: Option<Secret>,
    iss: Option<String>,
    error: Option<String>,
}

/// Why somebody did not come in.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// No issuer is set.
    #[error("signing in elsewhere is not set up")]
    NotSet,
    /// The issuer does not answer, or not as one.
    #[error("{label} does not answer as it should: {reason}")]
    Unreachable {
        /// What the sign-in page calls it.
        label: String,
        /// What happened.
        reason: String,
    },
    /// The issuer says no.
    #[error("{label} did not sign you in: {reason}")]
    Denied {
        /// What the sign-in page calls it.
        label: String,
        /// Its code.
        reason: String,
    },
    /// Nobody began this sign-in in this browser, or it was ended, or it took too long.
    #[error("this sign-in has ended or was begun elsewhere: begin again")]
    Stale,
    /// What the issuer says is not for us, or not good.
    #[error("the answer of {label} is not good: {reason}")]
    Invalid {
        /// What the sign-in page calls it.
        label: String,
        /// Why.
        reason: String,
    },
    /// The issuer says nothing that can be a name here.
    #[error("the issuer gave no name that can be one here: it needs `preferred_username`, or an `email` that is verified")]
    NoName,
    /// The issuer gives no role that is known here.
    #[error("`{name}` has no role here: ask who administers spoofwatch")]
    NoRole {
        /// Who it is.
        name: String,
    },
    /// Somebody else has the name.
    #[error("the name `{name}` is somebody else's here: ask who administers spoofwatch")]
    Taken {
        /// The name.
        name: String,
    },
    /// They are kept out.
    #[error("`{name}` may not sign in: ask who administers spoofwatch")]
    Disabled {
        /// Who it is.
        name: String,
    },
    /// Anything else.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StateError> for OidcError {
    fn from(error: StateError) -> Self {
        Self::Access(AccessError::State(error))
    }
}

/// What is kept of a sign-in until it comes back.
#[derive(Serialize, Deserialize)]
struct Flow {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    back: String,
}

impl Access {
    /// What the sign-in page calls the issuer, where one is set.
    #[must_use]
    pub fn elsewhere(&self) -> Option<&str> {
        self.inner.provider.as_ref().map(Provider::label)
    }

    /// Sends somebody to the issuer, to come back to `next` in the end.
    ///
    /// # Errors
    /// When no issuer is set, it does not answer, or the database fails.
    pub async fn begin_elsewhere(&self, next: Option<&str>, arrival: &Arrival) -> Result<Elsewhere, OidcError> {
        let provider = self.inner.provider.as_ref().ok_or(OidcError::NotSet)?;
        let back = self.address_of_return(arrival).ok_or(OidcError::NotSet)?;
        let now = self.now();
        let asked = provider.ask(&back, now).await?;
        let cookie = secret::unguessable()?;
        let flow = Flow {
            state: asked.state,
            nonce: asked.nonce,
            verifier: asked.verifier,
            next: next.and_then(local_path).unwrap_or_else(|| "/".to_owned()),
            back,
        };
        let body = serde_json::to_string(&flow).map_err(|_| AccessError::System("writing down a sign-in"))?;
        let expires_at = now.saturating_add(PATIENCE * 1_000_000);
        self.state().begin_flow(&secret::hash(cookie.expose()), &body, now, expires_at).await?;
        let cookie = Cookie::Flow.set(cookie.expose(), PATIENCE.unsigned_abs(), arrival.https);
        Ok(Elsewhere { address: asked.address, cookie })
    }

    /// Lets somebody in whom the issuer sent back. Each begun sign-in ends once, whatever comes of it.
    ///
    /// # Errors
    /// When the answer is not for this browser, the issuer says no or what it says is not good, there is no role for them, or the database
    /// fails.
    pub async fn end_elsewhere(
        &self,
        answer: &Answer,
        headers: &HeaderMap,
        arrival: &Arrival,
        before: Option<&Visitor>,
    ) -> Result<CameBack, OidcError> {
        let ended = self.came_back(answer, headers, arrival, before).await;
        if let Err(error) = &ended {
            self.refuse(Reason::BadPassword);
            let who = match error {
                OidcError::NoRole { name } | OidcError::Taken { name } | OidcError::Disabled { name } => as_noted(name),
                _ => "unknown".to_owned(),
            };
            let why: String = error.to_string().chars().filter(|char| !char.is_control()).take(300).collect();
            let detail = format!("from {}: {why}", arrival.address);
            self.state().note(self.now(), "nobody", "refuse sign-in", &format!("user {who}"), &detail).await?;
        }
        ended
    }

    async fn came_back(
        &self,
        answer: &Answer,
        headers: &HeaderMap,
        arrival: &Arrival,
        before: Option<&Visitor>,
    ) -> Result<CameBack, OidcError> {
        let provider = self.inner.provider.as_ref().ok_or(OidcError::NotSet)?;
        let cookie = Cookie::Flow.read(headers, arrival.https).ok_or(OidcError::Stale)?;
        let now = self.now();
        let kept = self.state().end_flow(&secret::hash(cookie), now).await?.ok_or(OidcError::Stale)?;
        let flow: Flow = serde_json::from_str(&kept).map_err(|_| OidcError::Stale)?;
        if !answer.state.as_ref().is_some_and(|state| secret::same(state.expose(), &flow.state)) {
            return Err(OidcError::Stale);
        }
        if let Some(code) = &answer.error {
            // One of the codes of RFC 6749, section 4.1.2.1; anything else is not repeated.
            let plain = code.len() <= 50 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let reason = if plain { code.clone() } else { "no reason".to_owned() };
            return Err(OidcError::Denied { label: provider.label().to_owned(), reason });
        }
        if answer.iss.as_deref().is_some_and(|issuer| issuer != provider.issuer()) {
            let reason = "it is from another issuer".to_owned();
            return Err(OidcError::Invalid { label: provider.label().to_owned(), reason });
        }
        let code = answer.code.as_ref().ok_or(OidcError::Stale)?;
        let person = provider.person(code, &flow.verifier, &flow.nonce, &flow.back, now).await?;
        let user = self.known(provider, &person).await?;
        let signed_in = self.begin(user, "oidc", arrival, before).await?;
        Ok(CameBack { signed_in, clear: Cookie::Flow.clear(arrival.https), next: flow.next })
    }

    /// The user whom the issuer means: by its own name for them, never by one that somebody else may have here.
    async fn known(&self, provider: &Provider, person: &Person) -> Result<User, OidcError> {
        let role = provider.role(person).ok_or_else(|| OidcError::NoRole { name: person.name.clone() })?;
        let who = "spoofwatch";
        let Some(user) = self.state().user_of_issuer(provider.issuer(), &person.subject).await? else {
            let id = secret::id()?;
            let shown = display(&person.display, &person.name).or_else(|_| display("", &person.name))?;
            let new = NewUser {
                id: &id,
                name: &person.name,
                folded: &folded(&person.name),
                display: &shown,
                role: role.as_str(),
                password: None,
                issuer: Some((provider.issuer(), &person.subject)),
            };
            return match self.state().add_user(&new, who, self.now()).await {
                Err(StateError::Taken { .. }) => Err(OidcError::Taken { name: person.name.clone() }),
                added => Ok(added?),
            };
        };
        if user.disabled {
            return Err(OidcError::Disabled { name: user.name });
        }
        if user.role == role.as_str() {
            return Ok(user);
        }
        let change = UserChange { role: Some(role.as_str().to_owned()), ..UserChange::default() };
        Ok(self.state().change_user(&user.id, &change, who, self.now()).await?)
    }

    /// Where the issuer sends people back to: the public address, or the one this request used.
    fn address_of_return(&self, arrival: &Arrival) -> Option<String> {
        let base = match &self.settings().public_url {
            Some(url) => url.clone(),
            None => Url::parse(&format!("{}://{}/", if arrival.https { "https" } else { "http" }, arrival.host)).ok()?,
        };
        base.join(BACK).ok().map(String::from)
    }
}
