//! Errors as Elasticsearch writes them, which its clients show to people: `{"error": {"type", "reason"}, "status"}`.

use axum::{
    Json,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::Fate;
use crate::{intake::Refusal, token::Denied};

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    /// Elasticsearch's name for it.
    pub(super) kind: &'static str,
    pub(super) reason: String,
    /// When to try again, in seconds.
    pub(super) retry_after: Option<u64>,
}

impl Fault {
    pub(super) fn new(status: StatusCode, kind: &'static str, reason: impl Into<String>) -> Self {
        Self { status, kind, reason: reason.into(), retry_after: None }
    }

    /// What the client sent makes no sense.
    pub(super) fn argument(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "illegal_argument_exception", reason)
    }

    /// A document that cannot become a row.
    pub(super) fn document(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "document_parsing_exception", reason)
    }

    /// What clients of Elasticsearch can ask for and is not here.
    pub(super) fn unsupported(method: &Method, path: &str) -> Self {
        let reason = format!(
            "`{method} {path}` is not supported: spoofwatch takes documents at _bulk, _doc and _create; what is stored is asked for on its pages and by its own API"
        );
        Self::argument(reason)
    }

    /// Somebody who may not send.
    pub(super) fn security(denied: &Denied) -> Self {
        let (status, reason) = match denied {
            Denied::NoToken => (
                StatusCode::UNAUTHORIZED,
                "this needs an API token with the scope `ingest`, or the token that `serve` named the file of when it started: as api_key, as password, or as bearer token",
            ),
            Denied::Scope => (StatusCode::FORBIDDEN, "this token is not for sending documents: it needs the scope `ingest`"),
            Denied::Page => (StatusCode::FORBIDDEN, "pages may not send documents"),
        };
        Self::new(status, "security_exception", reason)
    }

    /// Why a request is refused as a whole.
    pub(super) fn refusal(refusal: &Refusal) -> Self {
        let reason = refusal.to_string();
        match refusal {
            Refusal::UnknownTable { .. } => Self::new(StatusCode::NOT_FOUND, "index_not_found_exception", reason),
            Refusal::Unfit { .. } => Self::document(reason),
            Refusal::TooLarge { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "content_too_long_exception", reason),
            Refusal::Unavailable { retry_after, .. } => Self {
                retry_after: Some(*retry_after),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable_shards_exception", reason)
            },
            Refusal::Failed { .. } => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", reason),
        }
    }

    /// Why a document was not stored.
    pub(super) fn fate(fate: &Fate) -> Option<Self> {
        match fate {
            Fate::Stored => None,
            Fate::Rejected { reason } => Some(Self::document(reason.clone())),
            // The one status of an item after which every client sends that item again.
            Fate::Later { reason } => {
                Some(Self::new(StatusCode::TOO_MANY_REQUESTS, "es_rejected_execution_exception", reason.clone()))
            }
        }
    }

    /// The error of an item among many.
    pub(super) fn error(&self) -> Value {
        json!({"type": self.kind, "reason": self.reason})
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let error = json!({
            "root_cause": [self.error()],
            "type": self.kind,
            "reason": self.reason,
        });
        let mut answer = (self.status, Json(json!({"error": error, "status": self.status.as_u16()}))).into_response();
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

/// An answer of which the client's user should know that it changes nothing (RFC 7234, section 5.5.7, in the form that Elasticsearch
/// gives it and its clients log).
pub(super) fn warned(words: &'static str, body: Value) -> Response {
    let mut answer = Json(body).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("299 spoofwatch \"{words}\"")) {
        answer.headers_mut().insert(header::WARNING, value);
    }
    answer
}
