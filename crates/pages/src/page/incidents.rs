//! `/incidents`: alerts that belong together, the last changed first.

use access::Viewer;
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use desk::IncidentPage;
use maud::{Markup, html};
use serde::Deserialize;
use state::Incident;

use crate::{
    Pages, answer,
    component::{self, Column, Pager, Row, Table},
    layout::{Frame, Nav},
};

/// What can be listed: the parameter, and its words.
const LISTS: [(&str, &str); 5] =
    [("", "Open"), ("new", "New"), ("in_progress", "In progress"), ("closed", "Closed"), ("all", "All")];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/incidents", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    status: String,
    page: u32,
    size: u32,
}

impl Asked {
    fn address(&self, status: &str, page: u32) -> String {
        let number = |number: u32, least: u32| if number > least { number.to_string() } else { String::new() };
        answer::address("/incidents", &[("status", status), ("page", &number(page, 1)), ("size", &number(self.size, 0))])
    }
}

async fn show(State(pages): State<Pages>, Viewer(visitor): Viewer, Query(asked): Query<Asked>) -> Response {
    let active = LISTS.iter().position(|(status, _)| *status == asked.status).unwrap_or_default();
    let tabs: Vec<(&str, String)> = LISTS.iter().map(|(status, words)| (*words, asked.address(status, 1))).collect();
    let frame = Frame::new("Incidents", Nav::Incidents, &visitor).tabs(component::tabs("Which incidents", &tabs, active));
    match pages.desk.incidents.incidents(&asked.status, asked.page, asked.size).await {
        Ok(page) => frame
            .lead(html! { span { "Alerts that share what they are about, as one story." } })
            .render(html! { div data-live="incident" { (list(&asked, &page)) } }),
        Err(fault) => frame.fault(&fault),
    }
}

fn list(asked: &Asked, page: &IncidentPage) -> Markup {
    if page.incidents.is_empty() {
        return component::empty("No incidents.", html! { "An incident begins with an alert. " a href="/alerts" { "Alerts" } });
    }
    let table = Table {
        key: "incidents",
        caption: "Incidents".to_owned(),
        columns: vec![
            Column::new("severity", "Severity"),
            Column::new("title", "Incident").main(),
            Column::number("alerts", "Alerts"),
            Column::new("status", "Status"),
            Column::new("assignee", "Assignee"),
            Column::new("updated", "Last changed"),
            Column::new("first", "First event").hidden(),
            Column::new("last", "Last event").hidden(),
        ],
        rows: page.incidents.iter().map(row).collect(),
        choice: true,
        ..Table::default()
    };
    html! {
        (table.render())
        (Pager { page: page.page, size: page.size, total: page.total }.render(|page| asked.address(&asked.status, page)))
    }
}

fn row(incident: &Incident) -> Row {
    let when = |at: Option<state::Moment>| html! { @if let Some(at) = at { (component::moment(at)) } };
    Row::new(vec![
        component::severity(&incident.severity),
        html! { a.title href={ "/incidents/" (answer::segment(&incident.id)) } dir="auto" { (incident.id) " " (incident.title) } },
        html! { (incident.alerts) },
        html! { (component::status(&incident.status)) @if let Some(verdict) = &incident.verdict { " " (component::verdict(verdict)) } },
        html! { span dir="auto" { (incident.assignee.as_deref().unwrap_or_default()) } },
        component::moment(incident.updated_at),
        when(incident.first_event),
        when(incident.last_event),
    ])
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn open_ones_are_listed_and_closed_ones_on_demand() {
        let browser = Browser::of(Role::Viewer);
        let page = browser.get("/incidents").await;
        assert!(page.text.contains("INC-3") && page.text.contains("INC-2") && !page.text.contains(">INC-1 "));
        let page = browser.get("/incidents?status=closed").await;
        assert!(page.text.contains("INC-1") && !page.text.contains("INC-3"));
        assert!(page.text.contains("href=\"/incidents?status=closed\" aria-current=\"page\""));
    }

    #[tokio::test]
    async fn pages_are_as_long_as_asked() {
        let page = Browser::of(Role::Viewer).get("/incidents?status=all&size=2").await;
        assert!(page.text.contains("href=\"/incidents?status=all&amp;page=2&amp;size=2\""), "{}", page.text);
    }
}
