//! `/quarantine/{id}`: one message that was set apart, shown as text: nothing of it runs, loads or leads anywhere.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use desk::HeldView;
use maud::{Markup, html};

use super::{
    message::{attachments, bytes},
    quarantine::{ACTIONS, Action},
};
use crate::{
    Pages, Visitor,
    answer::segment,
    component::{Column, Narrow, Row, Table, Tone, badge, card, cell, empty, facts, history, moment, prose, verdicts, visible},
    layout::{Frame, Key, Nav},
};

/// The most letters of a text that are shown; the desk gives fewer.
const LONGEST: usize = 200_000;

const KEYS: [Key; 4] = [
    Key { keys: "r", does: "Release the message" },
    Key { keys: "d", does: "Delete the message" },
    Key { keys: "p", does: "Report it as phishing" },
    Key { keys: "w", does: "Report it as wanted" },
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/quarantine/{id}", get(show))
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let frame = Frame::new("Held message", Nav::Quarantine, &visitor).crumb("Quarantine", "/quarantine");
    let held = match pages.desk.quarantine.message(&id).await {
        Ok(held) => held,
        Err(fault) => return frame.fault(&fault),
    };
    let lead = html! {
        @match held.line.released { Some(at) => { (badge(Tone::Quiet, "released")) (moment(at)) }, None => (badge(Tone::Warn, "held")) }
        @if !held.line.reported.is_empty() { (badge(Tone::Info, &format!("reported: {}", held.line.reported))) }
        span { "set apart " (moment(held.line.at)) }
        span { (prose(&held.line.reason)) }
    };
    let may: Vec<&Action> = ACTIONS
        .iter()
        .filter(|action| visitor.role >= action.role && (action.id != "release" || held.line.released.is_none()))
        .collect();
    let actions = html! { @for action in &may { (action.asks.opener(action.words, action.key)) } };
    frame.lead(lead).actions(actions).keys(&KEYS).render(html! {
        @for action in &may { (asks(&visitor, &held, action)) }
        div.split {
            div.stack {
                (text("Text", &held.text))
                @if !held.html_text.is_empty() && held.html_text != held.text { (text("What its HTML would show", &held.html_text)) }
                @if !held.urls.is_empty() {
                    (card("Addresses in it", html! {
                        p.soft { "Written so that nobody follows them by accident." }
                        ul.plain { @for url in &held.urls { li { code { (cell(url)) } } } }
                    }))
                }
                (attachments(&held.attachments))
                (card("Verdicts", verdicts(&held.verdicts)))
                (headers(&held))
            }
            div.stack {
                (card("About", about(&held)))
                (card("What happened", html! { @if held.timeline.is_empty() { (empty("Nothing is known", html! {})) } @else { (history(&held.timeline)) } }))
            }
        }
    })
}

/// The dialog that says exactly what happens to this message.
fn asks(visitor: &Visitor, held: &HeldView, action: &Action) -> Markup {
    let line = &held.line;
    action.asks.render(visitor, "/quarantine/act", &html! {
        input type="hidden" name="id" value=(line.id);
        input type="hidden" name="action" value=(action.id);
        input type="hidden" name="back" value={ "/quarantine/" (segment(&line.id)) };
        p { (action.happens) }
        (facts(&[("Subject", cell(&line.subject)), ("Sender shown", cell(&line.from)), ("For", recipients(&line.recipients))]))
    })
}

fn recipients(recipients: &[String]) -> Markup {
    html! { @for (place, name) in recipients.iter().enumerate() { @if place > 0 { ", " } bdi { (visible(name)) } } }
}

/// A stranger's text as text.
fn text(title: &str, text: &str) -> Markup {
    let shown = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| text.get(..end).unwrap_or_default());
    card(
        title,
        html! {
            @if text.trim().is_empty() { p.soft { "There is none." } }
            @else { pre.mail tabindex="0" dir="auto" aria-label=(title) { "\n" (visible(shown)) } }
        },
    )
}

fn about(held: &HeldView) -> Markup {
    let line = &held.line;
    facts(&[
        ("Subject", cell(&line.subject)),
        ("Sender shown", cell(&line.from)),
        ("Sender of the envelope", cell(&line.envelope_from)),
        ("For", recipients(&line.recipients)),
        ("Sent by", html! { code { (cell(&line.sender_ip)) } }),
        ("Why", prose(&line.reason)),
        ("Size", html! { (bytes(line.size)) }),
        ("Number", html! { code { (line.id) } }),
    ])
}

fn headers(held: &HeldView) -> Markup {
    let row = |(name, value): &(String, String)| Row::new(vec![html! { code { (cell(name)) } }, cell(value)]);
    let table = Table {
        key: "headers",
        caption: "Header fields, in order".to_owned(),
        columns: vec![Column::new("name", "Field"), Column::new("value", "Value")],
        rows: held.headers.iter().map(row).collect(),
        narrow: Narrow::Cards,
        ..Table::default()
    };
    html! { details.card.rows { summary { strong { "Header fields" } " " span.soft { (held.headers.len()) } } (table.render()) } }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    const MESSAGE: &str = "/quarantine/20261120T000002-3c6ef362";

    #[tokio::test]
    async fn nothing_of_a_held_message_is_run_or_followed() {
        let page = Browser::of(Role::Admin).get(MESSAGE).await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src=x") && !page.text.contains("href=\"hxxps"));
        assert!(
            page.text.contains("hxxps://login[.]example[.]org/pay") && page.text.contains("&lt;img src=x onerror=alert(2)&gt;")
        );
        assert!(page.text.contains("whole (900 characters)"));
    }

    #[tokio::test]
    async fn a_message_is_released_by_an_admin_once() {
        let admin = Browser::of(Role::Admin);
        let sent = [("action", "release"), ("id", "20261120T000002-3c6ef362"), ("back", MESSAGE)];
        assert!(admin.post("/quarantine/act", &sent).await.location.starts_with(&format!("{MESSAGE}?said=Released")));
        let page = admin.get(MESSAGE).await;
        assert!(page.text.contains("released") && !page.text.contains("ask-release"));
        assert!(!Browser::of(Role::Viewer).get(MESSAGE).await.text.contains("ask-"));
    }

    #[tokio::test]
    async fn what_is_no_held_message_is_not_found() {
        for id in ["..%2F..%2Fetc%2Fpasswd", "20261120T000001", "%3Cscript%3E", "20261120T999999-00000000"] {
            assert_eq!(Browser::of(Role::Viewer).get(&format!("/quarantine/{id}")).await.status, 404, "{id}");
        }
    }
}
