//! A server that answers as a test says, and a clock that waits no longer than it takes to add.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Response},
};
use serde_json::Value;
use spoofwatch_tenant::{Client, Clock, Credentials, Endpoints, Moment, Patience, Settings};
use tokio::{net::TcpListener, task::JoinHandle};

/// The tenant that the tests ask.
pub(crate) const TENANT: &str = "6f4e2a0c-9c1b-4d7a-8f43-0a52a4d9c111";
/// The moment at which tests begin: 2026-11-21, four o'clock.
pub(crate) const START: Moment = 1_795_233_600_000_000;
/// The secret that nobody may see.
pub(crate) const SECRET: &str = "hunter2~Secret";

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// How many requests came to this path before.
    pub(crate) before: usize,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(crate) fn is_token(&self) -> bool {
        self.path.ends_with("/oauth2/v2.0/token")
    }
}

/// What a request gets.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// An answer.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// Nothing, ever.
    Silence,
    /// The beginning of an answer, and then nothing, ever.
    Beginning,
}

impl Reply {
    pub(crate) fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::of(200, body.to_string())
    }

    pub(crate) fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.push((name, value.to_owned()));
                Self::Answer { status, headers, body }
            }
            other => other,
        }
    }

    /// A token that holds for an hour.
    pub(crate) fn token(text: &str) -> Self {
        Self::of(200, format!("{{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"{text}\"}}"))
    }
}

type Script = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;

struct Shared {
    script: Script,
    seen: Mutex<Vec<Seen>>,
}

/// A server on this machine. It ends with the test.
pub(crate) struct Server {
    pub(crate) address: String,
    shared: Arc<Shared>,
    running: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Server {
    /// A server that answers all but sign-ins as the script says.
    pub(crate) async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_all(move |seen| if seen.is_token() { Reply::token(&format!("t{}", seen.before)) } else { script(seen) }).await
    }

    /// A server that answers sign-ins too as the script says.
    pub(crate) async fn start_all(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared { script: Box::new(script), seen: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let running = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shared, running }
    }

    /// What came, sign-ins apart.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.all().into_iter().filter(|seen| !seen.is_token()).collect()
    }

    /// The sign-ins that came.
    pub(crate) fn tokens(&self) -> Vec<Seen> {
        self.all().into_iter().filter(Seen::is_token).collect()
    }

    fn all(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn endpoints(&self) -> Endpoints {
        Endpoints::at(&self.address).unwrap()
    }

    /// A client of this server, and the clock it goes by.
    pub(crate) fn client(&self) -> (Arc<Client>, Arc<Hands>) {
        let credentials = Credentials::secret(SECRET.to_owned().into()).unwrap();
        self.client_with(credentials, patience())
    }

    /// A client that is told a domain instead of the tenant's id.
    pub(crate) fn client_of(&self, domain: &str) -> (Arc<Client>, Arc<Hands>) {
        self.made(domain, Credentials::secret(SECRET.to_owned().into()).unwrap(), patience())
    }

    pub(crate) fn client_with(&self, credentials: Credentials, patience: Patience) -> (Arc<Client>, Arc<Hands>) {
        self.made(TENANT, credentials, patience)
    }

    fn made(&self, tenant: &str, credentials: Credentials, patience: Patience) -> (Arc<Client>, Arc<Hands>) {
        let clock = Arc::new(Hands::default());
        let settings = Settings {
            tenant: tenant.to_owned(),
            application: "11111111-2222-4333-8444-555555555555".to_owned(),
            credentials,
            endpoints: self.endpoints(),
            patience,
        };
        (Client::new(settings, Arc::clone(&clock) as Arc<dyn Clock>).unwrap(), clock)
    }
}

/// Limits that a test reaches: what is silent is given up after a moment of real time.
pub(crate) fn patience() -> Patience {
    Patience { attempt: Duration::from_millis(300), hunt: Duration::from_millis(600), ..Patience::default() }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let path = head.uri.path().to_owned();
    let query = url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let seen = {
        let mut all = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.iter().filter(|seen| seen.path == path).count();
        let body = String::from_utf8_lossy(&body).into_owned();
        let seen = Seen { method: head.method.to_string(), path, query, headers: head.headers, body, before };
        all.push(seen.clone());
        seen
    };
    match (shared.script)(&seen) {
        Reply::Answer { status, headers, body } => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).unwrap()
        }
        Reply::Silence => std::future::pending().await,
        Reply::Beginning => {
            let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"value\":["))]);
            Response::new(Body::from_stream(futures::StreamExt::chain(first, futures::stream::pending())))
        }
    }
}

/// A clock that is moved by hand, and by waiting.
#[derive(Default)]
pub(crate) struct Hands {
    passed: Mutex<i64>,
    waits: Mutex<Vec<u64>>,
}

impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hands")
    }
}

impl Hands {
    pub(crate) fn pass(&self, time: Duration) {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) += i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    }

    /// The seconds that were waited, one wait after the other.
    pub(crate) fn waits(&self) -> Vec<u64> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Clock for Hands {
    fn now(&self) -> Moment {
        START + *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn sleep(&self, wait: Duration) {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).push(wait.as_secs());
        self.pass(wait);
    }
}
