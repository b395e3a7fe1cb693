//! Why something could not be given or done.

use serde::Serialize;
use utoipa::ToSchema;

/// Why something could not be given or done; each in words for who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no such thing, or it is not this person's to see.
    #[error("there is no {what} `{id}`")]
    Unknown {
        /// What was asked for: `alert`, `rule`, `domain` ...
        what: &'static str,
        /// What it was asked for by.
        id: String,
    },
    /// What was sent cannot be used.
    #[error("{}", .0.message)]
    Input(Box<Problem>),
    /// It is not this person's to do, whatever the role: one who proposes may not approve.
    #[error("{reason}")]
    Refused {
        /// Why, and who may.
        reason: String,
    },
    /// It has changed since it was looked at.
    #[error("{reason}")]
    Conflict {
        /// What has changed.
        reason: String,
    },
    /// It would take more memory, time or room than is allowed.
    #[error("{reason}")]
    Limit {
        /// Which limit, and what to do.
        reason: String,
    },
    /// Who asked does not want it any more.
    #[error("cancelled")]
    Cancelled,
    /// Not at the moment: the database is locked or gone, a server does not answer.
    #[error("{reason}")]
    Unavailable {
        /// What is in the way.
        reason: String,
    },
    /// A fault of this program.
    #[error("{reason}")]
    Internal {
        /// What happened.
        reason: String,
    },
}

/// What is wrong with something that was sent, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The stable code of the diagnostic; empty where there is none.
    pub code: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
    /// The first byte of the text it is about; with `end` equal, it is about the whole.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// Its line, from 1; 0 where it has no place.
    pub line: u32,
    /// Its column in characters, from 1; 0 where it has no place.
    pub column: u32,
}

impl Fault {
    /// Something that was sent is wrong as a whole.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self::Input(Box::new(Problem { severity: "error".to_owned(), message: message.into(), ..Problem::default() }))
    }

    /// A fault of this program.
    #[must_use]
    pub fn internal(reason: impl std::fmt::Display) -> Self {
        Self::Internal { reason: reason.to_string() }
    }
}

impl From<state::StateError> for Fault {
    fn from(error: state::StateError) -> Self {
        match error {
            state::StateError::Unknown { what, id } => Self::Unknown { what, id },
            state::StateError::Ambiguous { .. } => Self::input(error.to_string()),
            state::StateError::TooMany { .. } => Self::Limit { reason: error.to_string() },
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}
