//! `/exclusions`: what is known to be benign, who says so, until when, and what it took.

use access::Viewer;
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use desk::ExclusionView;
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Pages, answer,
    component::{self, Column, Row, Table},
    layout::{Frame, Key, Nav, icon},
    work::works,
};

/// What can be listed: the status, and its words.
const LISTS: [(&str, &str); 5] =
    [("", "All"), ("proposed", "Proposed"), ("approved", "Approved"), ("expired", "Expired"), ("revoked", "Revoked")];

const KEYS: [Key; 1] = [Key { keys: "e", does: "New exclusion" }];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/exclusions", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    status: String,
}

async fn show(State(pages): State<Pages>, Viewer(visitor): Viewer, Query(asked): Query<Asked>) -> Response {
    let active = LISTS.iter().position(|(status, _)| *status == asked.status).unwrap_or_default();
    let tabs: Vec<(&str, String)> =
        LISTS.iter().map(|(status, words)| (*words, answer::address("/exclusions", &[("status", status)]))).collect();
    let frame = Frame::new("Exclusions", Nav::Alerts, &visitor).crumb("Alerts", "/alerts").keys(&KEYS).tabs(component::tabs(
        "Which exclusions",
        &tabs,
        active,
    ));
    match pages.desk.exclusions.exclusions().await {
        Ok(all) => {
            let shown: Vec<&ExclusionView> =
                all.iter().filter(|one| asked.status.is_empty() || one.status == asked.status).collect();
            frame
                .lead(html! { span { "Hits that are known to be harmless: kept, and not raised." } })
                .actions(html! { @if works(&visitor) { a.button.primary href="/exclusions/new" data-key="e" { (icon("plus")) "New exclusion" } } })
                .render(list(&shown))
        }
        Err(fault) => frame.fault(&fault),
    }
}

fn list(exclusions: &[&ExclusionView]) -> Markup {
    if exclusions.is_empty() {
        return component::empty(
            "No exclusions.",
            html! { "One is best begun from an alert that is known to be harmless: its page has a button for it." },
        );
    }
    let table = Table {
        key: "exclusions",
        caption: "Exclusions".to_owned(),
        columns: vec![
            Column::new("name", "Exclusion"),
            Column::new("conditions", "What it takes"),
            Column::new("status", "Status"),
            Column::new("owner", "Owner"),
            Column::new("expires", "Until"),
            Column::number("took", "Took"),
            Column::new("last", "Last"),
            Column::new("rules", "Rules").hidden(),
            Column::new("origin", "From").hidden(),
        ],
        rows: exclusions.iter().map(|one| row(one)).collect(),
        choice: true,
        sortable: true,
        ..Table::default()
    };
    table.render()
}

fn row(view: &ExclusionView) -> Row {
    let name = if view.draft.name.is_empty() { &view.id } else { &view.draft.name };
    Row::new(vec![
        html! {
            a.title href={ "/exclusions/" (answer::segment(&view.id)) } dir="auto" { (name) }
            p.reason.soft dir="auto" { (super::alerts::cut(&view.draft.reason, 160)) }
        },
        html! { ul.plain { @for words in view.words.iter().take(4) { li { (component::cell(words)) } } } },
        component::status(&view.status),
        html! { span dir="auto" { (view.draft.owner) } },
        until(&view.draft.expires),
        html! { (component::number(view.suppressed)) },
        html! { @if let Some(at) = view.last_suppressed { (component::moment(at)) } },
        html! { @for rule in &view.draft.rules { a href={ "/rules/" (answer::segment(rule)) } dir="auto" { (rule) } " " } },
        html! { span dir="auto" { (view.origin) } },
    ])
}

/// The day on which it ends.
pub(crate) fn until(expires: &str) -> Markup {
    html! { @if expires.is_empty() { span.soft { "never ends" } } @else { span.nowrap title=(expires) { (expires.get(..10).unwrap_or(expires)) } } }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn exclusions_are_listed_by_status() {
        let browser = Browser::of(Role::Viewer);
        let page = browser.get("/exclusions").await;
        assert!(page.text.contains("Own mailing lists") && page.text.contains("4,211") && page.text.contains("Trusted relays"));
        assert!(!page.text.contains("<script>alert") && !page.text.contains("New exclusion</a>"));
        let page = browser.get("/exclusions?status=revoked").await;
        assert!(page.text.contains("Old partner") && !page.text.contains("Own mailing lists"));
    }
}
