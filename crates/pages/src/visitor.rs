//! Who is looking at a page.

use std::fmt;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Works alerts, hunts, proposes.
    Analyst,
    /// Changes rules, fixes, settings, users.
    Admin,
}

impl Role {
    /// Its name, as people read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
        }
    }
}

/// The signed-in person a page is made for. As an argument of a handler it is taken from the request, where whoever checked the session
/// has put it; a request without one is sent to sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The name that stands in records of changes.
    pub name: String,
    /// What this person may do.
    pub role: Role,
    /// What a form of this session has to bring back, against forged requests.
    pub csrf: String,
}

impl Visitor {
    /// True if this person may do what an analyst may.
    #[must_use]
    pub fn works(&self) -> bool {
        self.role >= Role::Analyst
    }

    /// True if this person may do what an admin may.
    #[must_use]
    pub fn governs(&self) -> bool {
        self.role >= Role::Admin
    }
}

impl fmt::Debug for Visitor {
    /// Without the token.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Visitor").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        if let Some(visitor) = parts.extensions.get::<Self>() {
            return Ok(visitor.clone());
        }
        let Some(address) = parts.uri.path_and_query().filter(|_| parts.method.is_safe()) else {
            return Err((StatusCode::UNAUTHORIZED, "Sign in first.").into_response());
        };
        let next: String = url::form_urlencoded::byte_serialize(address.as_str().as_bytes()).collect();
        Err(Redirect::to(&format!("/sign-in?next={next}")).into_response())
    }
}
