//! What went wrong, as an answer.

use access::{AccessError, ErrorKind};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use desk::{Fault, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Failed {
    #[serde(skip)]
    status: StatusCode,
    /// `unknown`, `input`, `refused`, `conflict`, `limit`, `cancelled`, `unavailable` or `internal`; of who may not ask, `signed_out`,
    /// `token`, `scope`, `forbidden`, `must_change`, `csrf` or `host`.
    code: &'static str,
    /// What happened and what to do, for people.
    error: String,
    /// Where the input is wrong, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

impl Failed {
    /// What HTTP itself has a status for, and the desk no word.
    pub(crate) fn new(status: StatusCode, code: &'static str, error: impl Into<String>) -> Self {
        Self { status, code, error: error.into(), problem: None }
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        let error = fault.to_string();
        let (status, code) = match &fault {
            Fault::Unknown { .. } => (StatusCode::NOT_FOUND, "unknown"),
            Fault::Input(_) => (StatusCode::UNPROCESSABLE_ENTITY, "input"),
            Fault::Refused { .. } => (StatusCode::FORBIDDEN, "refused"),
            Fault::Conflict { .. } => (StatusCode::CONFLICT, "conflict"),
            Fault::Limit { .. } => (StatusCode::TOO_MANY_REQUESTS, "limit"),
            Fault::Cancelled => (StatusCode::GONE, "cancelled"),
            Fault::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Fault::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        let problem = match fault {
            Fault::Input(problem) => Some(*problem),
            _ => None,
        };
        Self { status, code, error, problem }
    }
}

impl From<AccessError> for Failed {
    fn from(error: AccessError) -> Self {
        let (status, code) = match error.kind() {
            ErrorKind::Unknown => (StatusCode::NOT_FOUND, "unknown"),
            ErrorKind::Input => (StatusCode::UNPROCESSABLE_ENTITY, "input"),
            ErrorKind::Refused => (StatusCode::FORBIDDEN, "refused"),
            ErrorKind::Conflict => (StatusCode::CONFLICT, "conflict"),
            ErrorKind::Limit => (StatusCode::TOO_MANY_REQUESTS, "limit"),
            ErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        Self { status, code, error: error.to_string(), problem: None }
    }
}

/// The answer where a handler broke off. What it broke off with may hold what nobody outside should see, and stands in the log.
#[must_use]
pub fn broken() -> Response {
    Failed::from(Fault::internal("a fault in this program ended the request; its log says more")).into_response()
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut answer = (status, Json(self)).into_response();
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        answer
    }
}
