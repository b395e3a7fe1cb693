//! Who may come in, as it is kept: users, their sessions, API tokens and links to begin with, and sign-ins elsewhere that are under way.
//!
//! Must not know passwords, cookies or HTTP: hashes come and go. What ends with something else (a user's sessions with the user's
//! rights) ends in the same transaction. Start with [`User`].

mod flows;
mod sessions;
mod tokens;
mod users;
mod welcomes;

pub use sessions::{NewSession, SESSIONS_OF_A_USER, Session};
pub use tokens::{ApiToken, NewToken};
pub use users::{NewUser, User, UserChange};
pub use welcomes::{Welcome, Welcomed};

/// The role that manages users: one who has it must always be able to come in.
pub(crate) const ADMIN: &str = "admin";
