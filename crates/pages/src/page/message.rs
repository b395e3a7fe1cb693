//! `/messages/{id}`: one message: what everybody found about it, the way it took, what happened to it, every row about it.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use desk::{HopLine, MessageView};
use maud::{Markup, html};

use crate::{
    Pages, Visitor,
    answer::{address, segment},
    component::{
        Column, Narrow, Row, Rows, Table, Tone, badge, card, cell, duration, empty, facts, history, moment, notice, severity,
        verdicts, visible,
    },
    layout::{Frame, Nav},
};

/// The most rows of a table that are shown.
const MOST: usize = 50;

/// The most addresses and attachments that are shown.
const MOST_PARTS: usize = 200;

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/messages/{id}", get(show))
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let frame = Frame::new("Message", Nav::Messages, &visitor).crumb("Messages", "/messages");
    let message = match pages.desk.messages.message(&id).await {
        Ok(message) => message,
        Err(fault) => return frame.fault(&fault),
    };
    let differ = message.verdicts.iter().filter(|line| line.agreement == "differ").count();
    let lead = html! {
        @if let Some(at) = message.at { (moment(at)) }
        @if !message.direction.is_empty() { (badge(Tone::Quiet, &message.direction)) }
        @if !message.delivery.is_empty() { span dir="auto" { (message.delivery) } }
    };
    let title =
        if message.subject.trim().is_empty() { "Message without a subject".to_owned() } else { shortened(&message.subject) };
    Frame::new(title, Nav::Messages, &visitor).crumb("Messages", "/messages").lead(lead).render(html! {
        @if differ > 0 {
            (notice(Tone::Warn, html! { "We and the receiver disagree about " (differ) " of " (message.verdicts.len()) " methods: look below." }))
        }
        div.split {
            div.stack {
                (card("Verdicts", verdicts(&message.verdicts)))
                (card("The way it took", path(&message.path)))
                (content(&message))
            }
            div.stack {
                (card("About", about(&message)))
                (card("Alerts", alerts(&message)))
                (card("What happened", html! {
                    @if message.timeline.is_empty() { (empty("Nothing is known", html! {})) } @else { (history(&message.timeline)) }
                }))
            }
        }
        (rows(&message))
    })
}

/// A subject as a heading: the first of a very long one.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 160;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", visible(text.get(..end).unwrap_or_default())),
        None => visible(text).into_owned(),
    }
}

fn about(message: &MessageView) -> Markup {
    let or_nothing = |text: &str| html! { @if text.is_empty() { span.soft { "not known" } } @else { (cell(text)) } };
    facts(&[
        ("Subject", or_nothing(&message.subject)),
        ("Sender shown", or_nothing(&message.from)),
        ("Sender of the envelope", or_nothing(&message.envelope_from)),
        (
            "For",
            html! {
                @if message.recipients.is_empty() { span.soft { "not known" } }
                ul.plain { @for name in message.recipients.iter().take(MOST_PARTS) { li { (cell(name)) } } }
                @if message.recipients.len() > MOST_PARTS { p.soft { "and " (message.recipients.len() - MOST_PARTS) " more" } }
            },
        ),
        (
            "Sent by",
            html! {
                @if message.sender_ip.is_empty() { span.soft { "not known" } }
                @else { a href=(address("/messages", &[("q", &message.sender_ip)])) { (cell(&message.sender_ip)) } }
            },
        ),
        ("Message-ID", or_nothing(&message.message_id)),
        ("Id here", html! { code { (cell(&message.id)) } }),
    ])
}

/// Hops, the first one first.
fn path(hops: &[HopLine]) -> Markup {
    if hops.is_empty() {
        return empty(
            "Its way is not known",
            html! { "Only a message that was read whole says how it came; telemetry does not." },
        );
    }
    let odd = hops.iter().any(|hop| hop.delay_us.is_some_and(|delay| delay < 0));
    let row = |(place, hop): (usize, &HopLine)| {
        Row::new(vec![
            html! { (place + 1) },
            cell(&hop.from),
            html! { (cell(&hop.by)) " " @if hop.trusted { (badge(Tone::Good, "trusted")) } },
            cell(&hop.with),
            html! { @match hop.at { Some(at) => (moment(at)), None => span.soft { "not said" } } },
            html! { @if let Some(delay) = hop.delay_us { span.warn[delay < 0] { (duration(delay)) } } },
        ])
    };
    let table = Table {
        key: "path",
        caption: "Hops, the first one first".to_owned(),
        columns: vec![
            Column::number("hop", "Hop"),
            Column::new("from", "Handed over by"),
            Column::new("by", "Taken by"),
            Column::new("with", "How"),
            Column::new("at", "When"),
            Column::number("delay", "After"),
        ],
        rows: hops.iter().enumerate().map(row).collect(),
        narrow: Narrow::Scroll,
        ..Table::default()
    };
    html! {
        p.soft { "Anybody can write such lines. Believe what hosts say that are marked as trusted, and nothing before them." }
        (table.render())
        @if odd { p.small.warn { "A hop says that it took the message before the one before it: a clock is wrong, or a line was made up." } }
    }
}

/// What is in it. Addresses are written so that nobody follows them by accident.
fn content(message: &MessageView) -> Markup {
    html! {
        @if !message.urls.is_empty() {
            (card("Addresses in it", html! {
                p.soft { "Written so that nobody follows them by accident." }
                ul.plain { @for url in message.urls.iter().take(MOST_PARTS) { li { code { (cell(&defanged(url))) } } } }
            }))
        }
        (attachments(&message.attachments))
    }
}

/// Attachments as a table.
pub(super) fn attachments(attachments: &[(String, String, u64, String)]) -> Markup {
    let row = |(name, kind, size, sha256): &(String, String, u64, String)| {
        Row::new(vec![cell(name), cell(kind), html! { (bytes(*size)) }, html! { code { (cell(sha256)) } }])
    };
    let table = Table {
        key: "attachments",
        caption: "Attachments".to_owned(),
        columns: vec![
            Column::new("name", "Name"),
            Column::new("type", "Says it is"),
            Column::number("size", "Size"),
            Column::new("sha256", "SHA-256"),
        ],
        rows: attachments.iter().take(MOST_PARTS).map(row).collect(),
        ..Table::default()
    };
    html! { @if !attachments.is_empty() { (card("Attachments", table.render())) } }
}

/// A size in the largest unit that fits.
pub(super) fn bytes(size: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)];
    match UNITS.iter().find(|(_, unit)| size >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", size / unit, size % unit * 10 / unit),
        None => format!("{size} B"),
    }
}

/// An address that no program takes for a link.
fn defanged(url: &str) -> String {
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" => "hxxp".to_owned(),
        "https" => "hxxps".to_owned(),
        "" => return url.replace('.', "[.]"),
        other => return format!("{other}[:]{rest}"),
    };
    let end = rest
        .trim_start_matches('/')
        .find(['/', '?', '#'])
        .map_or(rest.len(), |at| at + rest.len() - rest.trim_start_matches('/').len());
    let (host, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    format!("{scheme}:{}{path}", host.replace('.', "[.]"))
}

fn alerts(message: &MessageView) -> Markup {
    html! {
        @if message.alerts.is_empty() { (empty("No alert names it", html! {})) }
        ul.plain {
            @for (id, title, of) in &message.alerts { li { div.row { (severity(of)) a href={ "/alerts/" (segment(id)) } dir="auto" { (title) } } } }
        }
    }
}

/// Rows of each table about it.
fn rows(message: &MessageView) -> Markup {
    html! {
        @if !message.rows.is_empty() { h2 { "Every row about it" } }
        @for (place, (table, sheet)) in message.rows.iter().enumerate() {
            details.card.rows open[place == 0] {
                summary { strong { (table) } " " span.soft { (sheet.rows.len()) @if sheet.rows.len() == 1 { " row" } @else { " rows" } } }
                (Rows { key: key(place), caption: table.clone(), sheet, most: MOST, names: &[], hidden: &[], link: &|_, _| None }.render())
            }
        }
    }
}

/// A key for the table at a place; those beyond share one.
fn key(place: usize) -> &'static str {
    const KEYS: [&str; 8] = ["rows-0", "rows-1", "rows-2", "rows-3", "rows-4", "rows-5", "rows-6", "rows-7"];
    KEYS.get(place).copied().unwrap_or("rows")
}

#[cfg(test)]
mod tests {
    use super::{bytes, defanged};
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn a_message_is_shown_with_every_verdict_and_hop() {
        let page = Browser::of(Role::Viewer).get("/messages/5f0c1f64-8d2e-4c1b-b0a3-08dc4a5b6c7d").await;
        assert_eq!(page.status, 200);
        for words in [
            "disagree about 2 of 5 methods",
            "body hash did not verify",
            "lists.university.example",
            "-30.0 s",
            "EmailUrlInfo",
            "/alerts/a-oreject",
        ] {
            assert!(page.text.contains(words), "{words}");
        }
    }

    #[tokio::test]
    async fn nothing_of_a_message_is_run_or_followed() {
        let page = Browser::of(Role::Viewer).get("/messages/5f0c1f64-8d2e-4c1b-b0a3-08dc4a5b6c7d").await;
        assert!(
            !page.text.contains("<script>alert") && !page.text.contains("<img src=x") && !page.text.contains("href=\"javascript")
        );
        assert!(page.text.contains("hxxps://login[.]example[.]org/?next") && page.text.contains("javascript[:]alert(1)"));
    }

    #[tokio::test]
    async fn a_message_is_found_by_the_id_of_its_header_however_odd() {
        let viewer = Browser::of(Role::Viewer);
        assert_eq!(viewer.get("/messages/%3C20261119.1%40example.com%3E").await.status, 200);
        let odd = viewer.get("/messages/%3Ca%2Fb%3Fc%3Dd%23e%252f..%252f%40contoso.com%3E").await;
        assert!(odd.status == 200 && odd.text.contains("Its way is not known"));
        assert_eq!(viewer.get("/messages/..%2F..%2Fetc%2Fpasswd").await.status, 404);
    }

    #[test]
    fn addresses_are_written_so_that_nobody_follows_them() {
        assert_eq!(defanged("https://a.example/b.c?d.e"), "hxxps://a[.]example/b.c?d.e");
        assert_eq!(defanged("HTTP://a.example"), "hxxp://a[.]example");
        assert_eq!(defanged("javascript:alert(1)"), "javascript[:]alert(1)");
        assert_eq!(defanged("a.example/b"), "a[.]example/b");
        assert_eq!(defanged("https:/ü.example"), "hxxps:/ü[.]example");
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!((bytes(812).as_str(), bytes(48_213).as_str(), bytes(3 << 30).as_str()), ("812 B", "47.0 KB", "3.0 GB"));
    }
}
