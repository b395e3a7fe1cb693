//! How tests ask for pages: without a server, as a person with a role.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use desk::Desk;
use tower::ServiceExt as _;

pub(crate) use crate::Role;
use crate::{Pages, Visitor, routes};

/// A person who asks for pages.
pub(crate) struct Browser {
    /// What the pages are answered from.
    pub(crate) desk: Desk,
    router: Router,
    visitor: Option<Visitor>,
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
        let visitor = Visitor { name: "ana@contoso.com".to_owned(), role, csrf: "csrf-token".to_owned() };
        Self::new(Some(visitor))
    }

    /// Somebody who is not.
    pub(crate) fn stranger() -> Self {
        Self::new(None)
    }

    fn new(visitor: Option<Visitor>) -> Self {
        let desk = desk::sample::desk();
        Self { router: routes(Pages { desk: desk.clone() }), desk, visitor }
    }

    /// Asks for a page.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.ask(Request::get(address).body(Body::empty()).unwrap()).await
    }

    /// Sends a form: pairs of name and value.
    pub(crate) async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", "csrf-token").extend_pairs(fields);
        let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.finish())).unwrap()).await
    }

    async fn ask(&self, mut request: Request<Body>) -> Answer {
        if let Some(visitor) = &self.visitor {
            request.extensions_mut().insert(visitor.clone());
        }
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let text = String::from_utf8(to_bytes(answer.into_body(), 16 << 20).await.unwrap().to_vec()).unwrap();
        Answer { status, location, text }
    }
}
