//! What can go wrong when somebody is let in, or users are managed.

use crate::{Role, Weakness};

/// Why what was asked for was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The database failed, or says that the name is taken, that there is no such user, that nobody would be left who is an admin.
    #[error(transparent)]
    State(#[from] state::StateError),
    /// The password can be guessed.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// The password they have now was not given right.
    #[error("that is not your present password")]
    WrongPassword,
    /// Too many wrong passwords before.
    #[error("too many attempts: try again in {seconds} s")]
    Wait {
        /// How long to wait.
        seconds: u64,
    },
    /// More passwords are being checked than there is room for.
    #[error("too much to do at the moment: try again in a few seconds")]
    Busy,
    /// A link that was used, has ended or never was.
    #[error("this link has been used or has ended: ask for a new one")]
    Link,
    /// The name cannot be one.
    #[error("a name has 1 to 64 letters (a to z), digits, `.`, `_`, `-`, `+` or `@`, and begins with a letter or digit")]
    Name,
    /// What somebody is called cannot be that.
    #[error("a display name has 1 to 100 characters, all of them visible")]
    Display,
    /// A token cannot be called that.
    #[error("a token's name has 1 to 100 characters, all of them visible")]
    TokenName,
    /// A token without any scope.
    #[error("a token needs at least one scope: read, work, admin or ingest")]
    NoScope,
    /// A token that could do more than its owner.
    #[error("a token with the scope `{scope}` is for somebody who is {needs}")]
    ScopeTooHigh {
        /// The scope.
        scope: &'static str,
        /// The role it needs.
        needs: Role,
    },
    /// A token that ends too late, or before it begins.
    #[error("a token is good for 1 to {most} days")]
    Life {
        /// The most days.
        most: u32,
    },
    /// A token was used for what only somebody who signed in may do.
    #[error("this is for people who signed in, not for tokens")]
    TokenVisitor,
    /// What is stored of a user is not what this program writes.
    #[error("the stored {what} of `{name}` cannot be read")]
    Damaged {
        /// What it is.
        what: &'static str,
        /// Whose it is.
        name: String,
    },
    /// The machine gave no random numbers, or a thread did not end.
    #[error("the system failed: {0}")]
    System(&'static str),
}

/// What kind of failure it is, for who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no such thing.
    Unknown,
    /// It cannot be, as things are.
    Conflict,
    /// What was asked for makes no sense.
    Input,
    /// It may not be done by who asks.
    Refused,
    /// Too often, or too much at a time.
    Limit,
    /// Not at the moment.
    Unavailable,
    /// A fault of this program.
    Internal,
}

impl AccessError {
    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        use state::StateError;
        match self {
            Self::State(StateError::Unknown { .. } | StateError::Ambiguous { .. }) | Self::Link => ErrorKind::Unknown,
            Self::State(StateError::Taken { .. } | StateError::LastAdmin { .. }) => ErrorKind::Conflict,
            Self::State(
                StateError::Address { .. }
                | StateError::Open { .. }
                | StateError::Migrate { .. }
                | StateError::Busy { .. }
                | StateError::Full
                | StateError::Database { .. },
            )
            | Self::Busy => ErrorKind::Unavailable,
            Self::TokenVisitor | Self::ScopeTooHigh { .. } => ErrorKind::Refused,
            Self::State(StateError::TooMany { .. }) | Self::Wait { .. } => ErrorKind::Limit,
            Self::Weak(_)
            | Self::WrongPassword
            | Self::Name
            | Self::Display
            | Self::TokenName
            | Self::NoScope
            | Self::Life { .. } => ErrorKind::Input,
            Self::State(StateError::Damaged { .. }) | Self::Damaged { .. } | Self::System(_) => ErrorKind::Internal,
        }
    }
}
