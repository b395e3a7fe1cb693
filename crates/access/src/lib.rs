//! Who comes in over HTTP, and what they may do: users, passwords, sessions, API tokens, sign-in by an OpenID provider, roles, and
//! what keeps strangers' pages and guesses out.
//!
//! Must not know HTML, nor what is asked for once somebody is in. [`Access::layer`] stands before everything: it finds out who asks and
//! from where, and refuses what no page of ours sends. [`Access::viewers`], [`Access::analysts`] and [`Access::admins`], or the
//! extractors [`Viewer`], [`Analyst`] and [`Admin`], say who may have an answer. Start with `layer.rs`.

mod access;
mod arrival;
mod audit;
mod cookie;
mod counts;
mod error;
mod form;
mod gate;
mod guard;
pub mod headers;
mod layer;
mod local;
mod network;
mod oidc;
mod origin;
mod password;
mod refused;
mod role;
mod secret;
mod sessions;
mod settings;
mod sign_in;
mod standing;
mod throttle;
mod token;
mod tokens;
mod users;
mod visitor;
mod welcome;

pub use access::{Access, Clock, Render};
pub use arrival::Arrival;
pub use counts::{Counts, Reason};
pub use error::{AccessError, ErrorKind};
pub use form::{FORM_LIMIT, Fields, Form};
pub use guard::{Admin, Analyst, Ingester, Viewer};
pub use layer::AccessLayer;
pub use local::local_path;
pub use network::{Network, NetworkError};
pub use oidc::{Answer, BACK, CameBack, Elsewhere, OidcError, OidcSettings};
pub use password::{Cost, LONGEST, SHORTEST, Weakness};
pub use refused::Refused;
pub use role::{Role, Scope, Scopes};
pub use secret::Secret;
pub use settings::Settings;
pub use sign_in::{SignInError, SignedIn};
pub use standing::Standing;
pub use state::{
    AuditFilter, AuditLine, Moment,
    access::{ApiToken, Session, User},
};
pub use token::LONGEST_LIFE_DAYS;
pub use tokens::{NewApiToken, SHORT_LIFE_DAYS};
pub use users::{Link, NewPerson};
pub use visitor::{Via, Visitor};
pub use welcome::{Choice, LinkKind, Welcoming};
