//! Who asks.

use std::fmt;

use crate::{Role, Scope, Scopes};

/// Somebody who is in: a person by a session, or a program by a person's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The user's id.
    pub id: String,
    /// What they sign in with.
    pub name: String,
    /// What they are called on pages.
    pub display: String,
    /// The most they may do: of a token, the lesser of its owner's role and its scopes.
    pub role: Role,
    /// Whether they have to choose a password before anything else.
    pub must_change: bool,
    /// How they are in.
    pub via: Via,
}

/// How somebody is in.
#[derive(Clone, PartialEq, Eq)]
pub enum Via {
    /// By a session in a browser.
    Session {
        /// What a list of sessions calls it.
        id: String,
        /// What each form has to bring along: the field `csrf`, or the header `X-CSRF-Token`.
        csrf: String,
        /// The hash of its secret, by which it is found.
        hash: String,
    },
    /// By a token.
    Token {
        /// The part of it that is no secret.
        id: String,
        /// What it is for.
        name: String,
        /// What it may be used for.
        scopes: Scopes,
        /// What its owner may do.
        owner: Role,
    },
}

impl fmt::Debug for Via {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session { id, .. } => out.debug_struct("Session").field("id", id).finish_non_exhaustive(),
            Self::Token { id, name, scopes, owner } => out
                .debug_struct("Token")
                .field("id", id)
                .field("name", name)
                .field("scopes", scopes)
                .field("owner", owner)
                .finish(),
        }
    }
}

impl Visitor {
    /// Whether they may do what `needed` may.
    #[must_use]
    pub fn may(&self, needed: Role) -> bool {
        let reads = match &self.via {
            Via::Session { .. } => true,
            Via::Token { scopes, .. } => scopes.role().is_some(),
        };
        reads && self.role >= needed
    }

    /// Whether they may do what an analyst may.
    #[must_use]
    pub fn works(&self) -> bool {
        self.may(Role::Analyst)
    }

    /// Whether they may do what an administrator may.
    #[must_use]
    pub fn governs(&self) -> bool {
        self.may(Role::Admin)
    }

    /// Whether they may send rows: a token for that, of somebody who may give one.
    #[must_use]
    pub fn may_ingest(&self) -> bool {
        match &self.via {
            Via::Session { .. } => false,
            Via::Token { scopes, owner, .. } => scopes.has(Scope::Ingest) && *owner >= Scope::Ingest.needs(),
        }
    }

    /// Who it is for the record of changes: the person, and the token where it is one. Names have neither spaces nor brackets, so no
    /// token can be called as to look like a person.
    #[must_use]
    pub fn who(&self) -> String {
        match &self.via {
            Via::Session { .. } => self.name.clone(),
            Via::Token { id, .. } => format!("{} (token {id})", self.name),
        }
    }

    /// What each form of theirs has to bring along; empty where they are in by a token, which no page can send.
    #[must_use]
    pub fn csrf(&self) -> &str {
        match &self.via {
            Via::Session { csrf, .. } => csrf,
            Via::Token { .. } => "",
        }
    }

    /// The hash of the session's secret.
    pub(crate) fn session(&self) -> Option<&str> {
        match &self.via {
            Via::Session { hash, .. } => Some(hash),
            Via::Token { .. } => None,
        }
    }
}
