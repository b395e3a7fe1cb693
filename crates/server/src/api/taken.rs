//! What a request brings: its body, the query of its address, parts of its path. What cannot be used is answered in the form of every
//! other error, [`Failed`].
//!
//! They stand in for axum's extractors of the same names, which refuse in plain text.

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection},
    },
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use super::Failed;

/// The longest that an error repeats of what was sent, in characters.
const SHOWN: usize = 300;

/// A body of JSON, of a request or an answer.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// The query of the address.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

/// The parts of the path that vary.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

/// A body of any form, whole.
#[derive(Debug)]
pub(crate) struct Whole(pub(crate) Bytes);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(unfit_json(rejection)),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => Err(unfit("the query of the address", &error)),
            Err(other) => Err(unfit("the query of the address", &other)),
        }
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => Err(unfit("the path", &error)),
            Err(other) => Err(unfit("the path", &other)),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        Bytes::from_request(request, state).await.map(Self).map_err(unread)
    }
}

fn unfit_json(rejection: JsonRejection) -> Failed {
    match rejection {
        JsonRejection::JsonDataError(error) => unfit("the body", &error),
        JsonRejection::JsonSyntaxError(error) => unfit("the body is not JSON and", &error),
        JsonRejection::MissingJsonContentType(_) => Failed::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "input",
            "the body is not said to be JSON: send it with `Content-Type: application/json`",
        ),
        JsonRejection::BytesRejection(rejection) => unread(rejection),
        other => unfit("the body", &other),
    }
}

/// A body that did not arrive whole.
fn unread(rejection: BytesRejection) -> Failed {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Failed::new(StatusCode::PAYLOAD_TOO_LARGE, "limit", "the body is larger than is taken here")
        }
        _ => unfit("the body", &rejection),
    }
}

/// What was sent and why it cannot be used: the error behind axum's names the member and the place.
fn unfit(what: &str, error: &dyn std::error::Error) -> Failed {
    let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let reason: String = reason.chars().take(SHOWN).collect();
    Failed::new(StatusCode::UNPROCESSABLE_ENTITY, "input", format!("{what} cannot be used: {reason}"))
}

#[cfg(test)]
mod tests {
    use access::Role;
    use axum::{body::Body, http::Request};
    use serde_json::{Value, json};

    use crate::api::testing::Client;

    #[tokio::test]
    async fn what_cannot_be_used_is_told_in_the_one_form() {
        let client = Client::of(Role::Analyst).await;
        for (method, path, body, part) in [
            ("GET", "/api/v1/alerts?size=many", Value::Null, "the query of the address cannot be used: "),
            ("GET", "/api/v1/alerts/%FF", Value::Null, "the path cannot be used: "),
            (
                "POST",
                "/api/v1/hunts",
                json!({"query": 1}),
                "the body cannot be used: query: invalid type: integer `1`, expected a string",
            ),
            ("POST", "/api/v1/hunts", json!({"query": "T", "wish": 1}), "unknown field `wish`"),
        ] {
            let answer = client.call(method, path, body).await;
            assert_eq!((answer.status, &answer.json["code"]), (422, &json!("input")), "{path}");
            assert!(answer.json["error"].as_str().unwrap_or_default().contains(part), "{path}: {}", answer.json);
        }
    }

    #[tokio::test]
    async fn a_body_that_is_no_json_is_told_so() {
        let client = Client::of(Role::Analyst).await;
        for (kind, body, status, part) in [
            ("application/json", "{\"query\": ", 422, "the body is not JSON and cannot be used: query: EOF"),
            ("text/plain", "{\"query\": \"T\"}", 415, "application/json"),
        ] {
            let answer = client.sent("POST", "/api/v1/hunts", kind, body).await;
            assert_eq!(answer.status, status, "{kind}");
            assert!(answer.json["error"].as_str().unwrap_or_default().contains(part), "{}", answer.json);
        }
        let answer = client.call("POST", "/api/v1/hunts", json!("x".repeat(1000))).await;
        assert!(answer.json["error"].as_str().is_some_and(|words| words.len() < 500), "{}", answer.json);
    }

    #[tokio::test]
    async fn what_is_not_there_and_what_cannot_be_done_with_it_are_told_in_the_one_form() {
        let client = Client::of(Role::Viewer).await;
        for (method, path, status, code) in [
            ("GET", "/api/v1/nothing", 404, "unknown"),
            ("GET", "/api/v1/", 404, "unknown"),
            ("GET", "/api/v1/alerts/1/2/3", 404, "unknown"),
            ("DELETE", "/api/v1/overview", 405, "input"),
            ("POST", "/api/v1/openapi.json", 405, "input"),
        ] {
            let answer = client.call(method, path, Value::Null).await;
            assert_eq!((answer.status, &answer.json["code"]), (status, &json!(code)), "{method} {path}");
        }
        let asked = Request::delete("/api/v1/overview").header("content-type", "application/json").body(Body::empty());
        assert_eq!(
            client.ask(asked.unwrap()).await.status,
            403,
            "without the mark of a page of ours nothing is said about what there is"
        );
    }
}
