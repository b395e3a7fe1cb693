//! What every request goes through: is it for us, who sends it, who asks, and does a page of ours ask.
//!
//! A handler cannot forget any of it. A request of a browser's session that changes something goes on only with the mark of that
//! session's forms, in the header `X-CSRF-Token` or, of a plain form, in the field `csrf`.

use std::{future::Future, pin::Pin};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::{FromFnLayer, Next, from_fn_with_state},
    response::Response,
};

use crate::{
    Access, Arrival, FORM_LIMIT, Reason, Refused, Visitor,
    cookie::Cookie,
    gate::Gate,
    headers,
    origin::{self, Sender},
    secret,
    token::Presented,
};

/// The header that scripts of ours send the mark of forms in.
const MARK: &str = "x-csrf-token";
/// The field that forms of ours send it in.
const FIELD: &str = "csrf";

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// What [`Access::layer`] gives.
pub type AccessLayer = FromFnLayer<fn(State<Access>, Request, Next) -> Answering, Access, (State<Access>, Request)>;

impl Access {
    /// The layer that stands before everything that is answered. It knows `ConnectInfo` where the server gives it, and adds the headers
    /// of [`headers`] to every answer.
    pub fn layer(&self) -> AccessLayer {
        from_fn_with_state(self.clone(), pass as fn(State<Access>, Request, Next) -> Answering)
    }
}

impl Access {
    /// Before routes to which programs alone send, and which have a secret of their own: who presents an API token is known there, and
    /// everybody else is left to the route.
    pub fn tokens(&self) -> AccessLayer {
        from_fn_with_state(self.clone(), present as fn(State<Access>, Request, Next) -> Answering)
    }
}

fn present(State(access): State<Access>, mut request: Request, next: Next) -> Answering {
    Box::pin(async move {
        if let Some(Presented::Token(token)) = Presented::read(request.headers()) {
            match access.by_token(&token).await {
                Ok(visitor) => {
                    request.extensions_mut().insert(visitor);
                }
                Err(Refused::Token) => access.refuse(Reason::BadToken),
                // A database that does not answer keeps nobody away who has the other secret.
                Err(_) => {}
            }
        }
        next.run(request).await
    })
}

fn pass(State(access): State<Access>, request: Request, next: Next) -> Answering {
    Box::pin(async move {
        let (mut parts, body) = request.into_parts();
        let arrival = Arrival::of(&parts, access.settings());
        let gate = Gate::new(&access, origin::sender(&parts.headers, &arrival), &parts);
        let https = arrival.https;
        let mut found = Found::default();
        let mut answer = match admit(&access, &gate, &arrival, &mut found, &parts, body).await {
            Ok(body) => {
                parts.extensions.insert(gate);
                parts.extensions.insert(arrival);
                if let Some(visitor) = &found.visitor {
                    parts.extensions.insert(visitor.clone());
                    parts.extensions.insert(access.standing(visitor));
                }
                next.run(Request::from_parts(parts, body)).await
            }
            Err(refused) => gate.refuse(&refused, found.visitor.as_ref()),
        };
        let answered = answer.headers_mut();
        headers::apply(answered, https, found.visitor.is_some());
        if found.stale && !sets_session(answered, https) {
            answered.append(header::SET_COOKIE, Cookie::Session.clear(https));
        }
        answer
    })
}

/// What was found out about who asks.
#[derive(Debug, Default)]
struct Found {
    visitor: Option<Visitor>,
    /// The cookie opens nothing any more.
    stale: bool,
}

/// Whether a request may go on, with its body.
async fn admit(
    access: &Access,
    gate: &Gate,
    arrival: &Arrival,
    found: &mut Found,
    parts: &Parts,
    body: Body,
) -> Result<Body, Refused> {
    let changes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    // Whatever it carries: no other site has anything to change here.
    if changes && gate.sender == Sender::Foreign {
        return Err(Refused::Csrf);
    }
    let presented = Presented::read(&parts.headers);
    if let Some(Presented::Token(token)) = &presented {
        // No browser sends it by itself, so that whoever does knows whom they ask, by whatever name this machine has for them.
        found.visitor = Some(access.by_token(token).await?);
        return Ok(body);
    }
    if !origin::is_ours(arrival, access.settings()) {
        return Err(Refused::Host);
    }
    if presented.is_some() {
        // Somebody else's business, and then a cookie that came along is not what they mean.
        return Ok(body);
    }
    let Some(cookie) = Cookie::Session.read(&parts.headers, arrival.https) else { return Ok(body) };
    let Some(visitor) = access.by_session(cookie).await? else {
        access.refuse(Reason::BadSession);
        found.stale = true;
        return Ok(body);
    };
    let mark = visitor.csrf().to_owned();
    found.visitor = Some(visitor);
    if !changes {
        return Ok(body);
    }
    if gate.sender != Sender::Ours {
        return Err(Refused::Csrf);
    }
    marked(&mark, &parts.headers, body).await
}

/// The body, where the request bears the mark of the session's forms.
async fn marked(mark: &str, headers: &HeaderMap, body: Body) -> Result<Body, Refused> {
    if let Some(sent) = headers.get(MARK) {
        let good = sent.to_str().is_ok_and(|sent| secret::same(sent, mark));
        return if good { Ok(body) } else { Err(Refused::Csrf) };
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refused::Csrf);
    }
    let bytes = to_bytes(body, FORM_LIMIT).await.map_err(|_| Refused::TooLarge { limit: FORM_LIMIT })?;
    let mut sent = url::form_urlencoded::parse(&bytes).filter(|(name, _)| name == FIELD);
    match (sent.next(), sent.next()) {
        (Some((_, sent)), None) if secret::same(&sent, mark) => Ok(Body::from(bytes)),
        _ => Err(Refused::Csrf),
    }
}

fn sets_session(headers: &HeaderMap, https: bool) -> bool {
    let begin = format!("{}=", Cookie::Session.name(https));
    headers.get_all(header::SET_COOKIE).into_iter().any(|value| value.as_bytes().starts_with(begin.as_bytes()))
}
