//! `/settings/users`: who may come in, and what they may do; everybody's API tokens. For administrators.

use access::{AccessError, Admin, Fields, Form, Link, NewPerson, Role, User};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::account::token_table;
use crate::{
    Failure, Pages, Visitor,
    component::{self, Column, Field, Row, Table, Tone, badge, cell, form, moment, notice},
    layout::{Frame, Nav, seen},
};

/// Its address.
const HERE: &str = "/settings/users";
const ROLES: [(&str, &str); 3] =
    [("viewer", "viewer: reads"), ("analyst", "analyst: works alerts"), ("admin", "admin: changes everything")];

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route(HERE, get(show).post(invite))
        .route("/settings/users/{id}/role", post(role))
        .route("/settings/users/{id}/reset", post(reset))
        .route("/settings/users/{id}/disable", post(disable))
        .route("/settings/users/{id}/enable", post(enable))
        .route("/settings/users/{id}/require-password", post(require))
        .route("/settings/users/tokens/revoke", post(revoke))
}

/// What happened just now.
#[derive(Default)]
struct Said {
    status: StatusCode,
    /// What is wrong with who was to be invited.
    wrong: String,
    /// A link that was made, for whom: shown this once.
    link: Option<(String, Link)>,
    /// What was filled in.
    filled: Option<Invited>,
}

async fn show(State(pages): State<Pages>, Admin(visitor): Admin) -> Response {
    page(&pages, &visitor, Said::default()).await
}

/// Who is to be invited.
#[derive(Debug, Clone, Deserialize)]
struct Invited {
    name: String,
    #[serde(default)]
    display: String,
    role: Role,
}

async fn invite(State(pages): State<Pages>, Admin(visitor): Admin, Form(invited): Form<Invited>) -> Response {
    let person = NewPerson { name: invited.name.clone(), display: invited.display.clone(), role: invited.role };
    let said = match pages.access.invite(&person, &visitor.who()).await {
        Ok((user, link)) => Said { link: Some((user.name, link)), ..Said::default() },
        Err(error @ (AccessError::Name | AccessError::Display | AccessError::State(state::StateError::Taken { .. }))) => Said {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            wrong: format!("{error}."),
            filled: Some(invited),
            ..Said::default()
        },
        Err(error) => return frame(&visitor).failure(&Failure::from(&error)),
    };
    page(&pages, &visitor, said).await
}

async fn reset(State(pages): State<Pages>, Admin(visitor): Admin, Path(id): Path<String>) -> Response {
    let made = async {
        let user = pages.access.user(&id).await?;
        Ok::<_, AccessError>((user.name, pages.access.reset_link(&user.id, &visitor.who()).await?))
    };
    match made.await {
        Ok(link) => page(&pages, &visitor, Said { link: Some(link), ..Said::default() }).await,
        Err(error) => frame(&visitor).failure(&Failure::from(&error)),
    }
}

async fn role(State(pages): State<Pages>, Admin(visitor): Admin, Path(id): Path<String>, fields: Fields) -> Response {
    let Ok(role) = fields.get("role").unwrap_or_default().parse::<Role>() else {
        return frame(&visitor).failure(&Failure::input("A role is viewer, analyst or admin."));
    };
    changed(&visitor, pages.access.set_role(&id, role, &visitor.who()).await, &format!("is {role} now"))
}

async fn disable(State(pages): State<Pages>, Admin(visitor): Admin, Path(id): Path<String>) -> Response {
    changed(&visitor, pages.access.set_disabled(&id, true, &visitor.who()).await, "is kept out")
}

async fn enable(State(pages): State<Pages>, Admin(visitor): Admin, Path(id): Path<String>) -> Response {
    changed(&visitor, pages.access.set_disabled(&id, false, &visitor.who()).await, "may sign in again")
}

async fn require(State(pages): State<Pages>, Admin(visitor): Admin, Path(id): Path<String>) -> Response {
    let done = pages.access.require_new_password(&id, &visitor.who()).await;
    changed(&visitor, done, "chooses a new password next")
}

async fn revoke(State(pages): State<Pages>, Admin(visitor): Admin, fields: Fields) -> Response {
    match pages.access.revoke_token(&visitor, fields.get("id").unwrap_or_default()).await {
        Ok(()) => seen(HERE, "The token is taken back"),
        Err(error) => frame(&visitor).failure(&Failure::from(&error)),
    }
}

fn changed(visitor: &Visitor, done: Result<User, AccessError>, words: &str) -> Response {
    match done {
        Ok(user) => seen(HERE, &format!("{} {words}", user.name)),
        Err(error) => frame(visitor).failure(&Failure::from(&error)),
    }
}

fn frame(visitor: &Visitor) -> Frame<'_> {
    Frame::new("Users", Nav::Settings, visitor).crumb("Settings", "/settings").tabs(super::sources::parts(HERE)).lead(html! {
        "Who may come in, and what they may do. A change of somebody's role, or keeping them out, ends their sessions."
    })
}

async fn page(pages: &Pages, visitor: &Visitor, said: Said) -> Response {
    let frame = frame(visitor).status(said.status);
    let asked = async { Ok::<_, AccessError>((pages.access.users().await?, pages.access.all_tokens().await?)) };
    let (users, tokens) = match asked.await {
        Ok(asked) => asked,
        Err(error) => return frame.failure(&Failure::from(&error)),
    };
    frame.render(html! {
        @if let Some((name, link)) = &said.link { (link_notice(pages, name, link)) }
        (component::card("Users", user_table(visitor, &users)))
        (component::card("Invite somebody", invitation(visitor, &said)))
        (component::card("API tokens", token_table(
            "all-tokens", "Everybody's API tokens", &tokens, pages.now(), visitor, "/settings/users/tokens/revoke", true,
        )))
    })
}

/// The only time that a link is seen.
fn link_notice(pages: &Pages, name: &str, link: &Link) -> Markup {
    let base = pages.access.settings().public_url.as_ref().map(|url| url.as_str().trim_end_matches('/')).unwrap_or_default();
    notice(
        Tone::Good,
        html! {
            p { "A link for " bdi { (name) } ", to choose a password. It is shown this once, works once, and ends at " (moment(link.expires_at)) "." }
            @if base.is_empty() { p { "Put the address of this site before it." } }
            pre.whole tabindex="0" { (base) (link.path) }
            (component::copy(&format!("{base}{}", link.path), "Copy"))
        },
    )
}

fn user_table(visitor: &Visitor, users: &[User]) -> Markup {
    let row = |user: &User| {
        let (tone, words) = match user {
            User { disabled: true, .. } => (Tone::Bad, "Kept out"),
            User { must_change: true, .. } => (Tone::Warn, "Has to choose a password"),
            User { has_password: false, issuer: None, .. } => (Tone::Info, "Invited"),
            User { .. } => (Tone::Good, "May sign in"),
        };
        Row::new(vec![
            cell(&user.name),
            cell(&user.display),
            role_form(visitor, user),
            badge(tone, words),
            html! { @match &user.issuer { Some(issuer) => (cell(issuer)), None => span.soft.nowrap { "a password" } } },
            html! { @match user.last_sign_in { Some(at) => (moment(at)), None => span.soft { "never" } } },
            actions(visitor, user),
        ])
    };
    let columns = [
        ("name", "Name"),
        ("display", "Shown as"),
        ("role", "Role"),
        ("state", "State"),
        ("by", "Signs in by"),
        ("last", "Last signed in"),
        ("do", ""),
    ];
    Table {
        key: "users",
        caption: "Users".to_owned(),
        columns: columns.map(|(key, name)| Column::new(key, name)).to_vec(),
        rows: users.iter().map(row).collect(),
        ..Table::default()
    }
    .render()
}

fn role_form(visitor: &Visitor, user: &User) -> Markup {
    // Whose roles an issuer gives, it gives anew at each sign-in.
    if user.issuer.is_some() {
        return html! { (user.role) };
    }
    form::post(
        visitor,
        &format!("/settings/users/{}/role", user.id),
        html! {
            div.row {
                select name="role" aria-label={ "Role of " (user.name) } {
                    @for (value, _) in ROLES { option value=(value) selected[value == user.role] { (value) } }
                }
                button.button.quiet type="submit" aria-label={ "Set the role of " (user.name) } { "Set" }
            }
        },
    )
}

fn actions(visitor: &Visitor, user: &User) -> Markup {
    let button = |action: &str, words: &str| form::button(visitor, &format!("/settings/users/{}/{action}", user.id), words);
    html! {
        div.actions {
            @if user.disabled { (button("enable", "Let in again")) } @else {
                @if user.issuer.is_none() {
                    (button("reset", if user.has_password { "Reset link" } else { "New link" }))
                }
                (button("disable", "Keep out"))
                @if user.issuer.is_none() && user.has_password && !user.must_change {
                    (button("require-password", "Require a new password"))
                }
            }
        }
    }
}

fn invitation(visitor: &Visitor, said: &Said) -> Markup {
    let (name, display, role) = said
        .filled
        .as_ref()
        .map_or(("", "", "analyst"), |filled| (filled.name.as_str(), filled.display.as_str(), filled.role.as_str()));
    form::post(
        visitor,
        HERE,
        html! { div.form {
            (Field { name: "name", label: "Name", value: name, error: &said.wrong, required: true, help: "What they sign in with.", ..Field::default() }.text("text"))
            (Field { name: "display", label: "Shown as", value: display, ..Field::default() }.text("text"))
            (Field { name: "role", label: "Role", value: role, required: true, ..Field::default() }.select(&ROLES))
            div.actions { button.button type="submit" { "Make a link" } }
        } },
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, NAME, Role};

    #[tokio::test]
    async fn somebody_is_invited_changed_and_kept_out() {
        let browser = Browser::of(Role::Admin);
        let fields = [("name", "kim@contoso.com"), ("display", "<b>Kim</b>"), ("role", "analyst")];
        let invited = browser.post("/settings/users", &fields).await;
        assert!(invited.status == 200 && invited.text.contains("/welcome/"), "{}", invited.text);
        assert!(invited.text.contains("&lt;b&gt;Kim") && !invited.text.contains("<b>Kim"));
        let page = browser.get("/settings/users").await;
        assert!(!page.text.contains("/welcome/") && page.text.contains("Invited"), "a link is shown once");
        let again = browser.post("/settings/users", &[("name", "KIM@contoso.com"), ("role", "viewer")]).await;
        assert!(again.status == 422 && again.text.contains("already"));
        for (action, said) in [("disable", "kept+out"), ("enable", "may+sign+in+again")] {
            let answer = browser.post(&format!("/settings/users/{}/{action}", other(&page.text)), &[]).await;
            assert!(answer.status == 303 && answer.location.contains(said), "{}", answer.location);
        }
        let answer = browser.post(&format!("/settings/users/{}/role", other(&page.text)), &[("role", "root")]).await;
        assert_eq!(answer.status, 400);
    }

    /// The id in the address of the one who is not yet in.
    fn other(page: &str) -> String {
        let row = page.split("<tr ").find(|row| row.contains("kim@contoso.com")).unwrap_or_default();
        row.split("/settings/users/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn the_last_admin_stays() {
        let browser = Browser::of(Role::Admin);
        let page = browser.get("/settings/users").await.text;
        let row = page.split("<tr ").skip(1).find(|row| row.contains(NAME)).unwrap_or_default();
        let id = row.split("/settings/users/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let answer = browser.post(&format!("/settings/users/{id}/disable"), &[]).await;
        assert!(answer.status == 409 && answer.text.contains("only admin"), "{}", answer.text);
    }

    #[tokio::test]
    async fn users_are_for_admins() {
        for role in [Role::Viewer, Role::Analyst] {
            let browser = Browser::of(role);
            assert_eq!(browser.get("/settings/users").await.status, 403);
            assert_eq!(browser.post("/settings/users", &[("name", "x"), ("role", "admin")]).await.status, 403);
        }
    }
}
