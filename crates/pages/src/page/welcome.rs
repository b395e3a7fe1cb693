//! `/welcome/TOKEN`: a link that lets somebody in once, to choose a password: the first administrator, who was invited, who forgot theirs.

use access::{AccessError, Arrival, Choice, Form, LinkKind, SHORTEST, Secret, Welcoming};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use maud::html;
use serde::Deserialize;

use super::sign_in::{entering, failed, new_password, password};
use crate::{
    Failure, Pages, Visitor,
    component::{Field, Tone, notice},
    layout,
};

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/welcome/{token}", get(show).post(choose))
}

/// What was filled in.
#[derive(Debug, Deserialize)]
struct Filled {
    #[serde(default)]
    name: String,
    #[serde(default)]
    display: String,
    password: Secret,
    again: Secret,
}

async fn show(State(pages): State<Pages>, Path(token): Path<String>) -> Response {
    match pages.access.welcoming(&token).await {
        Ok(welcoming) => page(StatusCode::OK, &welcoming, "", "", None),
        Err(error) => ended(&error),
    }
}

async fn choose(
    State(pages): State<Pages>,
    Path(token): Path<String>,
    before: Option<Visitor>,
    arrival: Arrival,
    Form(filled): Form<Filled>,
) -> Response {
    let welcoming = match pages.access.welcoming(&token).await {
        Ok(welcoming) => welcoming,
        Err(error) => return ended(&error),
    };
    let again = |wrong: &str| page(StatusCode::UNPROCESSABLE_ENTITY, &welcoming, &filled.name, &filled.display, Some(wrong));
    if filled.password.expose() != filled.again.expose() {
        return again("The two passwords differ.");
    }
    let choice = Choice { name: filled.name.clone(), display: filled.display.clone(), password: filled.password.clone() };
    match pages.access.redeem(&token, choice, &arrival, before.as_ref()).await {
        Ok(signed_in) => entering(&signed_in, "/"),
        Err(error @ (AccessError::Weak(_) | AccessError::Name | AccessError::Display)) => again(&format!("{error}.")),
        Err(error) => ended(&error),
    }
}

fn ended(error: &AccessError) -> Response {
    failed(&match error {
        AccessError::Link => {
            let help = [
                "Links work once, and end after an hour; invitations after a day.",
                "An administrator makes a new one under Settings, Users.",
                "Where nobody can sign in yet, start spoofwatch serve again: it prints a new one.",
            ];
            Failure::new(StatusCode::GONE, "This link has ended", error.to_string(), &help)
        }
        other => Failure::from(other),
    })
}

fn page(status: StatusCode, welcoming: &Welcoming, name: &str, display: &str, wrong: Option<&str>) -> Response {
    let (title, lead) = match welcoming.kind {
        LinkKind::FirstRun => {
            ("Welcome to spoofwatch", "Make the first administrator. Others are invited afterwards, under Settings, Users.")
        }
        LinkKind::Invite => ("Welcome to spoofwatch", "Choose a password, and you are in."),
        LinkKind::Reset => ("Choose a new password", "It ends every session that is open in your name."),
    };
    let help = format!("At least {SHORTEST} characters. A few words that do not belong together make a good one.");
    let display = if display.is_empty() { welcoming.user.as_ref().map_or("", |(_, display)| display.as_str()) } else { display };
    let body = html! {
        h1 { (title) }
        p.lead { (lead) }
        @if let Some(wrong) = wrong { (notice(Tone::Bad, html! { (wrong) })) }
        form.stack method="post" {
            @match &welcoming.user {
                // Keepers of passwords look for the name beside the password.
                Some((theirs, _)) => div.field {
                    label for="name" { "Name" }
                    input #name type="text" value=(theirs) readonly autocomplete="username" dir="auto";
                },
                None => (Field {
                    name: "name", label: "Name", value: name, required: true,
                    help: "What you sign in with: letters, digits, and . _ - + @", ..Field::default()
                }.text("text")),
            }
            @if welcoming.kind != LinkKind::Reset {
                (Field { name: "display", label: "Shown as", value: display, help: "What others see; may be left empty.", ..Field::default() }.text("text"))
            }
            (new_password("password", "Password", &help))
            (password("again", "Password, once more", "new-password", "", false))
            div.actions { button.button.primary type="submit" { "Sign in" } }
        }
    };
    layout::bare(status, title, &body)
}

#[cfg(test)]
mod tests {
    use crate::testing::Browser;

    #[tokio::test]
    async fn a_link_that_never_was_opens_nothing() {
        let browser = Browser::stranger();
        for token in ["x", "../../etc/passwd", "%00"] {
            let answer = browser.get(&format!("/welcome/{}", token.replace('/', "%2F"))).await;
            assert_eq!(answer.status, 410, "{token}");
            assert!(answer.text.contains("This link has ended"));
        }
        let answer = browser.post("/welcome/x", &[("password", "tangerine-lantern"), ("again", "tangerine-lantern")]).await;
        assert_eq!(answer.status, 410);
    }
}
