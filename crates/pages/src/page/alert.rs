//! `/alerts/<id>`: one alert. Why it was raised, the rows that raised it, what they are about, what happened, what its author says to do,
//! and everything that is done with it.

use std::{sync::Arc, time::Duration};

use access::{Analyst, Fields, Viewer};
use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use chrono::{DateTime, SecondsFormat};
use desk::{AlertView, Fault, FixAsk, Outcome, QueueQuery};
use maud::{Markup, html};
use serde::Deserialize;
use state::Alert;

use crate::{
    Pages, Visitor, answer, around,
    component::{self, Field, Tone, form},
    evidence::evidence,
    guide::guide,
    layout::{self, Frame, Key, Nav, icon},
    story::{short, story, text},
    work::{self, works},
};

/// How long a form waits for what it has begun, before the page shows how far it is.
const PATIENCE: Duration = Duration::from_secs(2);

const KEYS: [Key; 8] = [
    Key { keys: "a", does: "Take it" },
    Key { keys: "c", does: "Close it with a verdict" },
    Key { keys: "e", does: "Exclude what is like it" },
    Key { keys: "h", does: "Open the hunt behind it" },
    Key { keys: "f", does: "Propose a fix" },
    Key { keys: "r", does: "Run the first query of the guide" },
    Key { keys: "m", does: "Write a comment" },
    Key { keys: "u", does: "Back to the queue" },
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/alerts/{id}", get(show))
        .route("/alerts/{id}/change", post(change))
        .route("/alerts/{id}/notify", post(notify))
        .route("/alerts/{id}/fix", post(propose))
        .route("/alerts/{id}/export", get(export))
}

/// A moment as a query names it.
pub(crate) fn iso(at: state::Moment) -> String {
    DateTime::from_timestamp_micros(at).map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default()
}

fn address(id: &str) -> String {
    format!("/alerts/{}", answer::segment(id))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Work that was begun for a fix.
    job: String,
    /// The form of an export.
    form: String,
}

async fn show(
    State(pages): State<Pages>,
    Viewer(visitor): Viewer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let view = match pages.desk.alerts.alert(&id).await {
        Ok(view) => view,
        Err(fault) => return Frame::new("Alert", Nav::Alerts, &visitor).crumb("Alerts", "/alerts").fault(&fault),
    };
    let job = match proposed(&pages, &visitor, &asked.job) {
        Proposed::None => html! {},
        Proposed::Shown(markup) => markup,
        Proposed::Fix(id) => return layout::seen(&format!("/fixes/{}", answer::segment(&id)), "Proposed a fix"),
    };
    let frame = Frame::new(view.alert.title.clone(), Nav::Alerts, &visitor)
        .crumb("Alerts", "/alerts")
        .keys(&KEYS)
        .script("guide.js")
        .lead(lead(&view.alert))
        .actions(actions(&visitor, &view));
    frame.render(html! {
        (job)
        div.why { (text(&view.alert.reason)) }
        div.split {
            div.stack {
                (rows(&view))
                (instructions(&visitor, &view))
                @if !view.false_positives.is_empty() { (notes(&view)) }
                (component::card("What happened", html! {
                    (story(&view.timeline))
                    @if works(&visitor) { (comment(&visitor, &view.alert)) }
                }))
            }
            aside.stack aria-label="Around this alert" {
                (around::next_steps(&view))
                @if view.can_fix || !view.fixes.is_empty() { (fixes(&visitor, &view)) }
                (around::entities(&view))
                (around::belongs(&view))
                (around::facts(&view))
            }
        }
    })
}

/// What a fix that was asked for has come to.
enum Proposed {
    None,
    Shown(Markup),
    Fix(String),
}

fn proposed(pages: &Pages, visitor: &Visitor, job: &str) -> Proposed {
    if job.is_empty() {
        return Proposed::None;
    }
    let failed = |fault: &Fault| Proposed::Shown(component::notice(Tone::Bad, html! { p { "No fix was proposed: " (fault) } }));
    match pages.desk.jobs.outcome(job, &visitor.name) {
        Ok(Some(outcome)) => match outcome.as_ref() {
            Outcome::Proposed(ids) => ids.first().map_or(Proposed::None, |id| Proposed::Fix(id.clone())),
            _ => Proposed::None,
        },
        Ok(None) => match pages.desk.jobs.look(job, &visitor.name) {
            Ok(view) => Proposed::Shown(component::progress(&view, &format!("?job={}", answer::segment(job)), visitor)),
            Err(_) => Proposed::None,
        },
        // Gone after a while: the page is shown without it.
        Err(Fault::Unknown { .. }) => Proposed::None,
        Err(fault) => failed(&fault),
    }
}

fn lead(alert: &Alert) -> Markup {
    html! {
        (component::severity(&alert.severity))
        (component::status(&alert.status))
        @if let Some(verdict) = &alert.verdict { (component::verdict(verdict)) }
        span { "raised " (component::moment(alert.created_at)) }
        span { "risk " (alert.risk_score) }
        span { @match &alert.assignee { Some(name) => { bdi { (name) } " works on it" } None => "nobody works on it" } }
        @if let Some(incident) = &alert.incident_id { a href={ "/incidents/" (answer::segment(incident)) } { (incident) } }
        a.sr-only href="/alerts" data-key="u" { "Back to the queue" }
    }
}

/// What is done with it.
fn actions(visitor: &Visitor, view: &AlertView) -> Markup {
    let alert = &view.alert;
    let change = format!("{}/change", address(&alert.id));
    let closed = alert.status == "closed";
    let mine = alert.assignee.as_deref() == Some(visitor.name.as_str());
    html! {
        @if works(visitor) {
            @if !closed && !mine {
                form.inline method="post" action=(change) {
                    (form::token(visitor))
                    button.button type="submit" name="action" value="mine" data-key="a" { (icon("person")) "Take" }
                }
            }
            @if closed {
                form.inline method="post" action=(change) {
                    (form::token(visitor))
                    button.button type="submit" name="action" value="reopen" { "Open again" }
                }
            } @else {
                details.menu data-menu {
                    summary.button.primary data-key="c" { (icon("check")) "Close" }
                    div.menu-panel {
                        form.form method="post" action=(change) {
                            (form::token(visitor))
                            (work::verdict_fields("close", true))
                            button.button.primary type="submit" name="action" value="close" { "Close" }
                        }
                    }
                }
            }
            a.button href=(answer::address("/exclusions/new", &[("alert", &alert.id)])) data-key="e" { (icon("filter")) "Exclude" }
        }
        a.button href=(hunt(view)) data-key="h" { (icon("hunt")) "Hunt" }
        (more(visitor, view))
    }
}

/// The hunt behind it, as it was run.
fn hunt(view: &AlertView) -> String {
    let as_of = iso(view.alert.window_to);
    answer::address("/hunt", &[("q", &view.hunt), ("as_of", &as_of), ("language", &view.hunt_language)])
}

fn more(visitor: &Visitor, view: &AlertView) -> Markup {
    let here = address(&view.alert.id);
    html! {
        details.menu data-menu {
            summary.button.quiet { "More" (icon("down")) }
            div.menu-panel {
                @if works(visitor) {
                    form.form method="post" action={ (here) "/change" } {
                        (form::token(visitor))
                        (Field { name: "assignee", label: "Assign to", help: "Empty: to nobody.", value: view.alert.assignee.as_deref().unwrap_or_default(), ..Field::default() }.text("text"))
                        button.button type="submit" name="action" value="assign" { "Assign" }
                    }
                    @if !view.targets.is_empty() {
                        hr;
                        form.form method="post" action={ (here) "/notify" } {
                            (form::token(visitor))
                            (Field { name: "target", label: "Tell", ..Field::default() }.select(&view.targets.iter().map(|name| (name.as_str(), name.as_str())).collect::<Vec<_>>()))
                            button.button type="submit" { "Tell again" }
                        }
                    }
                    hr;
                }
                p.menu-head { strong { "Export" } }
                @for (form, words) in super::alerts::EXPORTS {
                    a.menu-item href=(answer::address(&format!("{here}/export"), &[("form", form)])) download { (words) }
                }
            }
        }
    }
}

/// The rows that raised it.
fn rows(view: &AlertView) -> Markup {
    let detail = &view.alert.detail;
    let kept = detail.evidence.len() as u64;
    let title = if detail.evidence_rows == 1 {
        "Evidence".to_owned()
    } else {
        format!("Evidence: {} rows", component::number(detail.evidence_rows.max(kept)))
    };
    component::card_with(
        &title,
        html! { @if !view.deciding.is_empty() { span.soft.small { span.hits.legend { "marked" } " decides" } } },
        html! {
            (evidence(&detail.evidence, &view.deciding))
            @if detail.evidence_rows > kept {
                p.soft { "The first " (component::number(kept)) " are kept here; " a href=(hunt(view)) { "the hunt behind it" } " gives all." }
            }
        },
    )
}

fn instructions(visitor: &Visitor, view: &AlertView) -> Markup {
    html! {
        @if !view.guide.markdown.trim().is_empty() || !view.guide.queries.is_empty() {
            (component::card("Investigation guide", guide(visitor, &view.guide, &iso(view.alert.window_to))))
        }
    }
}

/// In which honest traffic the rule fires, and whether that fits.
fn notes(view: &AlertView) -> Markup {
    let tone = |fit: &str| match fit {
        "likely" => Tone::Good,
        "possible" => Tone::Warn,
        _ => Tone::Quiet,
    };
    component::card(
        "Known false positives",
        html! {
            ul.notes {
                @for note in &view.false_positives {
                    li {
                        @let fit = if note.fit == "unknown" { "cannot be told" } else { &note.fit };
                        div.row { (component::badge(tone(&note.fit), fit)) strong dir="auto" { (note.note) } }
                        @if !note.because.is_empty() { p.soft dir="auto" { (note.because) } }
                    }
                }
            }
        },
    )
}

fn comment(visitor: &Visitor, alert: &Alert) -> Markup {
    html! {
        form.form.comment method="post" action={ (address(&alert.id)) "/change" } {
            (form::token(visitor))
            (Field { name: "comment", label: "Comment", required: true, key: "m", ..Field::default() }.area(2, false))
            div { button.button type="submit" name="action" value="comment" { "Comment" } }
        }
    }
}

/// What closes the hole.
fn fixes(visitor: &Visitor, view: &AlertView) -> Markup {
    component::card(
        "Fix",
        html! {
            @for fix in &view.fixes {
                p { (component::status(&fix.status)) " " a href={ "/fixes/" (answer::segment(&fix.id)) } dir="auto" { (fix.title) } }
            }
            @if view.can_fix {
                p { "What this alert is about can be changed back. A fix shows the exact change and how it is undone; nothing is changed before it is approved." }
                @if works(visitor) {
                    form method="post" action={ (address(&view.alert.id)) "/fix" } {
                        (form::token(visitor))
                        button.button.primary type="submit" data-key="f" { "Propose a fix" }
                    }
                }
            }
        },
    )
}

async fn change(State(pages): State<Pages>, Analyst(visitor): Analyst, Path(id): Path<String>, fields: Fields) -> Response {
    let changed = async {
        let (edit, words) = work::edit(&fields, &visitor.name)?;
        let done = pages.desk.alerts.change(std::slice::from_ref(&id), &edit, &visitor.who()).await?;
        match done.into_iter().find_map(|(_, fault)| fault) {
            Some(fault) => Err(fault),
            None => Ok(words),
        }
    };
    match changed.await {
        Ok(words) => layout::seen(&address(&id), &format!("{words} this alert")),
        Err(fault) => failed(&visitor, &id, &fault),
    }
}

fn failed(visitor: &Visitor, id: &str, fault: &Fault) -> Response {
    Frame::new("Alert", Nav::Alerts, visitor).crumb("Alerts", "/alerts").crumb(short(id), address(id)).fault(fault)
}

async fn notify(State(pages): State<Pages>, Analyst(visitor): Analyst, Path(id): Path<String>, fields: Fields) -> Response {
    let target = fields.get("target").unwrap_or_default();
    match pages.desk.alerts.notify(&id, target, &visitor.who()).await {
        Ok(()) => layout::seen(&address(&id), &format!("Told {target}")),
        Err(fault) => failed(&visitor, &id, &fault),
    }
}

async fn propose(State(pages): State<Pages>, Analyst(visitor): Analyst, Path(id): Path<String>, _fields: Fields) -> Response {
    let (fixes, who) = (Arc::clone(&pages.desk.fixes), visitor.who());
    let ask = FixAsk { alert: id.clone(), ..FixAsk::default() };
    let begun = pages.desk.jobs.start(&visitor.name, "propose", move |work| async move {
        fixes.propose(&ask, &who, &work).await.map(Outcome::Proposed)
    });
    let job = match begun {
        Ok(job) => job,
        Err(fault) => return failed(&visitor, &id, &fault),
    };
    // Most plans are made at once; of one that takes longer the page says how far it is.
    let _ = answer::until_ended(&pages.desk.jobs, &job, &visitor.name, PATIENCE).await;
    Redirect::to(&answer::address(&address(&id), &[("job", &job)])).into_response()
}

async fn export(
    State(pages): State<Pages>,
    Viewer(visitor): Viewer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let file = async {
        let id = pages.desk.alerts.alert(&id).await?.alert.id;
        pages.desk.alerts.export(&[id], &QueueQuery::default(), &asked.form).await
    };
    match file.await {
        Ok(file) => answer::download(file),
        Err(fault) => failed(&visitor, &id, &fault),
    }
}

#[cfg(test)]
mod tests;
