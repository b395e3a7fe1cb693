//! Sessions: begun when somebody signs in, found by their cookie, ended by time, by their owner, or with what their owner may do.

use state::{
    Moment,
    access::{NewSession, Session, User},
};

use crate::{
    Access, AccessError, Arrival, Refused, Role, SignedIn, Via, Visitor, cookie::Cookie, secret, settings::micros,
    sign_in::unavailable,
};

/// That something was used is written down no more often than this, in microseconds: a minute.
const NOTED_EVERY: i64 = 60_000_000;

/// Whether it is time to write down again that something was used. A clock that was set back is no reason not to.
pub(crate) const fn is_time_to_note(last: Moment, now: Moment) -> bool {
    now.saturating_sub(last) >= NOTED_EVERY || now < last
}

impl Access {
    /// Who a cookie's session is of; `None` where it has ended, or never was.
    pub(crate) async fn by_session(&self, cookie: &str) -> Result<Option<Visitor>, Refused> {
        // Anything else is none of ours, and is not looked up.
        if cookie.len() != 43 || !cookie.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return Ok(None);
        }
        let hash = secret::hash(cookie);
        let Some((session, user)) = self.state().session(&hash).await.map_err(|error| unavailable(&error))? else {
            return Ok(None);
        };
        let now = self.now();
        let idle = now.saturating_sub(session.used_at) >= micros(self.settings().idle);
        if idle || now >= session.expires_at || user.disabled {
            self.state().end_session(&hash).await.map_err(|error| unavailable(&error))?;
            self.changed();
            return Ok(None);
        }
        if is_time_to_note(session.used_at, now) {
            self.state().use_session(&hash, now).await.map_err(|error| unavailable(&error))?;
        }
        Ok(visitor(user, session.id, cookie, hash))
    }

    /// Begins a session for somebody who has proved who they are. Its secret is new, whatever the browser had before; what it had ends.
    pub(crate) async fn begin(
        &self,
        user: User,
        method: &str,
        arrival: &Arrival,
        before: Option<&Visitor>,
    ) -> Result<SignedIn, AccessError> {
        if let Some(hash) = before.and_then(Visitor::session) {
            self.state().end_session(hash).await?;
        }
        let cookie = secret::unguessable()?;
        let hash = secret::hash(cookie.expose());
        let now = self.now();
        let session = Session {
            id: secret::id()?,
            account_id: user.id.clone(),
            method: method.to_owned(),
            address: arrival.address.to_string(),
            agent: arrival.agent.clone(),
            created_at: now,
            used_at: now,
            expires_at: now.saturating_add(micros(self.settings().longest)),
        };
        self.state().begin_session(&NewSession { hash: &hash, session: &session }).await?;
        // The session before it has ended, or the oldest of too many.
        self.changed();
        let detail = format!("by {method}, from {}", arrival.address);
        self.state().note(now, &user.name, "sign in", &format!("user {}", user.name), &detail).await?;
        self.counts.signed_in();
        let header = Cookie::Session.set(cookie.expose(), self.settings().longest.as_secs(), arrival.https);
        let name = user.name.clone();
        let visitor = visitor(user, session.id, cookie.expose(), hash).ok_or(AccessError::Damaged { what: "role", name })?;
        Ok(SignedIn { visitor, cookie: header })
    }

    /// Ends the session of who asks. The answer carries what takes the cookie away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, visitor: &Visitor, arrival: &Arrival) -> Result<axum::http::HeaderValue, AccessError> {
        if let Some(hash) = visitor.session()
            && self.state().end_session(hash).await?
        {
            self.changed();
            self.state().note(self.now(), &visitor.name, "sign out", &format!("user {}", visitor.name), "").await?;
        }
        Ok(Cookie::Session.clear(arrival.https))
    }

    /// The sessions of who asks, the youngest first. The id of the present one is in [`Via::Session`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_sessions(&self, visitor: &Visitor) -> Result<Vec<Session>, AccessError> {
        let now = self.now();
        Ok(self.state().sessions_of(&visitor.id, now, now.saturating_sub(micros(self.settings().idle))).await?)
    }

    /// Ends one of the sessions of who asks; whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_own_session(&self, visitor: &Visitor, id: &str) -> Result<bool, AccessError> {
        let ended = self.state().end_session_of(&visitor.id, id).await?;
        if ended {
            self.changed();
            let subject = format!("user {}", visitor.name);
            self.state().note(self.now(), &visitor.who(), "end session", &subject, &format!("session {id}")).await?;
        }
        Ok(ended)
    }

    /// Ends every session of who asks but the present one; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_other_sessions(&self, visitor: &Visitor) -> Result<u64, AccessError> {
        let ended = self.state().end_sessions_of(&visitor.id, visitor.session()).await?;
        self.changed();
        let subject = format!("user {}", visitor.name);
        self.state().note(self.now(), &visitor.who(), "end other sessions", &subject, &format!("{ended} ended")).await?;
        Ok(ended)
    }
}

fn visitor(user: User, id: String, cookie: &str, hash: String) -> Option<Visitor> {
    let role: Role = user.role.parse().ok()?;
    Some(Visitor {
        id: user.id,
        name: user.name,
        display: user.display,
        role,
        must_change: user.must_change,
        via: Via::Session { id, csrf: secret::csrf(cookie), hash },
    })
}
