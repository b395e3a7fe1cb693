//! `/sign-in`: name and password, or an OpenID provider; `/sign-out`. Who is in already is sent on.

use access::{Answer, Arrival, Form, OidcError, SHORTEST, Secret, SignInError, SignedIn, local_path};
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Failure, Pages, Visitor,
    component::{Tone, notice},
    layout::{self, Frame, Nav},
};

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/sign-in", get(show).post(enter))
        .route("/sign-in/start", get(start))
        .route(access::BACK, get(back))
        .route("/sign-out", post(leave))
}

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
}

/// What was filled in.
#[derive(Debug, Deserialize)]
struct Filled {
    #[serde(default)]
    name: String,
    #[serde(default = "nothing")]
    password: Secret,
    #[serde(default)]
    next: String,
}

fn nothing() -> Secret {
    Secret::new(String::new())
}

/// Where to go then: a place of ours, or the first page.
fn place(next: &str) -> String {
    local_path(next).unwrap_or_else(|| "/".to_owned())
}

async fn show(State(pages): State<Pages>, visitor: Option<Visitor>, Query(asked): Query<Asked>) -> Response {
    if visitor.is_some() {
        return Redirect::to(&place(&asked.next)).into_response();
    }
    page(&pages, StatusCode::OK, &asked.next, "", None)
}

async fn enter(State(pages): State<Pages>, before: Option<Visitor>, arrival: Arrival, Form(filled): Form<Filled>) -> Response {
    let entered = pages.access.sign_in(&filled.name, filled.password, &arrival, before.as_ref()).await;
    let (status, wrong, wait) = match entered {
        Ok(signed_in) => return entering(&signed_in, &place(&filled.next)),
        Err(error @ SignInError::Wrong) => (StatusCode::UNAUTHORIZED, format!("{error}."), None),
        Err(error @ SignInError::Wait { seconds }) => (StatusCode::TOO_MANY_REQUESTS, format!("{error}."), Some(seconds)),
        Err(SignInError::Access(error)) => return failed(&Failure::from(&error)),
    };
    let mut answer = page(&pages, status, &filled.next, &filled.name, Some(&wrong));
    if let Some(seconds) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// Sends somebody on who has just signed in.
pub(crate) fn entering(signed_in: &SignedIn, place: &str) -> Response {
    let place = if signed_in.visitor.must_change { "/settings/account" } else { place };
    let mut answer = Redirect::to(place).into_response();
    answer.headers_mut().append(header::SET_COOKIE, signed_in.cookie.clone());
    answer
}

/// A page for somebody who is not in.
pub(crate) fn failed(failure: &Failure) -> Response {
    layout::bare(failure.status, &failure.title, &html! { h1 { (failure.title) } (failure.body()) })
}

async fn leave(State(pages): State<Pages>, visitor: Visitor, arrival: Arrival) -> Response {
    match pages.access.sign_out(&visitor, &arrival).await {
        Ok(cookie) => {
            let mut answer = Redirect::to("/sign-in").into_response();
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            // Nothing that a browser kept of these pages is for whoever sits there next.
            answer.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
            answer
        }
        Err(error) => Frame::new("Sign out", Nav::None, &visitor).failure(&Failure::from(&error)),
    }
}

/// To the issuer.
async fn start(State(pages): State<Pages>, arrival: Arrival, Query(asked): Query<Asked>) -> Response {
    match pages.access.begin_elsewhere(Some(&asked.next), &arrival).await {
        Ok(elsewhere) => {
            let mut answer = Redirect::to(elsewhere.address.as_str()).into_response();
            answer.headers_mut().append(header::SET_COOKIE, elsewhere.cookie);
            answer
        }
        Err(error) => not_signed_in(&pages, &asked.next, &error),
    }
}

/// Back from the issuer.
async fn back(
    State(pages): State<Pages>,
    before: Option<Visitor>,
    arrival: Arrival,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    match pages.access.end_elsewhere(&answer, &headers, &arrival, before.as_ref()).await {
        Ok(back) => {
            let mut answer = entering(&back.signed_in, &back.next);
            answer.headers_mut().append(header::SET_COOKIE, back.clear);
            answer
        }
        Err(error) => not_signed_in(&pages, "", &error),
    }
}

fn not_signed_in(pages: &Pages, next: &str, error: &OidcError) -> Response {
    let status = match error {
        OidcError::Access(error) => return failed(&Failure::from(error)),
        OidcError::NotSet => StatusCode::NOT_FOUND,
        OidcError::Unreachable { .. } => StatusCode::BAD_GATEWAY,
        OidcError::NoRole { .. } | OidcError::Taken { .. } | OidcError::Disabled { .. } => StatusCode::FORBIDDEN,
        OidcError::Denied { .. } | OidcError::Stale | OidcError::Invalid { .. } | OidcError::NoName => StatusCode::UNAUTHORIZED,
    };
    page(pages, status, next, "", Some(&format!("{error}.")))
}

fn page(pages: &Pages, status: StatusCode, next: &str, name: &str, wrong: Option<&str>) -> Response {
    let next = local_path(next).unwrap_or_default();
    let elsewhere = pages.access.elsewhere().map(|label| {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        (label, format!("/sign-in/start?next={next}"))
    });
    let body = html! {
        h1 { "Sign in" }
        @if let Some(wrong) = wrong { (notice(Tone::Bad, html! { (wrong) })) }
        form.stack method="post" action="/sign-in" {
            @if !next.is_empty() { input type="hidden" name="next" value=(next); }
            div.field {
                label for="name" { "Name" }
                input #name type="text" name="name" value=(name) required autocomplete="username" autocapitalize="none" spellcheck="false"
                    dir="auto" autofocus[name.is_empty()];
            }
            (password("password", "Password", "current-password", "", !name.is_empty()))
            div.actions { button.button.primary type="submit" { "Sign in" } }
        }
        @if let Some((label, address)) = elsewhere {
            p { a.button href=(address) { "Sign in with " (label) } }
        }
        p.soft { "Forgot your password? An administrator makes you a link with which you choose a new one." }
    };
    layout::bare(status, "Sign in", &body)
}

/// A field for a password, which browsers and their keepers of passwords fill in. What is typed can be shown (OWASP ASVS 2.1.12).
pub(crate) fn password(name: &str, label: &str, kind: &str, help: &str, focus: bool) -> Markup {
    secret(name, label, kind, help, focus, &html! {})
}

/// A field for a password that is chosen: how long it is so far is told beside it (OWASP ASVS 2.1.8). Length is all that is measured here; what
/// makes a password common is judged by [`access`], which knows the names it must not be made of.
pub(crate) fn new_password(name: &str, label: &str, help: &str) -> Markup {
    let strength = html! {
        div.strength.js-only data-strength=(name) data-least=(SHORTEST) hidden {
            meter min="0" max="4" low="1.5" high="2.5" optimum="4" value="0" aria-hidden="true" {}
            span.small {}
        }
    };
    secret(name, label, "new-password", help, false, &strength)
}

fn secret(name: &str, label: &str, kind: &str, help: &str, focus: bool, more: &Markup) -> Markup {
    let described = (!help.is_empty()).then(|| format!("{name}-help"));
    html! {
        div.field {
            label for=(name) { (label) }
            div.secret {
                input #(name) type="password" name=(name) required autocomplete=(kind) maxlength="512" autofocus[focus]
                    autocapitalize="none" spellcheck="false" aria-describedby=[&described];
                // Named by its words, so that nothing but the field is called a password.
                button.button.quiet.js-only type="button" data-reveal=(name) aria-controls=(name) aria-pressed="false" {
                    "Show" span.sr-only { " what is typed" }
                }
            }
            @if let Some(id) = &described { p.field-help #(id) { (help) } }
            (more)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, NAME, PASSWORD, Role};

    #[tokio::test]
    async fn somebody_signs_in_and_goes_where_they_wanted_to() {
        let browser = Browser::of(Role::Viewer);
        let fields = [("name", NAME), ("password", PASSWORD), ("next", "/alerts?q=severity%3Ahigh")];
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!((answer.status, answer.location.as_str()), (303, "/alerts?q=severity%3Ahigh"));
    }

    #[tokio::test]
    async fn a_wrong_password_and_a_wrong_name_look_the_same() {
        let browser = Browser::stranger();
        let page = browser.get("/sign-in?next=/rules").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("name=\"next\" value=\"/rules\"") && page.text.contains("autocomplete=\"current-password\""));
        assert!(page.text.contains("data-reveal=\"password\"") && !page.text.contains("data-strength"));
        let foreign = browser.get("/sign-in?next=https://evil.example/").await;
        assert!(!foreign.text.contains("evil.example"));
        let answer = browser.post("/sign-in", &[("name", "<b>"), ("password", "x")]).await;
        assert_eq!(answer.status, 401);
        assert!(answer.text.contains("wrong name or password") && answer.text.contains("value=\"&lt;b&gt;\""));
        assert!(!answer.text.contains("value=\"x\""), "a password is not sent back");
    }

    #[tokio::test]
    async fn signing_out_ends_the_session() {
        let browser = Browser::of(Role::Viewer);
        assert_eq!(browser.get("/sign-in").await.location, "/", "who is in is sent on");
        let answer = browser.post("/sign-out", &[]).await;
        assert_eq!((answer.status, answer.location.as_str()), (303, "/sign-in"));
        assert_eq!(browser.get("/sign-in").await.status, 200, "the same cookie opens nothing any more");
    }
}
