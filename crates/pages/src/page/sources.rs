//! `/settings/sources`: where telemetry comes from, what is in trouble first. `/settings` leads here.

use axum::{
    Router,
    extract::State,
    response::{Redirect, Response},
    routing::get,
};
use desk::SourceLine;
use maud::{Markup, html};

use crate::{
    Pages, Visitor,
    component::{Column, Row, Table, Tone, badge, cell, empty, moment, notice, number, tabs, tag, told},
    layout::{Frame, Nav},
};

/// The parts of the settings.
const PARTS: [(&str, &str); 8] = [
    ("Sources", "/settings/sources"),
    ("Accepted domains", "/settings/accepted-domains"),
    ("Watchlists", "/settings/watchlists"),
    ("Notifications", "/settings/notifications"),
    ("Storage", "/settings/storage"),
    ("Configuration", "/settings/configuration"),
    ("Users", "/settings/users"),
    ("Audit log", "/settings/audit"),
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/settings", get(|| async { Redirect::to("/settings/sources") })).route("/settings/sources", get(show))
}

/// The parts of the settings as links; `active` is the address of the one that is shown.
pub(super) fn parts(active: &str) -> Markup {
    let links: Vec<(&str, String)> = PARTS.iter().map(|(words, address)| (*words, (*address).to_owned())).collect();
    tabs("Settings", &links, PARTS.iter().position(|(_, address)| *address == active).unwrap_or(usize::MAX))
}

/// A source's state: its tone and what it means.
fn state(state: &str) -> (Tone, u8) {
    match state {
        "trouble" => (Tone::Bad, 0),
        "waiting" => (Tone::Info, 1),
        "working" => (Tone::Good, 2),
        _ => (Tone::Quiet, 3),
    }
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let frame = Frame::new("Sources", Nav::Settings, &visitor)
        .crumb("Settings", "/settings")
        .tabs(parts("/settings/sources"))
        .lead(html! { "Where telemetry comes from. What has gone quiet finds nothing." });
    let mut sources = match pages.desk.settings.sources().await {
        Ok(sources) => sources,
        Err(fault) => return frame.fault(&fault),
    };
    sources.sort_by_key(|source| state(&source.state).1);
    let trouble = sources.iter().filter(|source| source.state == "trouble").count();
    frame.render(html! {
        @if trouble > 0 {
            (notice(Tone::Bad, html! { (trouble) @if trouble == 1 { " source is" } @else { " sources are" } " in trouble: detections over what should come from there find nothing." }))
        }
        @if sources.is_empty() { (empty("No source is known", html! { "Name folders and feeds in the configuration, or send rows over HTTP." })) }
        @else { (table(&sources).render()) }
    })
}

fn table(sources: &[SourceLine]) -> Table {
    let row = |source: &SourceLine| {
        Row::new(vec![
            html! { strong { (cell(&source.name)) } " " (tag(&source.kind)) },
            html! { (badge(state(&source.state).0, &source.state)) @if !source.message.is_empty() { div.small { (told(&source.message)) } } },
            html! { @match source.last { Some(at) => (moment(at)), None => span.soft { "never" } } },
            html! { @match source.rows { Some(rows) => (number(rows)), None => span.soft { "–" } } },
            html! { @for table in &source.tables { (tag(table)) " " } },
        ])
    };
    Table {
        key: "sources",
        caption: "Sources, those in trouble first".to_owned(),
        columns: vec![
            Column::new("name", "Source"),
            Column::new("state", "State"),
            Column::new("last", "Last rows"),
            Column::number("rows", "Rows in 24 hours"),
            Column::new("tables", "Goes to"),
        ],
        rows: sources.iter().map(row).collect(),
        choice: true,
        sortable: true,
        ..Table::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn sources_in_trouble_stand_first_and_say_what_to_do() {
        let viewer = Browser::of(Role::Viewer);
        assert_eq!(viewer.get("/settings").await.location, "/settings/sources");
        let page = viewer.get("/settings/sources").await;
        let place = |words: &str| page.text.find(words).unwrap_or(usize::MAX);
        assert!(place("message-traces") < place("audit-records") && place("AADSTS7000222") < usize::MAX);
        assert!(page.text.contains("2 sources are in trouble") && !page.text.contains("<script>alert"));
    }
}
