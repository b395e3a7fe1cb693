//! A house with doors for each right, people in it, and requests to it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde::Deserialize;
use spoofwatch_access::{
    Access, Admin, Analyst, Arrival, Choice, Cost, Counts, Fields, Form, Ingester, NewApiToken, NewPerson, Reason, Refused, Role,
    Scopes, Secret, Settings, SignedIn, Viewer, Visitor,
};
use state::State;
use tower::ServiceExt as _;

pub(crate) type Checked<T = ()> = Result<T, Box<dyn std::error::Error>>;

pub(crate) const T0: i64 = 1_795_262_400_000_000;
pub(crate) const MINUTE: i64 = 60_000_000;
pub(crate) const PASSWORD: &str = "tangerine-lantern-gravel";

/// Counts by reason; `signed_in` counts sign-ins.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<BTreeMap<&'static str, u64>>);

impl Counted {
    pub(crate) fn of(&self, what: &str) -> u64 {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(what).copied().unwrap_or(0)
    }

    fn add(&self, what: &'static str) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).entry(what).or_default() += 1;
    }
}

impl Counts for Counted {
    fn signed_in(&self) {
        self.add("signed_in");
    }

    fn refused(&self, reason: Reason) {
        self.add(reason.as_str());
    }
}

/// Everything a test needs.
pub(crate) struct House {
    pub(crate) access: Access,
    pub(crate) state: State,
    pub(crate) counted: Arc<Counted>,
    pub(crate) clock: Arc<AtomicI64>,
    router: Router,
    _folder: tempfile::TempDir,
}

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    text: String,
}

fn doors(access: &Access) -> Router {
    let who = |visitor: &Visitor| visitor.who();
    Router::new()
        .route("/open", get(|visitor: Option<Visitor>| async move { visitor.map_or_else(|| "nobody".to_owned(), |v| v.who()) }))
        .route("/read", get(move |Viewer(visitor): Viewer| async move { who(&visitor) }))
        .route("/api/v1/read", get(move |Viewer(visitor): Viewer| async move { who(&visitor) }))
        .route("/work", post(move |Analyst(visitor): Analyst| async move { who(&visitor) }))
        .route("/form", post(|_: Analyst, Form(Text { text }): Form<Text>| async move { text }))
        .route("/fields", post(|_: Analyst, fields: Fields| async move { fields.all("id").collect::<Vec<_>>().join("+") }))
        .route("/admin", post(move |Admin(visitor): Admin| async move { who(&visitor) }))
        .route("/ingest", post(move |Ingester(visitor): Ingester| async move { who(&visitor) }))
        .route("/account", get(move |visitor: Visitor| async move { who(&visitor) }))
        .route("/anonymous", post(|Form(Text { text }): Form<Text>| async move { text }))
        .merge(access.admins(Router::new().route("/guarded", get(|| async { "for admins" }))))
        .layer(access.layer())
}

/// How a refusal looks to people in these tests.
fn rendered(refused: &Refused, visitor: Option<&Visitor>) -> Response {
    format!("<h1>{refused}</h1>{}", visitor.map_or("", |visitor| &visitor.name)).into_response()
}

impl House {
    pub(crate) async fn new(settings: Settings) -> Checked<Self> {
        let folder = tempfile::tempdir()?;
        let state = State::scratch(folder.path(), "state.db").await?;
        let clock = Arc::new(AtomicI64::new(T0));
        let (counted, now) = (Arc::new(Counted::default()), Arc::clone(&clock));
        // What is tested here is not how long guessing takes.
        let settings = Settings { cost: Cost { memory: 8, passes: 1 }, ..settings };
        let access = Access::new(state.clone(), settings, Arc::new(move || now.load(Ordering::SeqCst)))
            .counted_by(Arc::clone(&counted) as Arc<dyn Counts>)
            .shown_by(Arc::new(rendered));
        let router = doors(&access);
        Ok(Self { access, state, counted, clock, router, _folder: folder })
    }

    pub(crate) fn later(&self, microseconds: i64) {
        self.clock.fetch_add(microseconds, Ordering::SeqCst);
    }

    /// The first admin, `root`.
    pub(crate) async fn root(&self) -> Checked<SignedIn> {
        let link = self.access.first_run().await?.ok_or("somebody is there already")?;
        self.redeem(&link.path, "root").await
    }

    pub(crate) async fn redeem(&self, path: &str, name: &str) -> Checked<SignedIn> {
        let choice = Choice { name: name.to_owned(), display: String::new(), password: Secret::new(PASSWORD.to_owned()) };
        let token = path.rsplit('/').next().unwrap_or_default();
        Ok(self.access.redeem(token, choice, &from("192.0.2.1")?, None).await?)
    }

    /// Somebody who is invited and comes.
    pub(crate) async fn person(&self, name: &str, role: Role) -> Checked<SignedIn> {
        let person = NewPerson { name: name.to_owned(), display: String::new(), role };
        let (_, link) = self.access.invite(&person, "root").await?;
        self.redeem(&link.path, name).await
    }

    pub(crate) async fn token(&self, owner: &SignedIn, scopes: &str) -> Checked<(String, Secret)> {
        let wanted = NewApiToken { name: "test".to_owned(), scopes: Scopes::read(scopes), days: None };
        let (kept, token) = self.access.make_token(&owner.visitor, &wanted).await?;
        Ok((kept.id, token))
    }

    /// Sends a request from 192.0.2.1 and gives status, headers and text back.
    pub(crate) async fn send(&self, ask: &Ask) -> Checked<(u16, HeaderMap, String)> {
        let mut request = Request::builder().method(ask.method).uri(&ask.path);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        if !ask.headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "localhost:8080");
        }
        let mut request = request.body(Body::from(ask.body.clone()))?;
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new("192.0.2.1".parse()?, 4711)));
        let answer = self.router.clone().oneshot(request).await?;
        let (parts, body) = answer.into_parts();
        let text = String::from_utf8_lossy(&to_bytes(body, 1 << 20).await?).into_owned();
        Ok((parts.status.as_u16(), parts.headers, text))
    }

    pub(crate) async fn status(&self, ask: &Ask) -> Checked<u16> {
        Ok(self.send(ask).await?.0)
    }
}

/// Somebody who asks from an address.
pub(crate) fn from(address: &str) -> Checked<Arrival> {
    Ok(Arrival { address: address.parse()?, host: "localhost:8080".to_owned(), ..Arrival::default() })
}

/// The value of the session's cookie.
pub(crate) fn cookie(signed_in: &SignedIn) -> String {
    let text = signed_in.cookie.to_str().unwrap_or_default();
    text.split(';').next().unwrap_or_default().to_owned()
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Ask {
    pub(crate) fn get(path: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn post(path: &str) -> Self {
        Self { method: "POST", ..Self::get(path) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(there, _)| *there != name);
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn bearer(self, token: &Secret) -> Self {
        let value = format!("Bearer {}", token.expose());
        self.with("authorization", value)
    }

    pub(crate) fn of(self, person: &SignedIn) -> Self {
        self.with("cookie", cookie(person))
    }

    /// As a page of ours sends it by script.
    pub(crate) fn by_script(self, person: &SignedIn) -> Self {
        self.of(person).with("sec-fetch-site", "same-origin").with("x-csrf-token", person.visitor.csrf())
    }

    /// As a page of ours sends a form.
    pub(crate) fn form(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self.with("content-type", "application/x-www-form-urlencoded").with("origin", "http://localhost:8080")
    }
}
