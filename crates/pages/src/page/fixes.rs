//! `/fixes`: fixes, and how far each is; `/fixes/propose` has one made for a finding or an alert.

use std::{sync::Arc, time::Duration};

use axum::{
    Form, Router,
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use desk::{FixAsk, FixLine, JobView, Outcome};
use maud::{Markup, html};
use serde::Deserialize;

use super::domains::parts;
use crate::{
    Pages, Role, Visitor,
    answer::{address, needs, segment, until_ended},
    component::{Column, Row, Table, cell, empty, moment, progress, status, told},
    layout::{self, Frame, Nav},
};

/// How long the answer waits for a plan before it is shown under way.
const PATIENCE: Duration = Duration::from_millis(700);

/// What stands beside the statuses: fixes that something is still to come of, and all.
const WIDE: [(&str, &str); 2] = [("", "Open"), ("all", "All")];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/fixes", get(show)).route("/fixes/propose", post(propose)).route("/fixes/proposal", get(proposal))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// A status; empty: those that something is still to come of, `all`: all.
    status: String,
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Fixes", Nav::Domains, &visitor).crumb("Domains", "/domains").tabs(parts(3));
    let lead = html! { "A fix says exactly what would be changed, waits until somebody approves it, changes it once, and then looks from outside whether the hole is closed." };
    let frame = frame.lead(lead);
    let lines = match pages.desk.fixes.fixes(&asked.status).await {
        Ok(lines) => lines,
        Err(fault) => return frame.fault(&fault),
    };
    let chosen = WIDE.into_iter().chain(state::FIX_STATUSES.into_iter().map(|status| (status, status)));
    frame.render(html! {
        nav aria-label="Statuses" {
            ul.chips {
                @for (value, words) in chosen {
                    li { a.chip href=(address("/fixes", &[("status", value)])) aria-current=[(value == asked.status).then_some("page")] { (words) } }
                }
            }
        }
        @if lines.is_empty() {
            (empty("No fix is in this list", html! { "Fixes are proposed at the findings of a " a href="/domains" { "domain" } ", and at alerts." }))
        } @else { (table(&lines).render()) }
    })
}

fn table(lines: &[FixLine]) -> Table {
    let row = |line: &FixLine| {
        Row::new(vec![
            html! {
                a href={ "/fixes/" (segment(&line.id)) } { (cell(&line.title)) }
                @if !line.message.is_empty() { div.small.soft { (told(&line.message)) } }
            },
            status(&line.status),
            cell(&line.subject),
            html! {
                @if !line.alert.is_empty() { a href={ "/alerts/" (segment(&line.alert)) } { "alert" } " " }
                @if !line.finding.is_empty() { code { (line.finding) } }
            },
            cell(&line.proposed_by),
            html! { @if line.approved_by.is_empty() { span.soft.nowrap { "nobody yet" } } @else { (cell(&line.approved_by)) } },
            moment(line.updated_at),
        ])
    };
    Table {
        key: "fixes",
        caption: "Fixes".to_owned(),
        columns: vec![
            Column::new("title", "Fix"),
            Column::new("status", "Status"),
            Column::new("subject", "Changes").hidden(),
            Column::new("answers", "Answers"),
            Column::new("proposed", "Proposed by"),
            Column::new("approved", "Approved by"),
            Column::new("updated", "Last change"),
        ],
        rows: lines.iter().map(row).collect(),
        choice: true,
        sortable: true,
        ..Table::default()
    }
}

async fn propose(State(pages): State<Pages>, visitor: Visitor, Form(ask): Form<Asking>) -> Response {
    let frame = Frame::new("Propose a fix", Nav::Domains, &visitor).crumb("Fixes", "/fixes");
    let begun = async {
        needs(&visitor, Role::Analyst, "proposing a fix")?;
        let (fixes, who) = (Arc::clone(&pages.desk.fixes), visitor.who());
        let ask = FixAsk { alert: ask.alert, check: ask.check, subject: ask.subject };
        let work = move |work| async move { fixes.propose(&ask, &who, &work).await.map(Outcome::Proposed) };
        let id = pages.desk.jobs.start(&visitor.name, "propose", work)?;
        until_ended(&pages.desk.jobs, &id, &visitor.name, PATIENCE).await
    };
    match begun.await {
        Ok(job) if job.state == "running" => Redirect::to(&address("/fixes/proposal", &[("job", &job.id)])).into_response(),
        Ok(job) => proposed(&pages, &visitor, frame, &job),
        Err(fault) => frame.fault(&fault),
    }
}

/// What a fix is wanted for, as a form sends it; beside it stands the token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asking {
    alert: String,
    check: String,
    subject: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Waiting {
    /// The job that makes the plan.
    job: String,
}

async fn proposal(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Waiting>) -> Response {
    let frame = Frame::new("Propose a fix", Nav::Domains, &visitor).crumb("Fixes", "/fixes");
    match pages.desk.jobs.look(&asked.job, &visitor.name) {
        Ok(job) if job.state == "running" => {
            let here = address("/fixes/proposal", &[("job", &job.id)]);
            frame.render(waiting(&visitor, &job, &here))
        }
        Ok(job) => proposed(&pages, &visitor, frame, &job),
        Err(fault) => frame.fault(&fault),
    }
}

fn waiting(visitor: &Visitor, job: &JobView, here: &str) -> Markup {
    html! {
        p { "What stands there now is asked for, so that the plan says exactly what would be changed." }
        (progress(job, here, visitor))
    }
}

/// Where the plans of a job that has ended are looked at.
fn proposed(pages: &Pages, visitor: &Visitor, frame: Frame<'_>, job: &JobView) -> Response {
    match pages.desk.jobs.outcome(&job.id, &visitor.name) {
        Ok(Some(outcome)) => match outcome.as_ref() {
            Outcome::Proposed(ids) => match ids.as_slice() {
                [] => frame.render(empty("There is nothing to be done", html! { "What stands there now is as it should be." })),
                [one] => layout::seen(&format!("/fixes/{}", segment(one)), "Proposed"),
                several => layout::seen("/fixes", &format!("Proposed {} fixes", several.len())),
            },
            _ => frame.fault(&desk::Fault::input("that job proposes no fix")),
        },
        Ok(None) => Redirect::to(&address("/fixes/proposal", &[("job", &job.id)])).into_response(),
        Err(fault) => frame.fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn fixes_can_be_narrowed_by_status() {
        let viewer = Browser::of(Role::Viewer);
        let all = viewer.get("/fixes?status=all").await;
        assert!(
            all.text.contains("/fixes/f7b2c3d4e5f60718")
                && all.text.contains("&lt;script&gt;")
                && !all.text.contains("<script>alert")
        );
        assert!(!viewer.get("/fixes").await.text.contains("/fixes/f7b2c3d4e5f60718"));
        assert_eq!(viewer.get("/fixes?status=%3Cb%3E").await.status, 400);
    }

    #[tokio::test]
    async fn an_analyst_proposes_a_fix_and_a_viewer_does_not() {
        let wanted = [("check", "nonsending-not-locked"), ("subject", "example.net"), ("alert", "a-dkim")];
        assert_eq!(Browser::of(Role::Viewer).post("/fixes/propose", &wanted).await.status, 403);
        let answer = Browser::of(Role::Analyst).post("/fixes/propose", &wanted).await;
        assert!(
            answer.status == 303 && answer.location.starts_with("/fixes/fc") && answer.location.ends_with("?said=Proposed"),
            "{answer:?}"
        );
    }

    #[tokio::test]
    async fn what_cannot_be_proposed_is_told() {
        let analyst = Browser::of(Role::Analyst);
        let answer = analyst.post("/fixes/propose", &[("check", "<script>"), ("subject", "example.com")]).await;
        assert!(
            answer.status == 400 && answer.text.contains("there is nothing that a program could do about &lt;script&gt;"),
            "{answer:?}"
        );
        assert_eq!(analyst.get("/fixes/proposal?job=../x").await.status, 404);
    }
}
