//! `/incidents/<id>`: one incident: its alerts, what they share, the story in time order.

use access::{Analyst, Fields, Viewer};
use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use desk::IncidentView;
use maud::{Markup, html};
use state::Alert;

use crate::{
    Pages, Visitor, answer,
    component::{self, Column, Field, Row, Table, form},
    layout::{self, Frame, Key, Nav, icon},
    story::story,
    terms,
    work::{self, works},
};

/// Entities that are shown; a mass mailing has hundreds.
const ENTITIES: usize = 40;

const KEYS: [Key; 3] = [
    Key { keys: "a", does: "Take it" },
    Key { keys: "c", does: "Close it, and its open alerts, with a verdict" },
    Key { keys: "u", does: "Back to the list" },
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/incidents/{id}", get(show)).route("/incidents/{id}/change", post(change))
}

fn address(id: &str) -> String {
    format!("/incidents/{}", answer::segment(id))
}

async fn show(State(pages): State<Pages>, Viewer(visitor): Viewer, Path(id): Path<String>) -> Response {
    let view = match pages.desk.incidents.incident(&id).await {
        Ok(view) => view,
        Err(fault) => return Frame::new("Incident", Nav::Incidents, &visitor).crumb("Incidents", "/incidents").fault(&fault),
    };
    Frame::new(format!("{} {}", view.incident.id, view.incident.title), Nav::Incidents, &visitor)
        .crumb("Incidents", "/incidents")
        .keys(&KEYS)
        .lead(lead(&view))
        .actions(actions(&visitor, &view))
        .render(html! {
            div.split data-live="incident" {
                div.stack {
                    (component::card(&format!("{} alerts", view.alerts.len()), alerts(&view.alerts)))
                    (component::card("The story", story(&view.timeline)))
                }
                aside.stack aria-label="Around this incident" { (entities(&view)) }
            }
        })
}

fn lead(view: &IncidentView) -> Markup {
    let incident = &view.incident;
    html! {
        (component::severity(&incident.severity))
        (component::status(&incident.status))
        @if let Some(verdict) = &incident.verdict { (component::verdict(verdict)) }
        @if let (Some(first), Some(last)) = (incident.first_event, incident.last_event) {
            span { (component::moment(first)) " to " (component::moment(last)) " (" (component::duration(last.saturating_sub(first))) ")" }
        }
        span { @match &incident.assignee { Some(name) => { bdi { (name) } " works on it" } None => "nobody works on it" } }
        a.sr-only href="/incidents" data-key="u" { "Back to the list" }
    }
}

fn actions(visitor: &Visitor, view: &IncidentView) -> Markup {
    let change = format!("{}/change", address(&view.incident.id));
    let closed = view.incident.status == "closed";
    html! {
        @if works(visitor) {
            @if closed {
                form.inline method="post" action=(change) {
                    (form::token(visitor))
                    button.button type="submit" name="action" value="reopen" { "Open again" }
                }
            } @else {
                @if view.incident.assignee.as_deref() != Some(visitor.name.as_str()) {
                    form.inline method="post" action=(change) {
                        (form::token(visitor))
                        button.button type="submit" name="action" value="mine" data-key="a" { (icon("person")) "Take" }
                    }
                }
                details.menu data-menu {
                    summary.button.primary data-key="c" { (icon("check")) "Close" }
                    div.menu-panel {
                        form.form method="post" action=(change) {
                            (form::token(visitor))
                            p.soft { "Its open alerts are closed with it." }
                            (work::verdict_fields("close", true))
                            button.button.primary type="submit" name="action" value="close" { "Close" }
                        }
                    }
                }
                details.menu data-menu {
                    summary.button.quiet { "Assign" }
                    div.menu-panel {
                        form.form method="post" action=(change) {
                            (form::token(visitor))
                            (Field { name: "assignee", label: "Assign to", help: "Empty: to nobody.", ..Field::default() }.text("text"))
                            button.button type="submit" name="action" value="assign" { "Assign" }
                        }
                    }
                }
            }
        }
        a.button.quiet href=(answer::address("/alerts", &[("q", &terms::term("incident", &view.incident.id))])) { "In the queue" }
    }
}

fn alerts(alerts: &[Alert]) -> Markup {
    let row = |alert: &Alert| {
        Row::new(vec![
            component::moment(alert.created_at),
            component::severity(&alert.severity),
            html! {
                a.title href={ "/alerts/" (answer::segment(&alert.id)) } dir="auto" { (alert.title) }
                p.reason.soft dir="auto" { (super::alerts::cut(&alert.reason, 110)) }
            },
            html! {
                (component::status(&alert.status)) @if let Some(verdict) = &alert.verdict { " " (component::verdict(verdict)) }
                @if let Some(assignee) = &alert.assignee { " " span dir="auto" { (assignee) } }
            },
        ])
    };
    let table = Table {
        key: "incident-alerts",
        caption: "Alerts of this incident".to_owned(),
        columns: vec![
            Column::new("raised", "Raised"),
            Column::new("severity", "Severity"),
            Column::new("title", "Alert").main(),
            Column::new("status", "Status"),
        ],
        rows: alerts.iter().map(row).collect(),
        ..Table::default()
    };
    table.render()
}

/// What the alerts are about, what most of them share first.
fn entities(view: &IncidentView) -> Markup {
    let all = view.alerts.len() as u64;
    component::card(
        "About",
        html! {
            ul.bars {
                @for (entity, count) in view.entities.iter().take(ENTITIES) {
                    li {
                        span { span.label { (entity.kind) } " " a href=(answer::address("/alerts", &[("q", &terms::term("entity", &entity.value))])) dir="auto" { (entity.value) } }
                        (component::bar(*count, all, "is-plain"))
                        strong { (count) span.sr-only { " of " (all) " alerts" } }
                    }
                }
            }
            @if view.entities.len() > ENTITIES { p.soft { "and " (view.entities.len() - ENTITIES) " more" } }
        },
    )
}

async fn change(State(pages): State<Pages>, Analyst(visitor): Analyst, Path(id): Path<String>, fields: Fields) -> Response {
    let changed = async {
        let (edit, words) = work::edit(&fields, &visitor.name)?;
        pages.desk.incidents.change(&id, &edit, &visitor.who()).await?;
        Ok(words)
    };
    match changed.await {
        Ok(words) => layout::seen(&address(&id), &format!("{words} this incident and its open alerts")),
        Err(fault) => Frame::new("Incident", Nav::Incidents, &visitor)
            .crumb("Incidents", "/incidents")
            .crumb(id.clone(), address(&id))
            .fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn an_incident_shows_its_alerts_what_they_share_and_the_story() {
        let page = Browser::of(Role::Viewer).get("/incidents/INC-3").await;
        assert_eq!(page.status, 200);
        for words in
            ["7 alerts", "The story", "203.0.113.7", "<strong>6<span class=\"sr-only\"> of 7 alerts", "Email Spoofing (T1672)"]
        {
            assert!(page.text.contains(words), "{words}");
        }
        assert!(!page.text.contains("name=\"action\""), "a viewer has no buttons that do something");
        assert!(!page.text.contains("<script>alert"));
    }

    #[tokio::test]
    async fn closing_it_closes_its_alerts() {
        let browser = Browser::of(Role::Analyst);
        let form = [("action", "close"), ("verdict", "true_positive"), ("comment", "forged by the same host")];
        let sent = browser.post("/incidents/INC-3/change", &form).await;
        assert_eq!(sent.status, 303);
        assert!(sent.location.starts_with("/incidents/INC-3?said=Closed"), "{}", sent.location);
        let page = browser.get("/incidents/INC-3").await;
        assert!(!page.text.contains("In progress") && page.text.contains("Open again"));
        assert!(browser.get("/alerts?q=incident%3AINC-3+and+status%3Aclosed").await.text.contains("<strong>7</strong>"));
    }

    #[tokio::test]
    async fn what_cannot_be_done_says_why() {
        let browser = Browser::of(Role::Analyst);
        assert_eq!(browser.post("/incidents/INC-3/change", &[("action", "close")]).await.status, 400);
        assert_eq!(browser.post("/incidents/INC-99/change", &[("action", "mine")]).await.status, 404);
        assert_eq!(Browser::of(Role::Viewer).post("/incidents/INC-3/change", &[("action", "mine")]).await.status, 403);
    }
}
