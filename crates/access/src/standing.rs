//! Whether somebody who came in still may be in: for answers that go on for minutes, such as a stream of events.
//!
//! Whatever ends a session, takes back a token or changes what a user may do in this process says so, and who holds a [`Standing`] looks again.
//! What another process changes, such as `spoofwatch users`, is seen by whoever asks anew.

use std::fmt;

use tokio::sync::watch;

use crate::{Access, Via, Visitor, settings::micros};

/// That of a visitor. The layer hands it on with the request.
#[derive(Clone)]
pub struct Standing {
    access: Access,
    visitor: Visitor,
    changes: watch::Receiver<()>,
    /// Something may have changed since it was last looked at.
    due: bool,
}

impl fmt::Debug for Standing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Standing").field("visitor", &self.visitor).finish_non_exhaustive()
    }
}

impl Standing {
    /// Returns when they may not be in any more, or not as they were when they came. May be dropped and called again: nothing is missed.
    pub async fn ended(&mut self) {
        loop {
            if self.due {
                if !self.stands().await {
                    return;
                }
                self.due = false;
            }
            if self.changes.changed().await.is_err() {
                // Nobody is left who could change anything.
                std::future::pending::<()>().await;
            }
            self.due = true;
        }
    }

    /// Whether they may still be in. A database that does not answer ends nothing: that is for whoever asks next.
    pub async fn stands(&self) -> bool {
        let (state, now) = (self.access.state(), self.access.now());
        match &self.visitor.via {
            Via::Session { hash, .. } => match state.session(hash).await {
                Ok(Some((session, user))) => {
                    let idle = now.saturating_sub(session.used_at) >= micros(self.access.settings().idle);
                    !idle && now < session.expires_at && !user.disabled && user.role == self.visitor.role.as_str()
                }
                Ok(None) => false,
                Err(_) => true,
            },
            Via::Token { id, owner, .. } => match state.token(id).await {
                Ok(Some((token, user, _))) => {
                    token.revoked_at.is_none() && now < token.expires_at && !user.disabled && user.role == owner.as_str()
                }
                Ok(None) => false,
                Err(_) => true,
            },
        }
    }
}

impl Access {
    /// The standing of somebody who is in.
    #[must_use]
    pub fn standing(&self, visitor: &Visitor) -> Standing {
        let changes = self.inner.changed.subscribe();
        // What changed between the look at the session and this is seen at the first look.
        Standing { access: self.clone(), visitor: visitor.clone(), changes, due: true }
    }

    /// Has everybody's standing looked at again.
    pub(crate) fn changed(&self) {
        self.inner.changed.send_replace(());
    }
}
