//! `/quarantine`: messages that were set apart; many are released, deleted or reported at once.

use axum::{
    Form, Router,
    extract::{Query, State},
    response::Response,
    routing::{get, post},
};
use desk::{Fault, HeldLine};
use maud::{Markup, html};
use serde::Deserialize;

use super::message::bytes;
use crate::{
    Pages, Role, Visitor,
    answer::{address, needs, segment},
    component::{
        Column, Confirm, Pager, Row, Table, Tone, badge, card, cell, empty, filter, form, moment, notice, number, told, visible,
    },
    layout::{self, Frame, Key, Nav},
};

/// Messages on a page.
const SIZE: u32 = 50;

/// The most messages that something is done with at once.
const MOST: usize = 500;

/// The id of the form that selected rows are sent with.
const FORM: &str = "held-form";

const KEYS: [Key; 4] = [
    Key { keys: "r", does: "Release what is selected" },
    Key { keys: "d", does: "Delete what is selected" },
    Key { keys: "p", does: "Report what is selected as phishing" },
    Key { keys: "w", does: "Report what is selected as wanted" },
];

/// Something that can be done with messages.
pub(super) struct Action {
    /// As the desk calls it.
    pub(super) id: &'static str,
    /// Who may.
    pub(super) role: Role,
    /// What the button says.
    pub(super) words: &'static str,
    /// What has been done.
    done: &'static str,
    /// What exactly happens.
    pub(super) happens: &'static str,
    /// The key of its button.
    pub(super) key: &'static str,
    /// The dialog that asks before.
    pub(super) asks: Confirm<'static>,
}

pub(super) const ACTIONS: [Action; 4] = [
    Action {
        id: "release",
        role: Role::Admin,
        words: "Release",
        done: "Released",
        happens: "The mail server delivers each message to everybody it was for, as it came, with what is attached. That cannot be taken back.",
        key: "r",
        asks: Confirm { id: "ask-release", title: "Release to the recipients?", button: "Release", danger: true },
    },
    Action {
        id: "delete",
        role: Role::Admin,
        words: "Delete",
        done: "Deleted",
        happens: "The message and what is known of it are removed from the quarantine for good. Nobody can release it any more.",
        key: "d",
        asks: Confirm { id: "ask-delete", title: "Delete for good?", button: "Delete", danger: true },
    },
    Action {
        id: "report-phish",
        role: Role::Analyst,
        words: "Report as phishing",
        done: "Reported as phishing",
        happens: "The whole message is sent to whom the configuration names, Microsoft or your own people, as one that should be blocked. It stays here.",
        key: "p",
        asks: Confirm { id: "ask-report-phish", title: "Report as phishing?", button: "Report as phishing", danger: false },
    },
    Action {
        id: "report-clean",
        role: Role::Analyst,
        words: "Report as wanted",
        done: "Reported as wanted",
        happens: "The whole message is sent to whom the configuration names, Microsoft or your own people, as one that should have been delivered. It stays here, and is not released.",
        key: "w",
        asks: Confirm { id: "ask-report-clean", title: "Report as wanted?", button: "Report as wanted", danger: false },
    },
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/quarantine", get(show)).route("/quarantine/act", post(act))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// What they have to fit; empty: all.
    q: String,
    /// Which page, from 1.
    page: String,
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Quarantine", Nav::Quarantine, &visitor)
        .keys(&KEYS)
        .script("chosen.js")
        .lead(html! { "Messages that were set apart before anybody got them. Nothing of them runs here." });
    let (text, page) = (asked.q.trim(), asked.page.parse().unwrap_or(1).clamp(1, 1_000_000));
    let (held, total) = match pages.desk.quarantine.held(text, page, SIZE).await {
        Ok(found) => found,
        Err(fault) => return frame.fault(&fault),
    };
    let here = |page: u32| {
        let page = if page > 1 { page.to_string() } else { String::new() };
        address("/quarantine", &[("q", text), ("page", &page)])
    };
    frame.render(html! {
        (filter("/quarantine", "q", "Search", text, "an address, a domain, words of a subject, a reason", html! {}))
        @if held.is_empty() {
            @if text.is_empty() && page == 1 { (empty("Nothing is held", html! { "Rules of " code { "[mailflow]" } " set messages apart." })) }
            @else { (empty("No message fits", html! { a href="/quarantine" { "Show all" } })) }
        } @else {
            (table(&held, visitor.works()).render())
            (bulk(&visitor, &here(page)))
            (Pager { page, size: SIZE, total }.render(here))
        }
    })
}

/// What is done with what is selected.
fn bulk(visitor: &Visitor, here: &str) -> Markup {
    let may: Vec<&Action> = ACTIONS.iter().filter(|action| visitor.role >= action.role).collect();
    html! {
        @if !may.is_empty() {
            form.bulk #(FORM) data-bulk=(FORM) method="post" action="/quarantine/act" {
                (form::token(visitor))
                input type="hidden" name="back" value=(here);
                span.soft data-count { "Nothing selected" }
                div.actions { @for action in &may { (action.asks.opener(action.words, action.key)) } }
            }
            @for action in &may {
                (action.asks.render_for(FORM, ("action", action.id), &html! {
                    p { (action.happens) }
                    p.js-only { strong data-chosen-count {} }
                    ul.chosen data-chosen=(FORM) {}
                }))
            }
        }
    }
}

fn table(held: &[HeldLine], select: bool) -> Table {
    let row = |line: &HeldLine| {
        let subject = if line.subject.trim().is_empty() { "(no subject)" } else { line.subject.as_str() };
        let made = Row::new(vec![
            html! {
                a href={ "/quarantine/" (segment(&line.id)) } { (shortened(subject)) }
                @if line.released.is_some() { " " (badge(Tone::Quiet, "released")) }
                @if !line.reported.is_empty() { " " (badge(Tone::Info, &format!("reported: {}", line.reported))) }
            },
            html! { (cell(&line.from)) div.small.soft { "envelope " (cell(&line.envelope_from)) } },
            recipients(&line.recipients),
            html! { div.small { (told(&line.reason)) } },
            html! { code { (cell(&line.sender_ip)) } },
            html! { (bytes(line.size)) },
            moment(line.at),
        ]);
        if select { made.select(&line.id, format!("{subject}, from {}", line.from)) } else { made }
    };
    Table {
        key: "quarantine",
        caption: "Messages that were set apart, the latest first".to_owned(),
        columns: vec![
            Column::new("subject", "Subject"),
            Column::new("from", "Sender shown"),
            Column::new("to", "For"),
            Column::new("reason", "Why"),
            Column::new("ip", "Sent by").hidden(),
            Column::number("size", "Size").hidden(),
            Column::new("at", "When"),
        ],
        rows: held.iter().map(row).collect(),
        choice: true,
        form: select.then_some(FORM),
        ..Table::default()
    }
}

/// A subject that is a link: one line of it.
fn shortened(text: &str) -> Markup {
    const SHOWN: usize = 120;
    let cut = text.char_indices().nth(SHOWN).map(|(end, _)| text.get(..end).unwrap_or_default());
    html! { bdi { (visible(cut.unwrap_or(text))) @if cut.is_some() { "…" } } }
}

/// The first recipient, and how many more.
fn recipients(recipients: &[String]) -> Markup {
    html! {
        @match recipients {
            [] => span.soft { "nobody" },
            [one] => (cell(one)),
            [one, rest @ ..] => { (cell(one)) div.small.soft { "and " (rest.len()) " more" } },
        }
    }
}

async fn act(State(pages): State<Pages>, visitor: Visitor, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let frame = Frame::new("Quarantine", Nav::Quarantine, &visitor).crumb("Quarantine", "/quarantine");
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str());
    let ids: Vec<String> = fields.iter().filter(|(name, _)| name == "id").map(|(_, id)| id.clone()).collect();
    let done = async {
        let wanted = field("action");
        let action = ACTIONS.iter().find(|action| action.id == wanted);
        let action = action.ok_or_else(|| Fault::input(format!("there is no action `{wanted}`")))?;
        needs(&visitor, action.role, &format!("“{}”", action.words))?;
        if ids.is_empty() {
            return Err(Fault::input("nothing is selected: tick the messages first"));
        }
        if ids.len() > MOST {
            return Err(Fault::Limit { reason: format!("{MOST} messages at most at once, and these are {}", ids.len()) });
        }
        Ok((action, pages.desk.quarantine.act(&ids, action.id, &visitor.who()).await?))
    };
    match done.await {
        Err(fault) => frame.fault(&fault),
        Ok((action, told)) if told.iter().all(|(_, came)| came.is_ok()) => {
            let gone = action.id == "delete";
            layout::seen(back(field("back"), gone), &words(action, &told))
        }
        Ok((action, told)) => frame.render(outcome(action, &told)),
    }
}

/// Where to go back to: a page of the quarantine, and the list when the message that was looked at is gone.
fn back(wanted: &str, gone: bool) -> &str {
    let list = wanted == "/quarantine" || wanted.starts_with("/quarantine?");
    let one = wanted.strip_prefix("/quarantine/").is_some_and(|id| !id.is_empty() && !id.contains(['/', '\\', '\r', '\n']));
    if list || one && !gone { wanted } else { "/quarantine" }
}

type Told = Vec<(String, Result<String, Fault>)>;

/// What came of it where all went well.
fn words(action: &Action, told: &Told) -> String {
    match told.as_slice() {
        [(_, Ok(said))] => format!("{}: {said}", action.done),
        several => format!("{} {} messages", action.done, several.len()),
    }
}

/// What came of it where some did not.
fn outcome(action: &Action, told: &Told) -> Markup {
    let failed: Vec<(&String, &Fault)> = told.iter().filter_map(|(id, came)| Some((id, came.as_ref().err()?))).collect();
    let row = |(id, fault): &(&String, &Fault)| {
        Row::new(vec![html! { a href={ "/quarantine/" (segment(id)) } { code { (cell(id)) } } }, cell(&fault.to_string())])
    };
    let table = Table {
        key: "failed",
        caption: "Messages of which it did not work".to_owned(),
        columns: vec![Column::new("id", "Message"), Column::new("why", "Why not")],
        rows: failed.iter().map(row).collect(),
        ..Table::default()
    };
    html! {
        (notice(Tone::Bad, html! {
            p { (action.done) " " (number((told.len() - failed.len()) as u64)) " of " (number(told.len() as u64)) ". With these it did not work; they are as they were." }
        }))
        (card("What did not work", table.render()))
        p { a.button href="/quarantine" { "Back to the quarantine" } }
    }
}

#[cfg(test)]
mod tests {
    use super::back;
    use crate::testing::{Browser, Role};

    /// The first of the sample's messages, and the one whose release fails.
    const FIRST: &str = "20261120T000000-00000000";
    const STUBBORN: &str = "20261120T000013-08d12dfd";

    #[tokio::test]
    async fn held_messages_are_paged_and_searched() {
        let viewer = Browser::of(Role::Viewer);
        let page = viewer.get("/quarantine").await;
        assert!(
            page.text.contains("1–50 of 5,000")
                && page.text.contains("/quarantine?page=2")
                && !page.text.contains("<script>alert")
        );
        assert!(viewer.get("/quarantine?page=100").await.text.contains("4,951–5,000 of 5,000"));
        assert!(viewer.get("/quarantine?page=99999999999").await.text.contains("1–50"));
        assert!(viewer.get("/quarantine?q=bounce-17%40&page=0").await.text.contains("1–1 of 1"));
    }

    #[tokio::test]
    async fn a_viewer_selects_nothing_and_an_analyst_does_not_release() {
        let viewer = Browser::of(Role::Viewer);
        assert!(!viewer.get("/quarantine").await.text.contains("type=\"checkbox\" name=\"id\""));
        assert_eq!(viewer.post("/quarantine/act", &[("action", "report-phish"), ("id", FIRST)]).await.status, 403);
        let analyst = Browser::of(Role::Analyst);
        let page = analyst.get("/quarantine").await;
        assert!(page.text.contains("Report as phishing") && !page.text.contains("ask-release"));
        assert_eq!(analyst.post("/quarantine/act", &[("action", "release"), ("id", FIRST)]).await.status, 403);
    }

    #[tokio::test]
    async fn several_are_deleted_at_once_and_are_gone() {
        let admin = Browser::of(Role::Admin);
        let second = "20261120T000001-9e3779b1";
        let sent = [("action", "delete"), ("id", FIRST), ("id", second), ("back", "/quarantine?q=x&page=2")];
        assert_eq!(admin.post("/quarantine/act", &sent).await.location, "/quarantine?q=x&page=2&said=Deleted+2+messages");
        assert!(admin.get("/quarantine").await.text.contains("of 4,998"));
    }

    #[tokio::test]
    async fn what_did_not_work_is_told_for_each() {
        let admin = Browser::of(Role::Admin);
        let page = admin.post("/quarantine/act", &[("action", "release"), ("id", FIRST), ("id", STUBBORN), ("id", "../x")]).await;
        for words in ["Released 1 of 3", "does not answer", "there is no held message", STUBBORN] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
    }

    #[tokio::test]
    async fn nothing_or_too_much_is_refused() {
        let admin = Browser::of(Role::Admin);
        assert_eq!(admin.post("/quarantine/act", &[("action", "delete")]).await.status, 400);
        assert_eq!(admin.post("/quarantine/act", &[("action", "<script>"), ("id", FIRST)]).await.status, 400);
        let many = vec![("id", "x"); 501];
        assert_eq!(admin.post("/quarantine/act", &[&[("action", "delete")], many.as_slice()].concat()).await.status, 422);
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        for bad in ["https://evil.example/", "//evil.example", "/quarantine/../settings", "/quarantine/", "", "/quarantineevil"] {
            assert_eq!(back(bad, false), "/quarantine", "{bad}");
        }
        assert_eq!((back("/quarantine/a-1", false), back("/quarantine/a-1", true)), ("/quarantine/a-1", "/quarantine"));
    }
}
