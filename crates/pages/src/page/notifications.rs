//! `/settings/notifications`: who is told of alerts, whether it arrives, and a button that tries.

use axum::{Form, Router, extract::State, response::Response, routing::get};
use desk::{Fault, TargetLine};
use maud::{Markup, html};
use serde::Deserialize;

use super::sources::parts;
use crate::{
    Pages, Role, Visitor,
    answer::needs,
    component::{Column, Row, Table, Tone, badge, cell, empty, form, moment, notice, number, tag, told},
    layout::{Frame, Nav},
};

const HERE: &str = "/settings/notifications";

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route(HERE, get(show)).route("/settings/notifications/test", axum::routing::post(test))
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    page(&pages, &visitor, html! {}).await
}

async fn page(pages: &Pages, visitor: &Visitor, came: Markup) -> Response {
    let frame = Frame::new("Notifications", Nav::Settings, visitor)
        .crumb("Settings", "/settings")
        .tabs(parts(HERE))
        .lead(html! { "Who is told of alerts. What does not arrive is sent again." });
    match pages.desk.settings.targets().await {
        Err(fault) => frame.fault(&fault),
        Ok(targets) => frame.render(html! {
            (came)
            @if targets.is_empty() { (empty("Nobody is told", html! { "Name webhooks, mail addresses and syslog servers under " code { "[notify]" } " in the configuration." })) }
            @else { (table(visitor, &targets).render()) }
        }),
    }
}

fn table(visitor: &Visitor, targets: &[TargetLine]) -> Table {
    let row = |target: &TargetLine| {
        Row::new(vec![
            html! { strong { (cell(&target.name)) } " " (tag(&target.shape)) },
            cell(&target.address),
            html! {
                @if target.last_error.is_empty() { @if target.delivered.is_some() { (badge(Tone::Good, "arrives")) } @else { (badge(Tone::Quiet, "not tried yet")) } }
                @else { (badge(Tone::Bad, "fails")) div.small { (told(&target.last_error)) } }
            },
            html! { (number(target.waiting)) },
            html! { @match target.delivered { Some(at) => (moment(at)), None => span.soft { "never" } } },
            html! {
                @if visitor.role >= Role::Admin {
                    (form::post(visitor, "/settings/notifications/test", html! {
                        input type="hidden" name="name" value=(target.name);
                        button.button type="submit" { "Send a test" span.sr-only { " to " (target.name) } }
                    }))
                }
            },
        ])
    };
    let mut columns = vec![
        Column::new("name", "Target"),
        Column::new("address", "Goes to"),
        Column::new("state", "State"),
        Column::number("waiting", "Waiting"),
        Column::new("delivered", "Last arrived"),
    ];
    if visitor.role >= Role::Admin {
        columns.push(Column::new("test", "Test"));
    }
    Table {
        key: "targets",
        caption: "Who is told".to_owned(),
        columns,
        rows: targets.iter().map(row).collect(),
        ..Table::default()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    name: String,
}

async fn test(State(pages): State<Pages>, visitor: Visitor, Form(sent): Form<Sent>) -> Response {
    let tried = async {
        needs(&visitor, Role::Admin, "sending a test")?;
        pages.desk.settings.test_target(&sent.name, &visitor.who()).await
    };
    match tried.await {
        Ok(said) => {
            let came = html! { p { "The test to " strong { (cell(&sent.name)) } " was sent. The other side said:" } p { (cell(&said)) } };
            page(&pages, &visitor, notice(Tone::Good, came)).await
        }
        Err(Fault::Unavailable { reason }) => {
            let came = html! { p { "The test to " strong { (cell(&sent.name)) } " did not arrive:" } p { (cell(&reason)) } };
            page(&pages, &visitor, notice(Tone::Bad, came)).await
        }
        Err(fault) => Frame::new("Notifications", Nav::Settings, &visitor).crumb("Settings", "/settings").fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn a_test_is_sent_and_what_the_other_side_said_is_shown() {
        let admin = Browser::of(Role::Admin);
        assert!(admin.post("/settings/notifications/test", &[("name", "soc")]).await.text.contains("250 2.0.0 accepted"));
        let failed = admin.post("/settings/notifications/test", &[("name", "pager")]).await;
        assert!(failed.text.contains("did not arrive") && !failed.text.contains("<script>alert"));
        assert_eq!(admin.post("/settings/notifications/test", &[("name", "../x")]).await.status, 404);
    }

    #[tokio::test]
    async fn nobody_else_sends_tests() {
        let analyst = Browser::of(Role::Analyst);
        assert!(!analyst.get("/settings/notifications").await.text.contains("Send a test"));
        assert_eq!(analyst.post("/settings/notifications/test", &[("name", "soc")]).await.status, 403);
    }
}
