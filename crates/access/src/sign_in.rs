//! Signing in by name and password, and changing one's password.

use axum::http::HeaderValue;
use state::StateError;

use crate::{
    Access, AccessError, Arrival, Reason, Refused, Secret, Visitor,
    password::{self, Compared},
    users::{as_noted, folded},
};

/// Somebody has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub visitor: Visitor,
    /// What the answer has to set: `Set-Cookie`.
    pub cookie: HeaderValue,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name or the password. Which of them, nobody is told.
    #[error("wrong name or password")]
    Wrong,
    /// Too many wrong ones before.
    #[error("too many attempts: try again in {seconds} s")]
    Wait {
        /// How long to wait.
        seconds: u64,
    },
    /// Anything else.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StateError> for SignInError {
    fn from(error: StateError) -> Self {
        Self::Access(AccessError::State(error))
    }
}

/// The database did not say who it is.
pub(crate) fn unavailable(error: &StateError) -> Refused {
    Refused::Unavailable { reason: error.to_string() }
}

impl Access {
    /// Signs somebody in. A name that nobody has takes as long as a wrong password.
    ///
    /// # Errors
    /// When the name or password is wrong, there were too many tries before, or the database fails.
    pub async fn sign_in(
        &self,
        name: &str,
        password: Secret,
        arrival: &Arrival,
        before: Option<&Visitor>,
    ) -> Result<SignedIn, SignInError> {
        let folded = folded(name);
        let attempt = self.inner.throttle.begin(&folded, arrival.address, self.now()).map_err(|seconds| {
            self.refuse(Reason::RateLimited);
            SignInError::Wait { seconds }
        })?;
        let found = self.state().user_named(&folded).await?;
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        let tested = hash.clone();
        // Longer than any password that could have been chosen: not worth hashing, and so is told at once.
        let compared = if password.expose().chars().count() > password::LONGEST {
            Compared::Wrong
        } else {
            self.inner.hashers.compare(password, hash).await?
        };
        let good = user.filter(|user| compared != Compared::Wrong && !user.disabled);
        let Some(user) = good else {
            self.refuse(Reason::BadPassword);
            let subject = format!("user {}", as_noted(name));
            let detail = format!("from {}", arrival.address);
            self.state().note(self.now(), "nobody", "refuse sign-in", &subject, &detail).await?;
            return Err(SignInError::Wrong);
        };
        self.inner.throttle.right(&attempt);
        if let (Compared::Rehashed(new), Some(old)) = (compared, tested) {
            self.state().rehash_password(&user.id, &old, &new).await?;
        }
        Ok(self.begin(user, "password", arrival, before).await?)
    }

    /// Gives who asks a new password. The old one has to be known, whoever holds the session; every other session ends.
    ///
    /// # Errors
    /// When the old one is wrong or was wrong too often, the new one can be guessed, a token asks, or the database fails.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        old: Secret,
        new: Secret,
        arrival: &Arrival,
    ) -> Result<(), AccessError> {
        let keep = visitor.session().ok_or(AccessError::TokenVisitor)?;
        password::check(&new, &[&visitor.name, &visitor.display])?;
        let name = folded(&visitor.name);
        let attempt = self.inner.throttle.begin(&name, arrival.address, self.now()).map_err(|seconds| {
            self.refuse(Reason::RateLimited);
            AccessError::Wait { seconds }
        })?;
        let hash = self.state().password_of(&visitor.id).await?;
        if self.inner.hashers.compare(old, hash).await? == Compared::Wrong {
            self.refuse(Reason::BadPassword);
            let subject = format!("user {}", visitor.name);
            let detail = format!("from {}", arrival.address);
            self.state().note(self.now(), &visitor.who(), "refuse new password", &subject, &detail).await?;
            return Err(AccessError::WrongPassword);
        }
        self.inner.throttle.right(&attempt);
        let hash = self.inner.hashers.hash(new).await?;
        self.state().set_password(&visitor.id, &hash, Some(keep), &visitor.who(), self.now()).await?;
        self.changed();
        Ok(())
    }
}
