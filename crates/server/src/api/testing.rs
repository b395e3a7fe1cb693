//! How tests ask the JSON interface: without a server, as a person with a role who has really signed in.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use access::{Access, Arrival, Choice, Cost, NewPerson, Role, Secret, Settings, SignedIn};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, header},
};
use desk::Desk;
use serde_json::Value;
use state::State;
use tower::ServiceExt as _;

/// The person's name.
const NAME: &str = "ana@contoso.com";
/// Those who are not an administrator are invited by this one.
const ROOT: &str = "root";

/// Somebody who asks.
pub(crate) struct Client {
    router: Router,
    cookie: String,
    csrf: String,
    _folder: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// Where something is that was begun; empty if nothing was.
    pub(crate) location: String,
    /// What a browser is to do with it.
    pub(crate) disposition: String,
    /// The body, where it is JSON; null else.
    pub(crate) json: Value,
    /// The body.
    pub(crate) bytes: Bytes,
}

impl Client {
    /// Somebody with this role, over a sample of their own.
    pub(crate) async fn of(role: Role) -> Self {
        let desk: Desk = desk::sample::desk();
        let folder = tempfile::tempdir().unwrap();
        let state = State::scratch(folder.path(), "state.db").await.unwrap();
        // The cheapest hash there is: what is tested here is not how long guessing takes.
        let settings = Settings { cost: Cost { memory: 8, passes: 1 }, ..Settings::default() };
        let access = Access::new(state, settings, Arc::clone(&desk.clock));
        let first = access.first_run().await.unwrap().unwrap();
        let name = if role == Role::Admin { NAME } else { ROOT };
        let mut signed_in = redeem(&access, &first.path, name).await;
        if role != Role::Admin {
            let person = NewPerson { name: NAME.to_owned(), display: "Ana".to_owned(), role };
            let (_, link) = access.invite(&person, ROOT).await.unwrap();
            signed_in = redeem(&access, &link.path, NAME).await;
        }
        let cookie = signed_in.cookie.to_str().unwrap().split(';').next().unwrap_or_default().to_owned();
        let csrf = signed_in.visitor.csrf().to_owned();
        Self { router: super::routes(desk).layer(access.layer()), cookie, csrf, _folder: folder }
    }

    /// Asks with a JSON body; null: none.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body).unwrap() };
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        self.ask(request.header("x-csrf-token", &self.csrf).body(Body::from(bytes)).unwrap()).await
    }

    /// Asks with a body of any kind.
    pub(crate) async fn sent(&self, method: &str, path: &str, kind: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        self.ask(request.header("x-csrf-token", &self.csrf).body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Asks without a body.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    /// Sends any request, with the session's cookie.
    pub(crate) async fn ask(&self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        headers.insert(header::HOST, "127.0.0.1".parse().unwrap());
        headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
        headers.insert(header::COOKIE, self.cookie.parse().unwrap());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let told = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let (location, disposition) = (told(header::LOCATION), told(header::CONTENT_DISPOSITION));
        let bytes = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, location, disposition, json, bytes }
    }
}

async fn redeem(access: &Access, path: &str, name: &str) -> SignedIn {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let arrival = Arrival { address, https: false, host: "127.0.0.1".to_owned(), agent: "test".to_owned() };
    let password = Secret::new("green kettle on a hill".to_owned());
    let choice = Choice { name: name.to_owned(), display: "Ana".to_owned(), password };
    access.redeem(path.rsplit('/').next().unwrap_or_default(), choice, &arrival, None).await.unwrap()
}
