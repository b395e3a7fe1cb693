//! How tests ask for pages: without a server, as a person with a role who has really signed in.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use access::{Access, Arrival, Choice, Cost, NewPerson, Secret, Settings, SignedIn};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use desk::Desk;
use state::State;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

pub(crate) use crate::Role;
use crate::{Pages, routes};

/// The person's name.
pub(crate) const NAME: &str = "ana@contoso.com";
/// The person's password.
pub(crate) const PASSWORD: &str = "green kettle on a hill";

/// A person who asks for pages.
pub(crate) struct Browser {
    /// What the pages are answered from.
    pub(crate) desk: Desk,
    role: Option<Role>,
    opened: OnceCell<Opened>,
}

/// What a person who asks has.
struct Opened {
    router: Router,
    /// The cookie of the session, and the mark of its forms.
    session: Option<(String, String)>,
    /// Where the database is.
    _folder: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// Where it sends to; empty if nowhere.
    pub(crate) location: String,
    /// The page.
    pub(crate) text: String,
}

impl Browser {
    /// Somebody who is signed in.
    pub(crate) fn of(role: Role) -> Self {
        Self { desk: desk::sample::desk(), role: Some(role), opened: OnceCell::new() }
    }

    /// Somebody who is not.
    pub(crate) fn stranger() -> Self {
        Self { desk: desk::sample::desk(), role: None, opened: OnceCell::new() }
    }

    /// Asks for a page.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.ask(Request::get(address).body(Body::empty()).unwrap()).await
    }

    /// Sends a form: pairs of name and value.
    pub(crate) async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        if let Some((_, csrf)) = &self.opened().await.session {
            form.append_pair("csrf", csrf);
        }
        form.extend_pairs(fields);
        let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.header("sec-fetch-site", "same-origin").body(Body::from(form.finish())).unwrap()).await
    }

    /// Sends any request, with the session's cookie.
    pub(crate) async fn ask(&self, mut request: Request<Body>) -> Answer {
        let opened = self.opened().await;
        let headers = request.headers_mut();
        headers.insert(header::HOST, "127.0.0.1".parse().unwrap());
        headers.entry(header::ACCEPT).or_insert("text/html".parse().unwrap());
        if let Some((cookie, _)) = &opened.session {
            headers.insert(header::COOKIE, cookie.parse().unwrap());
        }
        let answer = opened.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let text = String::from_utf8_lossy(&to_bytes(answer.into_body(), 16 << 20).await.unwrap()).into_owned();
        Answer { status, location, text }
    }

    /// The mark of forms of the session, for requests that are put together by hand.
    pub(crate) async fn csrf(&self) -> String {
        self.opened().await.session.as_ref().map(|(_, csrf)| csrf.clone()).unwrap_or_default()
    }

    async fn opened(&self) -> &Opened {
        self.opened.get_or_init(|| open(self.desk.clone(), self.role)).await
    }
}

/// Pages over the sample, and somebody who has signed in to them.
async fn open(desk: Desk, role: Option<Role>) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let state = State::scratch(folder.path(), "state.db").await.unwrap();
    // The cheapest hash there is: what is tested here is not how long guessing takes.
    let settings = Settings { cost: Cost { memory: 8, passes: 1 }, ..Settings::default() };
    let access = Access::new(state, settings, Arc::clone(&desk.clock)).shown_by(crate::refused());
    let session = match role {
        Some(role) => Some(sign_in(&access, role).await),
        None => None,
    };
    let router = routes(Pages { desk, access: access.clone() }).layer(access.layer());
    Opened { router, session, _folder: folder }
}

/// The first administrator, who invites everybody else.
async fn sign_in(access: &Access, role: Role) -> (String, String) {
    let first = access.first_run().await.unwrap().unwrap();
    let name = if role == Role::Admin { NAME } else { "root" };
    let mut signed_in = redeem(access, &first.path, name).await;
    if role != Role::Admin {
        let person = NewPerson { name: NAME.to_owned(), display: "Ana".to_owned(), role };
        let (_, link) = access.invite(&person, "root").await.unwrap();
        signed_in = redeem(access, &link.path, NAME).await;
    }
    let cookie = signed_in.cookie.to_str().unwrap();
    (cookie.split(';').next().unwrap_or_default().to_owned(), signed_in.visitor.csrf().to_owned())
}

async fn redeem(access: &Access, path: &str, name: &str) -> SignedIn {
    let arrival = Arrival {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        https: false,
        host: "127.0.0.1".to_owned(),
        agent: "test".to_owned(),
    };
    let token = path.rsplit('/').next().unwrap_or_default();
    let choice = Choice { name: name.to_owned(), display: "Ana".to_owned(), password: Secret::new(PASSWORD.to_owned()) };
    access.redeem(token, choice, &arrival, None).await.unwrap()
}
