//! What somebody may do: a role of a person, scopes of a token.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a person may do. Each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Works on alerts, hunts, proposes exclusions and fixes.
    Analyst,
    /// Changes rules, settings and users, approves.
    Admin,
}

impl Role {
    /// Every role, from the least.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Analyst, Self::Admin];

    /// As it is written everywhere.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role: use viewer, analyst or admin")]
pub struct NoRole(String);

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(text: &str) -> Result<Self, NoRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| NoRole(text.to_owned()))
    }
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// To read, as a viewer may.
    Read,
    /// To work, as an analyst may.
    Work,
    /// To change anything, as an admin may.
    Admin,
    /// To send rows, and nothing else.
    Ingest,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Work, Self::Admin, Self::Ingest];

    /// As it is written everywhere.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Work => "work",
            Self::Admin => "admin",
            Self::Ingest => "ingest",
        }
    }

    /// The role that somebody must have to give it to a token. Rows that come in become alerts, and are nobody's to send but of who
    /// answers for the sources.
    #[must_use]
    pub const fn needs(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Work => Role::Analyst,
            Self::Admin | Self::Ingest => Role::Admin,
        }
    }
}

/// The scopes of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// These, each once.
    #[must_use]
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut scopes: Vec<Scope> = scopes.into_iter().collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    /// As they are kept: words with spaces between them. A word that is no scope, of a newer program, gives nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let named = |word: &str| Scope::ALL.into_iter().find(|scope| scope.as_str() == word);
        Self::new(text.split_ascii_whitespace().filter_map(named))
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// The most that they let somebody do who may do everything; `None`: not even read.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.0.iter().filter(|scope| **scope != Scope::Ingest).map(|scope| scope.needs()).max()
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered() {
        assert!(Role::Viewer < Role::Analyst && Role::Analyst < Role::Admin);
        assert_eq!("analyst".parse(), Ok(Role::Analyst));
        assert!("Admin".parse::<Role>().is_err() && "".parse::<Role>().is_err());
    }

    #[test]
    fn scopes_give_a_role_and_ingest_gives_none() {
        for (text, role) in [
            ("read", Some(Role::Viewer)),
            ("read work", Some(Role::Analyst)),
            ("admin", Some(Role::Admin)),
            ("ingest", None),
            ("ingest read", Some(Role::Viewer)),
            ("", None),
            ("all root *", None),
        ] {
            assert_eq!(Scopes::read(text).role(), role, "{text}");
        }
        assert_eq!(Scopes::read("work read work").to_string(), "read work");
    }
}
