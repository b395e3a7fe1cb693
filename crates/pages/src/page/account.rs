//! `/settings/account`: the own password, the own sessions, the own API tokens. Who has to choose a password sees only that.

use access::{
    AccessError, Arrival, Fields, Form, LONGEST_LIFE_DAYS, NewApiToken, SHORT_LIFE_DAYS, SHORTEST, Scope, Scopes, Secret, Via,
    Viewer,
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::sign_in::{new_password, password};
use crate::{
    Failure, Pages, Visitor,
    component::{self, Column, Field, Row, Table, Tone, badge, cell, form, moment, notice},
    layout::{Frame, Nav, seen},
};

/// Its address.
const HERE: &str = "/settings/account";

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route(HERE, get(show))
        .route("/settings/account/password", post(change))
        .route("/settings/account/sessions", post(end))
        .route("/settings/account/tokens", post(make))
        .route("/settings/account/tokens/revoke", post(revoke))
}

/// What happened just now.
#[derive(Default)]
struct Said {
    status: StatusCode,
    /// What is wrong with the new password.
    password: String,
    /// What is wrong with the new token.
    token: String,
    /// The token that was made: shown this once.
    made: Option<Secret>,
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    page(&pages, &visitor, &Said::default()).await
}

/// The old password and the new one.
#[derive(Debug, Deserialize)]
struct Changed {
    old: Secret,
    new: Secret,
    again: Secret,
}

async fn change(State(pages): State<Pages>, visitor: Visitor, arrival: Arrival, Form(changed): Form<Changed>) -> Response {
    let wrong = |words: String| Said { status: StatusCode::UNPROCESSABLE_ENTITY, password: words, ..Said::default() };
    if changed.new.expose() != changed.again.expose() {
        return page(&pages, &visitor, &wrong("The two new passwords differ.".to_owned())).await;
    }
    match pages.access.change_password(&visitor, changed.old, changed.new, &arrival).await {
        Ok(()) => seen(HERE, "Your password is changed; your other sessions have ended"),
        Err(error @ (AccessError::Weak(_) | AccessError::WrongPassword | AccessError::Wait { .. })) => {
            page(&pages, &visitor, &wrong(format!("{error}."))).await
        }
        Err(error) => frame(&visitor).failure(&Failure::from(&error)),
    }
}

async fn end(State(pages): State<Pages>, visitor: Visitor, fields: Fields) -> Response {
    let ended = match fields.get("id") {
        Some(id) => pages.access.end_own_session(&visitor, id).await.map(u64::from),
        None => pages.access.end_other_sessions(&visitor).await,
    };
    match ended {
        Ok(1) => seen(HERE, "1 session has ended"),
        Ok(count) => seen(HERE, &format!("{count} sessions have ended")),
        Err(error) => frame(&visitor).failure(&Failure::from(&error)),
    }
}

async fn make(State(pages): State<Pages>, Viewer(visitor): Viewer, fields: Fields) -> Response {
    let scopes = Scopes::read(&fields.all("scope").collect::<Vec<_>>().join(" "));
    // What is no number is no number of days either.
    let days = fields.get("days").map(|days| days.parse().unwrap_or(0));
    let wanted = NewApiToken { name: fields.get("name").unwrap_or_default().to_owned(), scopes, days };
    let said = match pages.access.make_token(&visitor, &wanted).await {
        Ok((_, token)) => Said { made: Some(token), ..Said::default() },
        Err(error @ AccessError::State(_)) => return frame(&visitor).failure(&Failure::from(&error)),
        Err(error) => Said { status: StatusCode::UNPROCESSABLE_ENTITY, token: format!("{error}."), ..Said::default() },
    };
    page(&pages, &visitor, &said).await
}

async fn revoke(State(pages): State<Pages>, Viewer(visitor): Viewer, fields: Fields) -> Response {
    match pages.access.revoke_token(&visitor, fields.get("id").unwrap_or_default()).await {
        Ok(()) => seen(HERE, "The token is taken back"),
        Err(error) => frame(&visitor).failure(&Failure::from(&error)),
    }
}

fn frame(visitor: &Visitor) -> Frame<'_> {
    Frame::new("Account", Nav::Settings, visitor).crumb("Settings", "/settings").lead(html! {
        span { bdi { (visitor.display) } ", signed in as " bdi { (visitor.name) } ", " (visitor.role.as_str()) }
    })
}

async fn page(pages: &Pages, visitor: &Visitor, said: &Said) -> Response {
    let frame = frame(visitor).status(said.status);
    if visitor.must_change {
        let why = notice(Tone::Warn, html! { "Choose a new password first: an administrator asks for it." });
        return frame.render(html! { (why) (passwords(visitor, said)) });
    }
    let asked =
        async { Ok::<_, AccessError>((pages.access.own_sessions(visitor).await?, pages.access.own_tokens(visitor).await?)) };
    let (sessions, tokens) = match asked.await {
        Ok(asked) => asked,
        Err(error) => return frame.failure(&Failure::from(&error)),
    };
    frame.render(html! {
        @if let Some(token) = &said.made { (made(token)) }
        (passwords(visitor, said))
        (own_sessions(visitor, &sessions))
        (component::card("API tokens", html! {
            p { "Programs send one with each request: " code { "Authorization: Bearer swt_…" } ". A token does no more than you may, and ends when you may no longer." }
            (token_table("own-tokens", "Your API tokens", &tokens, pages.now(), visitor, "/settings/account/tokens/revoke", false))
            (new_token(visitor, said))
        }))
    })
}

/// The only time that a token is seen.
fn made(token: &Secret) -> Markup {
    notice(
        Tone::Good,
        html! {
            p { "Your new token. It is shown this once: copy it to where it is used." }
            pre.whole tabindex="0" { (token.expose()) }
            (component::copy(token.expose(), "Copy"))
        },
    )
}

fn passwords(visitor: &Visitor, said: &Said) -> Markup {
    let help = format!("At least {SHORTEST} characters.");
    component::card(
        "Password",
        form::post(
            visitor,
            "/settings/account/password",
            html! { div.form {
                @if !said.password.is_empty() { (notice(Tone::Bad, html! { (said.password) })) }
                (password("old", "Present password", "current-password", "", false))
                (new_password("new", "New password", &help))
                (password("again", "New password, once more", "new-password", "", false))
                div.actions { button.button type="submit" { "Change the password" } }
            } },
        ),
    )
}

fn own_sessions(visitor: &Visitor, sessions: &[access::Session]) -> Markup {
    let present = match &visitor.via {
        Via::Session { id, .. } => id.as_str(),
        Via::Token { .. } => "",
    };
    let row = |session: &access::Session| {
        let end = html! {
            @if session.id == present { (badge(Tone::Good, "This one")) } @else {
                (form::post(visitor, "/settings/account/sessions", html! {
                    input type="hidden" name="id" value=(session.id);
                    button.button.quiet type="submit" aria-label={ "End the session from " (session.address) } { "End" }
                }))
            }
        };
        Row::new(vec![
            cell(&session.address),
            cell(&session.agent),
            moment(session.created_at),
            moment(session.used_at),
            moment(session.expires_at),
            end,
        ])
    };
    let columns =
        [("address", "From"), ("agent", "Browser"), ("since", "Since"), ("used", "Last used"), ("until", "Ends"), ("end", "")];
    let table = Table {
        key: "own-sessions",
        caption: "Your sessions".to_owned(),
        columns: columns.map(|(key, name)| Column::new(key, name)).to_vec(),
        rows: sessions.iter().map(row).collect(),
        ..Table::default()
    };
    let others = if sessions.len() > 1 {
        form::button(visitor, "/settings/account/sessions", "End all others")
    } else {
        html! {}
    };
    component::card_with("Sessions", others, table.render())
}

/// Tokens with what has become of them; `owners` where they are of several people.
pub(crate) fn token_table(
    key: &'static str,
    caption: &str,
    tokens: &[access::ApiToken],
    now: state::Moment,
    visitor: &Visitor,
    revoke: &str,
    owners: bool,
) -> Markup {
    if tokens.is_empty() {
        return component::empty("No tokens yet.", html! {});
    }
    let row = |token: &access::ApiToken| {
        let (tone, words) = match token.revoked_at {
            Some(_) => (Tone::Quiet, "Taken back"),
            None if token.expires_at <= now => (Tone::Quiet, "Ended"),
            None => (Tone::Good, "Good"),
        };
        let mut cells = vec![
            cell(&token.name),
            html! { @for scope in token.scopes.split(' ') { (component::tag(scope)) " " } },
            badge(tone, words),
        ];
        if owners {
            cells.insert(1, cell(&token.owner));
        }
        cells.push(moment(token.created_at));
        cells.push(html! { @match token.last_used { Some(at) => (moment(at)), None => span.soft { "never" } } });
        cells.push(moment(token.expires_at));
        cells.push(html! {
            @if token.revoked_at.is_none() && token.expires_at > now {
                (form::post(visitor, revoke, html! {
                    input type="hidden" name="id" value=(token.id);
                    button.button.quiet type="submit" aria-label={ "Take back " (token.name) } { "Take back" }
                }))
            }
        });
        Row::new(cells)
    };
    let mut columns = vec![Column::new("name", "For"), Column::new("scopes", "May"), Column::new("state", "State")];
    if owners {
        columns.insert(1, Column::new("owner", "Of"));
    }
    columns.extend(
        [("made", "Made"), ("used", "Last used"), ("until", "Ends"), ("revoke", "")].map(|(key, name)| Column::new(key, name)),
    );
    Table { key, caption: caption.to_owned(), columns, rows: tokens.iter().map(row).collect(), ..Table::default() }.render()
}

fn new_token(visitor: &Visitor, said: &Said) -> Markup {
    let words = |scope: Scope| match scope {
        Scope::Read => "read: see everything",
        Scope::Work => "work: alerts, hunts, exclusions",
        Scope::Admin => "admin: change everything",
        Scope::Ingest => "ingest: send rows, and nothing else",
    };
    let help = format!("1 to {LONGEST_LIFE_DAYS}; {SHORT_LIFE_DAYS} if nothing is said.");
    form::post(
        visitor,
        "/settings/account/tokens",
        html! { div.form {
            h3 { "A new token" }
            @if !said.token.is_empty() { (notice(Tone::Bad, html! { (said.token) })) }
            (Field { name: "name", id: "token-name", label: "What it is for", required: true, ..Field::default() }.text("text"))
            fieldset {
                legend.label { "What it may do" }
                @for scope in Scope::ALL.into_iter().filter(|scope| scope.needs() <= visitor.role) {
                    div.field.tick {
                        label {
                            input type="checkbox" name="scope" value=(scope.as_str()) checked[scope == Scope::Read];
                            span { (words(scope)) }
                        }
                    }
                }
            }
            (Field { name: "days", label: "Days until it ends", help: &help, ..Field::default() }.text("number"))
            div.actions { button.button type="submit" { "Make the token" } }
        } },
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, PASSWORD, Role};

    #[tokio::test]
    async fn a_token_is_shown_once_and_can_be_taken_back() {
        let browser = Browser::of(Role::Analyst);
        let fields = [("name", "<backup>"), ("scope", "read"), ("scope", "work"), ("days", "7")];
        let made = browser.post("/settings/account/tokens", &fields).await;
        assert_eq!(made.status, 200);
        assert!(made.text.contains(">swt_") && made.text.contains("&lt;backup&gt;"), "{}", made.text);
        let later = browser.get("/settings/account").await;
        assert!(!later.text.contains(">swt_") && later.text.contains("&lt;backup&gt;"));
        let id = later.text.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let revoked = browser.post("/settings/account/tokens/revoke", &[("id", id)]).await;
        assert_eq!(revoked.status, 303);
        assert!(browser.get("/settings/account").await.text.contains("Taken back"));
    }

    #[tokio::test]
    async fn what_cannot_be_a_token_is_said_beside_the_form() {
        let browser = Browser::of(Role::Viewer);
        for (fields, words) in [
            (vec![("name", ""), ("scope", "read")], "1 to 100 characters"),
            (vec![("name", "x")], "at least one scope"),
            (vec![("name", "x"), ("scope", "admin")], "for somebody who is admin"),
            (vec![("name", "x"), ("scope", "read"), ("days", "366")], "1 to 365 days"),
            (vec![("name", "x"), ("scope", "read"), ("days", "soon")], "1 to 365 days"),
        ] {
            let answer = browser.post("/settings/account/tokens", &fields).await;
            assert_eq!(answer.status, 422);
            assert!(answer.text.contains(words), "{words}");
        }
    }

    #[tokio::test]
    async fn the_password_is_changed_by_who_knows_it() {
        let browser = Browser::of(Role::Viewer);
        let new = "tangerine-lantern-gravel";
        for (old, new, again, words) in [
            ("wrong", new, new, "not your present password"),
            (PASSWORD, new, "other", "differ"),
            (PASSWORD, "short", "short", "at least 12"),
        ] {
            let answer = browser.post("/settings/account/password", &[("old", old), ("new", new), ("again", again)]).await;
            assert_eq!(answer.status, 422);
            assert!(answer.text.contains(words), "{words}");
        }
        let fields = [("old", PASSWORD), ("new", new), ("again", new)];
        assert_eq!(browser.post("/settings/account/password", &fields).await.status, 303);
        assert_eq!(browser.get("/settings/account").await.status, 200, "the present session stays");
    }
}
