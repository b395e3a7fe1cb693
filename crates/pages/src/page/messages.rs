//! `/messages`: messages found by what is known of them.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use maud::html;
use serde::Deserialize;

use crate::{
    Pages, Visitor,
    answer::segment,
    component::{Choice, Field, Rows, empty},
    layout::{Frame, Nav, icon},
};

/// Days that are searched where nothing else is asked for, and at most.
const DAYS: (u32, u32) = (7, 3650);

/// The most messages that are shown.
const MOST: usize = 200;

const NAMES: [(&str, &str); 10] = [
    ("Timestamp", "When"),
    ("TimeGenerated", "When"),
    ("NetworkMessageId", "Message"),
    ("InternetMessageId", "Message-ID"),
    ("SenderFromAddress", "Sender shown"),
    ("SenderMailFromAddress", "Sender of the envelope"),
    ("RecipientEmailAddress", "For"),
    ("EmailDirection", "Direction"),
    ("DeliveryAction", "What became of it"),
    ("SenderIPv4", "Sent by"),
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/messages", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// An id, an address, a domain, words of a subject.
    q: String,
    /// Over how many days.
    days: String,
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Messages", Nav::Messages, &visitor)
        .lead(html! { "Where a message came from, what was found about it, and what became of it." });
    let days = asked.days.parse().unwrap_or(DAYS.0).clamp(1, DAYS.1);
    let (text, days_text) = (asked.q.trim(), days.to_string());
    let mut spans: Vec<Choice<'_>> = vec![("1", "1 day"), ("7", "7 days"), ("30", "30 days"), ("365", "1 year")];
    if !spans.iter().any(|(value, _)| *value == days_text) {
        spans.push((&days_text, &days_text));
    }
    let form = html! {
        form.bar role="search" method="get" action="/messages" {
            div.grow {
                (Field {
                    name: "q", label: "Search", value: text, key: "/",
                    help: "A message's id, a sender, a recipient, a domain, an IP address, words of the subject.", ..Field::default()
                }.text("search"))
            }
            (Field { name: "days", label: "Over", value: &days_text, ..Field::default() }.select(&spans))
            button.button.primary type="submit" { (icon("hunt")) "Search" }
        }
    };
    let sheet = match pages.desk.messages.find(text, days).await {
        Ok(sheet) => sheet,
        Err(fault) => return frame.fault(&fault),
    };
    let rows = Rows {
        key: "messages",
        caption: "Messages".to_owned(),
        sheet: &sheet,
        most: MOST,
        names: &NAMES,
        hidden: &["SenderMailFromAddress", "EmailDirection", "InternetMessageId"],
        link: &|column, value| {
            let id = value.as_str().filter(|id| column == "NetworkMessageId" && !id.is_empty())?;
            Some(format!("/messages/{}", segment(id)))
        },
    };
    frame.render(html! {
        (form)
        @if sheet.rows.is_empty() {
            (empty("No message fits", html! { "Search over more days, or for less: one word, one address." }))
        } @else { (rows.render()) }
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn a_message_is_found_and_leads_to_its_page() {
        let viewer = Browser::of(Role::Viewer);
        let page = viewer.get("/messages?q=ceo%40example.com").await;
        assert!(page.text.contains("href=\"/messages/5f0c1f64-8d2e-4c1b-b0a3-08dc4a5b6c7d\""), "{}", page.text);
        assert!(!page.text.contains("<script>alert"));
    }

    #[tokio::test]
    async fn what_is_searched_for_is_text_and_bounded() {
        let viewer = Browser::of(Role::Viewer);
        let page = viewer.get("/messages?q=%22%3E%3Cscript%3Ealert(1)&days=x").await;
        assert!(page.status == 200 && page.text.contains("No message fits") && !page.text.contains("\"><script>"));
        assert_eq!(viewer.get(&format!("/messages?q={}", "x".repeat(2000))).await.status, 422);
    }
}
