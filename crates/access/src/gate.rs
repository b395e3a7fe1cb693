//! What a refusal needs to know of the request it refuses. The layer hands it on to guards and extractors.

use axum::{
    Extension,
    extract::FromRequestParts as _,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};

use crate::{Access, Reason, Refused, Visitor, local_path, origin::Sender};

/// Where people sign in.
const SIGN_IN: &str = "/sign-in";
/// Where people choose a new password.
const PASSWORD: &str = "/settings/account";

/// What a refusal needs to know of the request it refuses.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) access: Access,
    /// Where the page is from that sent it.
    pub(crate) sender: Sender,
    /// Whether a person waits for a page.
    page: bool,
    /// Where a person wanted to go.
    place: Option<String>,
}

impl Gate {
    pub(crate) fn new(access: &Access, sender: Sender, parts: &Parts) -> Self {
        let accepts = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let page = accepts.contains("text/html") && !parts.uri.path().starts_with("/api/");
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let place = parts.uri.path_and_query().filter(|_| reads && page).map(|place| place.as_str().to_owned());
        Self { access: access.clone(), sender, page, place }
    }

    /// The gate that the layer put up. Where there is no layer nobody comes in.
    pub(crate) async fn find(parts: &mut Parts) -> Result<Self, Response> {
        match Extension::<Self>::from_request_parts(parts, &()).await {
            Ok(Extension(gate)) => Ok(gate),
            Err(_) => {
                Err((StatusCode::INTERNAL_SERVER_ERROR, "nobody is let in here: the layer of access is missing").into_response())
            }
        }
    }

    /// The answer to who is refused: a page for people, JSON for programs; who is to sign in is sent there, and then back.
    pub(crate) fn refuse(&self, refused: &Refused, visitor: Option<&Visitor>) -> Response {
        match refused {
            Refused::Forbidden { .. } | Refused::Scope { .. } => self.access.refuse(Reason::Forbidden),
            Refused::Csrf => self.access.refuse(Reason::Csrf),
            Refused::Host => self.access.refuse(Reason::BadHost),
            Refused::Token => self.access.refuse(Reason::BadToken),
            Refused::SignedOut
            | Refused::MustChange
            | Refused::Form { .. }
            | Refused::TooLarge { .. }
            | Refused::Unavailable { .. } => {}
        }
        if let Some(place) = &self.place {
            match refused {
                Refused::SignedOut => return sign_in_then(place),
                Refused::MustChange => return see(PASSWORD),
                _ => {}
            }
        }
        match self.access.render.as_ref().filter(|_| self.page) {
            Some(render) => {
                let mut answer = render(refused, visitor);
                *answer.status_mut() = refused.status();
                refused.mark(&mut answer);
                answer
            }
            None => refused.clone().into_response(),
        }
    }
}

fn sign_in_then(place: &str) -> Response {
    match local_path(place).filter(|place| place != "/") {
        Some(place) => {
            let next: String = url::form_urlencoded::byte_serialize(place.as_bytes()).collect();
            see(&format!("{SIGN_IN}?next={next}"))
        }
        None => see(SIGN_IN),
    }
}

/// 303: look there.
pub(crate) fn see(place: &str) -> Response {
    let mut answer = StatusCode::SEE_OTHER.into_response();
    answer.headers_mut().insert(header::LOCATION, HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/")));
    answer
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Access {
    type Rejection = Response;

    /// The one whose layer the request came through.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Gate::find(parts).await.map(|gate| gate.access)
    }
}
