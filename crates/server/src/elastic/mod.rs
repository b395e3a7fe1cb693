//! What clients of Elasticsearch say to send documents: Filebeat, Logstash, Vector, Fluent Bit, elasticsearch-py. Under [`PREFIX`], which
//! each of them can be told as part of its address.
//!
//! | file | what is asked |
//! | --- | --- |
//! | `info` | `GET /`: is this Elasticsearch, and which |
//! | `bulk`, `action` | `POST /_bulk`: many documents, each under a line that says what to do with it |
//! | `doc` | `POST /{index}/_doc`: one |
//! | `cluster` | health and licence, which clients look at before they send |
//! | `setup` | templates, policies, pipelines and indices, which clients make before they send |
//! | `body`, `answer` | how bodies are read, and how is answered |
//!
//! Documents become rows of tables: there is nothing to search, change or delete here, and whoever asks for that is told so. Authority:
//! <https://www.elastic.co/docs/api/doc/elasticsearch>. Must not know tables or storage: [`Documents`] do. Start with [`routes`].

mod action;
mod answer;
mod body;
mod bulk;
mod cluster;
mod doc;
mod info;
mod setup;

use std::sync::Arc;

use access::Visitor;
use async_trait::async_trait;
use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, head, post, put},
};

use self::answer::Fault;
use crate::{
    intake::Refusal,
    token::{Denied, Token, admitted},
};

/// What stands before every path.
pub const PREFIX: &str = "/elastic";
/// Bytes that an id may have, as in Elasticsearch.
const LONGEST_ID: usize = 512;
/// Bytes that the name of an index may have, as in Elasticsearch.
const LONGEST_INDEX: usize = 255;

/// Who takes documents in.
#[async_trait]
pub trait Documents: Send + Sync {
    /// Makes ready for the documents of a request. Waits where more is under way than there is room for.
    ///
    /// # Errors
    /// When there is no room for too long.
    async fn begin(&self) -> Result<Box<dyn Batch>, Refusal>;

    /// Whether an index stands for a table, whatever is sent to it.
    fn has_table(&self, index: &str) -> bool;
}

/// The documents of a request.
#[async_trait]
pub trait Batch: Send {
    /// Takes the next document.
    ///
    /// # Errors
    /// When it cannot be kept; then nothing of the request is.
    async fn add(&mut self, document: Document) -> Result<(), Refusal>;

    /// Stores the documents, and tells what became of each, in their order. When this returns they are on disk.
    ///
    /// # Errors
    /// When none was stored, through no fault of theirs.
    async fn finish(self: Box<Self>) -> Result<Vec<Fate>, Refusal>;
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The index it is sent to.
    pub index: String,
    /// The id its sender gave it.
    pub id: Option<String>,
    /// Its text, as it was sent.
    pub source: Bytes,
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is on disk, now or since before.
    Stored,
    /// It can never become a row.
    Rejected {
        /// Why.
        reason: String,
    },
    /// It was not stored and may be sent again.
    Later {
        /// What is in the way.
        reason: String,
    },
}

/// How much is taken at a time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body as it is sent.
    pub body: u64,
    /// Bytes of a body that was compressed.
    pub expanded: u64,
}

/// What the routes are answered from.
#[derive(Clone)]
struct Shared {
    documents: Arc<dyn Documents>,
    token: Option<Token>,
    limits: Limits,
}

/// Everything that is answered under [`PREFIX`]. Without a token everybody may send who reaches the address.
pub fn routes(documents: Arc<dyn Documents>, token: Option<Token>, limits: Limits) -> Router {
    let shared = Shared { documents, token, limits };
    let mut calls = Router::new();
    for (path, answers) in table() {
        calls = calls.route(path, answers.fallback(unsupported));
    }
    Router::new()
        .nest(PREFIX, calls.fallback(unsupported))
        // Clients put a slash behind a path that they are given.
        .route(&format!("{PREFIX}/"), get(info::info).fallback(unsupported))
        .layer(middleware::from_fn_with_state(shared.clone(), guard))
        .with_state(shared)
}

/// Every path, and what is answered there.
fn table() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/", get(info::info)),
        ("/_bulk", post(bulk::of_any).put(bulk::of_any)),
        ("/{index}/_bulk", post(bulk::of_index).put(bulk::of_index)),
        ("/{index}/_doc", post(doc::nameless)),
        ("/{index}/_doc/{id}", post(doc::named).put(doc::named)),
        ("/{index}/_create/{id}", post(doc::named).put(doc::named)),
        ("/_license", get(cluster::license)),
        ("/_xpack", get(cluster::xpack)),
        ("/_cluster/health", get(cluster::health)),
        ("/_index_template/{name}", get(setup::missing).put(setup::ignored).post(setup::ignored)),
        ("/_component_template/{name}", get(setup::missing).put(setup::ignored).post(setup::ignored)),
        ("/_template/{name}", get(setup::missing).put(setup::ignored).post(setup::ignored)),
        ("/_ingest/pipeline/{name}", get(setup::missing).put(setup::ignored)),
        ("/_ilm/policy/{name}", get(setup::missing).put(setup::ignored)),
        ("/_data_stream/{name}", get(setup::data_stream).put(setup::create)),
        ("/_refresh", post(setup::refresh).get(setup::refresh)),
        ("/{index}/_refresh", post(setup::refresh).get(setup::refresh)),
        ("/{index}", head(setup::exists).put(setup::create)),
        ("/{index}/_mapping", put(setup::ignored)),
        ("/{index}/_settings", put(setup::ignored)),
    ]
}

/// Lets those in who may send, and marks every answer as clients demand it.
async fn guard(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    as_bearer(request.headers_mut());
    let visitor = request.extensions().get::<Visitor>();
    let mut answer = match admitted(shared.token.as_ref(), request.headers(), visitor) {
        Ok(()) => next.run(request).await,
        Err(denied) => turned_away(&denied),
    };
    // Clients since 7.14 refuse to talk to whoever does not say this.
    answer.headers_mut().insert("x-elastic-product", HeaderValue::from_static("Elasticsearch"));
    answer
}

fn turned_away(denied: &Denied) -> Response {
    let mut answer = Fault::security(denied).into_response();
    if matches!(denied, Denied::NoToken) {
        for scheme in ["Bearer realm=\"spoofwatch\"", "ApiKey", "Basic realm=\"spoofwatch\""] {
            answer.headers_mut().append(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
    }
    answer
}

/// Makes of the ways in which clients send a key the one that is understood here. `ApiKey` has the key as it is, or `ID:KEY` in Base64;
/// `Basic` has it as the password.
fn as_bearer(headers: &mut HeaderMap) {
    let Some(secret) = headers.get(header::AUTHORIZATION).and_then(|value| secret(value.to_str().ok()?)) else { return };
    let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {secret}")) else { return };
    value.set_sensitive(true);
    headers.insert(header::AUTHORIZATION, value);
}

fn secret(authorization: &str) -> Option<String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let (scheme, rest) = authorization.split_once(' ')?;
    let rest = rest.trim();
    let behind_colon = || {
        let text = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
        text.split_once(':').map(|(_, secret)| secret.to_owned())
    };
    match scheme.to_ascii_lowercase().as_str() {
        "basic" => behind_colon(),
        "apikey" => Some(behind_colon().unwrap_or_else(|| rest.to_owned())),
        _ => None,
    }
}

async fn unsupported(method: Method, uri: Uri) -> Fault {
    Fault::unsupported(&method, uri.path().strip_prefix(PREFIX).unwrap_or(uri.path()))
}

/// What is wrong with a name that a client gives, if anything.
fn unfit_names(index: &str, id: Option<&str>) -> Option<String> {
    let control = |text: &str| text.chars().any(char::is_control);
    if index.is_empty() || index.len() > LONGEST_INDEX || control(index) {
        return Some(format!("an index has a name of 1 to {LONGEST_INDEX} bytes, without control characters"));
    }
    let unfit = id.is_some_and(|id| id.is_empty() || id.len() > LONGEST_ID || control(id));
    unfit.then(|| format!("an `_id` has 1 to {LONGEST_ID} bytes, without control characters"))
}

#[cfg(test)]
mod tests;
