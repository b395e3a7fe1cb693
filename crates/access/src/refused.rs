//! Why a request is not answered.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::Role;

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nobody is signed in.
    #[error("sign in first, or send an API token: `Authorization: Bearer swt_…`")]
    SignedOut,
    /// What was sent as a token opens nothing. Why is told to nobody who has no token.
    #[error("the API token is not good: it is wrong, has ended or was taken back")]
    Token,
    /// In, but not allowed to do that.
    #[error("this is for {needs}s; you are {has}")]
    Forbidden {
        /// The role it needs.
        needs: Role,
        /// The role there is.
        has: Role,
    },
    /// The token is not for that.
    #[error("the API token is not for this: it needs the scope `{needs}`")]
    Scope {
        /// A scope that would do.
        needs: &'static str,
    },
    /// They have to choose a password first.
    #[error("choose a new password first")]
    MustChange,
    /// Another site's page may have sent it, or the page it is from is an old one.
    #[error("this did not come from a page of this site that is still good: load the page again and repeat what you did")]
    Csrf,
    /// It was asked for under a name that is not ours, or under two.
    #[error("this site is not called that: use its own name, or set `public-url` in the table `console` of the configuration")]
    Host,
    /// The form cannot be read.
    #[error("the form cannot be read: {reason}")]
    Form {
        /// Why.
        reason: String,
    },
    /// The form is larger than any of ours.
    #[error("the form is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
    /// The database did not say who it is.
    #[error("{reason}")]
    Unavailable {
        /// What is in the way.
        reason: String,
    },
}

impl Refused {
    /// Its status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut | Self::Token => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } | Self::Scope { .. } | Self::MustChange | Self::Csrf => StatusCode::FORBIDDEN,
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::Form { .. } => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// As programs read it.
    const fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Token => "token",
            Self::Forbidden { .. } => "forbidden",
            Self::Scope { .. } => "scope",
            Self::MustChange => "must_change",
            Self::Csrf => "csrf",
            Self::Host => "host",
            Self::Form { .. } => "form",
            Self::TooLarge { .. } => "too_large",
            Self::Unavailable { .. } => "unavailable",
        }
    }

    /// What an answer of whatever form carries along.
    pub(crate) fn mark(&self, answer: &mut Response) {
        match self {
            // Nothing that makes a browser ask for a password of its own.
            Self::SignedOut | Self::Token => {
                answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"spoofwatch\""));
            }
            Self::Unavailable { .. } => {
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
    }
}

impl IntoResponse for Refused {
    /// For programs: JSON.
    fn into_response(self) -> Response {
        let mut answer = (self.status(), Json(json!({"code": self.code(), "error": self.to_string()}))).into_response();
        self.mark(&mut answer);
        answer
    }
}
