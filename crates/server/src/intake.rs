//! `POST /api/ingest/{table}`: rows over HTTP, in the formats that files have. `POST /api/ingest` where each record says its table.
//!
//! Must not know formats, tables or storage: an [`Intake`] does. Here is who may send, how much, and how it is answered. Start with
//! [`routes`].

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use access::Visitor;
use async_trait::async_trait;
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures::StreamExt as _;
use serde::Serialize;
use serde_json::json;

use crate::token::{Denied, Token, admitted as admitted_by};

/// How long a sender may pause within a body.
const IDLE: Duration = Duration::from_secs(30);

/// What a body may be said to be. What it is, is found out by reading it; `curl --data-binary` says it is a form where nothing is said.
const TYPES: [&str; 15] = [
    "application/csv",
    "application/gzip",
    "application/json",
    "application/jsonl",
    "application/ndjson",
    "application/octet-stream",
    "application/vnd.apache.parquet",
    "application/x-gzip",
    "application/x-ndjson",
    "application/x-www-form-urlencoded",
    "application/zip",
    "application/zstd",
    "text/csv",
    "text/json",
    "text/plain",
];
/// Those that somebody who asks is told of.
const SHOWN: [&str; 4] = ["application/x-ndjson", "application/json", "text/csv", "application/octet-stream"];
/// What a body may be compressed with.
const ENCODINGS: [&str; 4] = ["gzip", "identity", "x-gzip", "zstd"];

/// Who takes rows in.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Makes ready for a body whose rows belong to `table`; `None`: each record says where it belongs. Waits where more is under way
    /// than there is room for.
    ///
    /// # Errors
    /// When there is no such table, or no room for too long.
    async fn begin(&self, table: Option<&str>) -> Result<Box<dyn Post>, Refusal>;
}

/// A body that is coming in.
#[async_trait]
pub trait Post: Send {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// When they cannot be kept.
    async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal>;

    /// Stores the rows. When this returns they are on disk.
    ///
    /// # Errors
    /// When nothing of the body was stored.
    async fn finish(self: Box<Self>) -> Result<Receipt, Refusal>;
}

/// Why a body is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No table is called so.
    #[error("there is no table `{name}`{}", or_meant(.near))]
    UnknownTable {
        /// The name.
        name: String,
        /// Tables with similar names.
        near: Vec<String>,
    },
    /// The rows cannot become rows of the table.
    #[error("{reason}")]
    Unfit {
        /// Why.
        reason: String,
    },
    /// More than is taken at a time.
    #[error("the body is larger than {limit} bytes; send it in parts")]
    TooLarge {
        /// The most.
        limit: u64,
    },
    /// Not at the moment.
    #[error("{reason}; nothing of this body was stored: send it again")]
    Unavailable {
        /// What is in the way.
        reason: String,
        /// When to try again, in seconds.
        retry_after: u64,
    },
    /// A fault of this program.
    #[error("{reason}")]
    Failed {
        /// What happened.
        reason: String,
    },
}

fn or_meant(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) }
}

/// What became of a body's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Rows that are new.
    pub added: u64,
    /// Rows that were there already: a body may be sent again.
    pub duplicates: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// The counts of each table.
    pub tables: BTreeMap<String, Counts>,
    /// The first rows that could not be read, and why.
    pub rejects: Vec<Rejected>,
    /// Why the body was not read to its end. The rows before are stored.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// What the sender should know and need not act on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// Rows of one table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New ones.
    pub added: u64,
    /// Those that were there already.
    pub duplicates: u64,
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its line in the body, from 1; its number in a JSON array.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// What the routes are answered from.
#[derive(Clone)]
struct Shared {
    intake: Arc<dyn Intake>,
    token: Option<Token>,
    limit: u64,
}

/// `POST /api/ingest/{table}` and `POST /api/ingest`. Without a token everybody may send who reaches the address; bodies larger than
/// `limit` bytes are refused.
pub fn routes(intake: Arc<dyn Intake>, token: Option<Token>, limit: u64) -> Router {
    Router::new().route("/api/ingest/{table}", post(for_table)).route("/api/ingest", post(for_any)).with_state(Shared {
        intake,
        token,
        limit,
    })
}

async fn for_table(
    State(shared): State<Shared>,
    Path(table): Path<String>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    taken(&shared, Some(&table), visitor.as_ref(), &headers, body).await
}

async fn for_any(State(shared): State<Shared>, visitor: Option<Visitor>, headers: HeaderMap, body: Body) -> Response {
    taken(&shared, None, visitor.as_ref(), &headers, body).await
}

async fn taken(shared: &Shared, table: Option<&str>, visitor: Option<&Visitor>, headers: &HeaderMap, body: Body) -> Response {
    // Nothing is said about tables to somebody who may not send.
    if let Err(answer) = admitted(shared, headers, visitor).and_then(|()| readable(headers)) {
        return answer;
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > shared.limit) {
        return refused(&Refusal::TooLarge { limit: shared.limit });
    }
    match stored(shared, table, body).await {
        Ok(receipt) => answered(&receipt),
        Err(answer) => answer,
    }
}

async fn stored(shared: &Shared, table: Option<&str>, body: Body) -> Result<Receipt, Response> {
    let mut post = shared.intake.begin(table).await.map_err(|refusal| refused(&refusal))?;
    let mut chunks = body.into_data_stream();
    let mut size = 0_u64;
    loop {
        match tokio::time::timeout(IDLE, chunks.next()).await {
            Ok(None) => break,
            Ok(Some(Ok(chunk))) => {
                size = size.saturating_add(chunk.len() as u64);
                if size > shared.limit {
                    return Err(refused(&Refusal::TooLarge { limit: shared.limit }));
                }
                post.write(chunk).await.map_err(|refusal| refused(&refusal))?;
            }
            Ok(Some(Err(error))) => {
                let reason = format!("the body broke off: {error}; nothing of it was stored");
                return Err(told(StatusCode::BAD_REQUEST, &reason));
            }
            Err(_) => return Err(told(StatusCode::REQUEST_TIMEOUT, "the body did not go on for 30 s; nothing of it was stored")),
        }
    }
    post.finish().await.map_err(|refusal| refused(&refusal))
}

/// Whether the sender may send.
fn admitted(shared: &Shared, headers: &HeaderMap, visitor: Option<&Visitor>) -> Result<(), Response> {
    match admitted_by(shared.token.as_ref(), headers, visitor) {
        Ok(()) => Ok(()),
        Err(Denied::NoToken) => {
            let reason = "this needs `Authorization: Bearer TOKEN` with the token that `serve` named the file of when it started";
            let mut answer = told(StatusCode::UNAUTHORIZED, reason);
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
            Err(answer)
        }
        Err(Denied::Scope) => Err(told(StatusCode::FORBIDDEN, "this token is not for sending rows: it needs the scope `ingest`")),
        Err(Denied::Page) => Err(told(StatusCode::FORBIDDEN, "pages may not send rows")),
    }
}

/// Whether the body is said to be what is read here.
fn readable(headers: &HeaderMap) -> Result<(), Response> {
    let essence = |name: header::HeaderName| {
        let value = headers.get(name)?.to_str().unwrap_or("?");
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    };
    if let Some(ty) = essence(header::CONTENT_TYPE).filter(|ty| !TYPES.contains(&ty.as_str())) {
        let reason = format!("`{ty}` is not read here: send NDJSON, a JSON array, CSV or Parquet, as {}", SHOWN.join(", "));
        return Err(told(StatusCode::UNSUPPORTED_MEDIA_TYPE, &reason));
    }
    if let Some(encoding) = essence(header::CONTENT_ENCODING).filter(|encoding| !ENCODINGS.contains(&encoding.as_str())) {
        let reason = format!("the content encoding `{encoding}` is not read here: use gzip or zstd, or none");
        return Err(told(StatusCode::UNSUPPORTED_MEDIA_TYPE, &reason));
    }
    Ok(())
}

/// 200 where every row was taken or some were; 400 where the body is at fault, with what was taken of it all the same.
fn answered(receipt: &Receipt) -> Response {
    let nothing = receipt.rejected > 0 && receipt.added + receipt.duplicates == 0;
    let status = if nothing || !receipt.faults.is_empty() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    (status, Json(receipt)).into_response()
}

fn refused(refusal: &Refusal) -> Response {
    let reason = refusal.to_string();
    match refusal {
        Refusal::UnknownTable { near, .. } => {
            (StatusCode::NOT_FOUND, Json(json!({"error": reason, "did_you_mean": near}))).into_response()
        }
        Refusal::Unfit { .. } => told(StatusCode::UNPROCESSABLE_ENTITY, &reason),
        Refusal::TooLarge { .. } => told(StatusCode::PAYLOAD_TOO_LARGE, &reason),
        Refusal::Unavailable { retry_after, .. } => {
            let mut answer = told(StatusCode::SERVICE_UNAVAILABLE, &reason);
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(*retry_after));
            answer
        }
        Refusal::Failed { .. } => told(StatusCode::INTERNAL_SERVER_ERROR, &reason),
    }
}

fn told(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({"error": reason}))).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::http::{Request, request};
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

    /// Counts lines; knows the table `Mail` alone.
    #[derive(Default)]
    struct Lines {
        taken: Arc<Mutex<Vec<u8>>>,
        full: bool,
    }

    struct Coming(Arc<Mutex<Vec<u8>>>);

    #[async_trait]
    impl Intake for Lines {
        async fn begin(&self, table: Option<&str>) -> Result<Box<dyn Post>, Refusal> {
            if self.full {
                return Err(Refusal::Unavailable { reason: "the disk is full".to_owned(), retry_after: 30 });
            }
            match table {
                None | Some("Mail") => Ok(Box::new(Coming(Arc::clone(&self.taken)))),
                Some(name) => Err(Refusal::UnknownTable { name: name.to_owned(), near: vec!["Mail".to_owned()] }),
            }
        }
    }

    #[async_trait]
    impl Post for Coming {
        async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal> {
            self.0.lock().map_err(|_| Refusal::Failed { reason: String::new() })?.extend_from_slice(&bytes);
            Ok(())
        }

        async fn finish(self: Box<Self>) -> Result<Receipt, Refusal> {
            let text = self.0.lock().map_err(|_| Refusal::Failed { reason: String::new() })?;
            let count = |wanted: &[u8]| text.split(|byte| *byte == b'\n').filter(|line| *line == wanted).count() as u64;
            Ok(Receipt { added: count(b"good"), rejected: count(b"bad"), ..Receipt::default() })
        }
    }

    fn request(path: &str) -> request::Builder {
        Request::post(path).header(header::AUTHORIZATION, "Bearer t0ken")
    }

    async fn answer(intake: Lines, request: Request<Body>) -> Outcome<(u16, HeaderMap, Value)> {
        let routes = routes(Arc::new(intake), Some(Token::new("t0ken")), 10);
        let answer = routes.oneshot(request).await?;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 10_000).await?;
        Ok((parts.status.as_u16(), parts.headers, serde_json::from_slice(&body)?))
    }

    #[tokio::test]
    async fn rows_are_counted() -> Outcome {
        let (status, _, told) = answer(Lines::default(), request("/api/ingest/Mail").body(Body::from("good\nbad"))?).await?;
        assert_eq!((status, &told["added"], &told["rejected"]), (200, &json!(1), &json!(1)));
        let (status, _, _) = answer(Lines::default(), request("/api/ingest").body(Body::from("good"))?).await?;
        assert_eq!(status, 200);
        let (status, _, told) = answer(Lines::default(), request("/api/ingest/Mail").body(Body::from("bad"))?).await?;
        assert_eq!((status, &told["rejected"]), (400, &json!(1)), "nothing of it could be read");
        Ok(())
    }

    #[tokio::test]
    async fn nobody_sends_without_the_token() -> Outcome {
        for wrong in [None, Some("Bearer other"), Some("Basic t0ken")] {
            let mut request = Request::post("/api/ingest/NoSuchTable");
            if let Some(wrong) = wrong {
                request = request.header(header::AUTHORIZATION, wrong);
            }
            let lines = Lines::default();
            let taken = Arc::clone(&lines.taken);
            let (status, headers, _) = answer(lines, request.body(Body::from("good"))?).await?;
            assert_eq!((status, headers.get(header::WWW_AUTHENTICATE).is_some()), (401, true));
            assert!(taken.lock().is_ok_and(|taken| taken.is_empty()));
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_page_does_not_send_where_no_token_is_asked_for() -> Outcome {
        let routes = routes(Arc::new(Lines::default()), None, 10);
        let page = Request::post("/api/ingest/Mail").header(header::ORIGIN, "http://evil.example").body(Body::from("good"))?;
        assert_eq!(routes.clone().oneshot(page).await?.status(), StatusCode::FORBIDDEN);
        let program = Request::post("/api/ingest/Mail").body(Body::from("good"))?;
        assert_eq!(routes.oneshot(program).await?.status(), StatusCode::OK);
        Ok(())
    }

    #[tokio::test]
    async fn what_cannot_be_taken_is_refused_by_its_status() -> Outcome {
        let (status, _, told) = answer(Lines::default(), request("/api/ingest/Mial").body(Body::empty())?).await?;
        assert_eq!((status, &told["did_you_mean"][0]), (404, &json!("Mail")));
        // With a length the size is known before a byte is read, without one while it is read.
        let long = request("/api/ingest/Mail").header(header::CONTENT_LENGTH, 11).body(Body::from("good\ngood\nx"))?;
        assert_eq!(answer(Lines::default(), long).await?.0, 413);
        let parts = futures::stream::iter((0..4).map(|_| Ok::<_, std::io::Error>("good\n")));
        assert_eq!(answer(Lines::default(), request("/api/ingest/Mail").body(Body::from_stream(parts))?).await?.0, 413);
        let image = request("/api/ingest/Mail").header(header::CONTENT_TYPE, "image/png").body(Body::empty())?;
        assert_eq!(answer(Lines::default(), image).await?.0, 415);
        let brotli = request("/api/ingest/Mail").header(header::CONTENT_ENCODING, "br").body(Body::empty())?;
        assert_eq!(answer(Lines::default(), brotli).await?.0, 415);
        let full = Lines { full: true, ..Lines::default() };
        let (status, headers, told) = answer(full, request("/api/ingest/Mail").body(Body::empty())?).await?;
        assert_eq!((status, headers[header::RETRY_AFTER].to_str()?), (503, "30"), "{told}");
        let broken = futures::stream::iter([Ok("good"), Err(std::io::Error::other("reset"))]);
        assert_eq!(answer(Lines::default(), request("/api/ingest/Mail").body(Body::from_stream(broken))?).await?.0, 400);
        Ok(())
    }
}
