//! `/exclusions/new`: an exclusion is drafted, tried against history, proposed. `/exclusions/<id>`: one exclusion and what it took.

use std::{sync::Arc, time::Duration};

use access::{Analyst, Fields, Viewer};
use axum::{
    Router,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use desk::{Draft, ExclusionView, Fault, Outcome, Sheet};
use maud::{Markup, html};

use super::exclusions::until;
use crate::{
    Pages, Visitor, answer,
    component::{self, Column, Field, Narrow, Row, Table, Tone, form},
    draft::{Asked, fields},
    layout::{self, Frame, Key, Nav},
    preview::preview,
    work::works,
};

/// How long a form waits for a preview, before the page shows how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

const DRAFT_KEYS: [Key; 2] = [Key { keys: "p", does: "Preview" }, Key { keys: "s", does: "Propose it" }];
const KEYS: [Key; 2] = [Key { keys: "a", does: "Approve it" }, Key { keys: "u", does: "Back to the list" }];

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/exclusions/new", get(draft).post(add))
        .route("/exclusions/preview", post(try_it))
        .route("/exclusions/{id}", get(show))
        .route("/exclusions/{id}/decide", post(decide))
}

fn pairs(query: Option<String>) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
}

/// The form: of an alert it is filled with what tells it apart, of an address with what stands there.
async fn draft(State(pages): State<Pages>, Viewer(visitor): Viewer, RawQuery(query): RawQuery) -> Response {
    let given = pairs(query);
    let mut asked = Asked::of(&given);
    let alert = asked.draft.alert.clone();
    if asked.draft.rules.is_empty() && asked.draft.conditions.is_empty() && !alert.is_empty() {
        match pages.desk.exclusions.draft(&alert).await {
            Ok(found) => asked.draft = Draft { alert, ..found },
            Err(fault) => return frame(&visitor).fault(&fault),
        }
    }
    let job = given.iter().find(|(name, _)| name == "job").map(|(_, job)| job.as_str()).unwrap_or_default();
    let tried = tried(&pages, &visitor, &asked, job);
    frame(&visitor).render(html! {
        div.stack {
            @if !asked.draft.alert.is_empty() {
                p { "Drafted from " a href={ "/alerts/" (answer::segment(&asked.draft.alert)) } { "alert " (crate::story::short(&asked.draft.alert)) } "." }
            }
            (editor(&visitor, &asked, ""))
            div #preview { (tried) }
        }
    })
}

fn frame(visitor: &Visitor) -> Frame<'_> {
    Frame::new("New exclusion", Nav::Alerts, visitor)
        .crumb("Alerts", "/alerts")
        .crumb("Exclusions", "/exclusions")
        .keys(&DRAFT_KEYS)
        .lead(html! { span { "Hits that meet it are kept and not raised. Look at what it would have removed before you propose it." } })
}

fn editor(visitor: &Visitor, asked: &Asked, error: &str) -> Markup {
    let days = asked.days.to_string();
    component::card(
        "Draft",
        html! {
            form.draft method="post" action="/exclusions/preview" {
                (form::token(visitor))
                @if !error.is_empty() { (component::notice(Tone::Bad, html! { p dir="auto" { (error) } })) }
                (fields(asked, &visitor.name))
                div.bar {
                    (Field { name: "days", label: "Days to look back", value: &days, ..Field::default() }.text("number"))
                    @if works(visitor) {
                        // A reason is for the proposal, and can come after what is seen.
                        button.button.primary type="submit" formnovalidate data-key="p" { "Preview" }
                        button.button type="submit" formaction="/exclusions/new" data-key="s" { "Propose" }
                    } @else {
                        p.soft { "Previews and proposals take the role analyst." }
                    }
                }
            }
        },
    )
}

/// What a preview that was begun has come to.
fn tried(pages: &Pages, visitor: &Visitor, asked: &Asked, job: &str) -> Markup {
    if job.is_empty() {
        return html! {};
    }
    let jobs = &pages.desk.jobs;
    let again = format!("{}#preview", asked.address(&[("job", job)]));
    match jobs.outcome(job, &visitor.name) {
        Ok(Some(outcome)) => match outcome.as_ref() {
            Outcome::Preview(found) => preview(found, pages.now()),
            _ => html! {},
        },
        Ok(None) => match jobs.look(job, &visitor.name) {
            Ok(view) => component::card("Preview", component::progress(&view, &again, visitor)),
            Err(_) => html! {},
        },
        // What came of it is kept for a while only, and for whoever asked.
        Err(Fault::Unknown { .. }) => {
            component::notice(Tone::Info, html! { p { "The preview is not kept any more: press Preview to make it again." } })
        }
        Err(fault) => component::notice(Tone::Bad, html! { p { "No preview: " (fault) } }),
    }
}

async fn try_it(State(pages): State<Pages>, Analyst(visitor): Analyst, sent: Fields) -> Response {
    let asked = Asked::of_form(&sent);
    let (exclusions, draft, days) = (Arc::clone(&pages.desk.exclusions), asked.draft.clone(), asked.days);
    let begun = pages.desk.jobs.start(&visitor.name, "preview", move |work| async move {
        exclusions.preview(&draft, days, &work).await.map(Outcome::Preview)
    });
    match begun {
        Ok(job) => {
            let _ = answer::until_ended(&pages.desk.jobs, &job, &visitor.name, PATIENCE).await;
            Redirect::to(&format!("{}#preview", asked.address(&[("job", &job)]))).into_response()
        }
        Err(fault) => frame(&visitor).fault(&fault),
    }
}

async fn add(State(pages): State<Pages>, Analyst(visitor): Analyst, sent: Fields) -> Response {
    let asked = Asked::of_form(&sent);
    match pages.desk.exclusions.add(&asked.draft, &visitor.who()).await {
        Ok(view) => layout::seen(&address(&view.id), &format!("Proposed {}", view.draft.name)),
        // What was written is not lost.
        Err(fault @ Fault::Input(_)) => {
            let status = crate::Failure::from(&fault).status;
            frame(&visitor).status(status).render(editor(&visitor, &asked, &fault.to_string()))
        }
        Err(fault) => frame(&visitor).fault(&fault),
    }
}

fn address(id: &str) -> String {
    format!("/exclusions/{}", answer::segment(id))
}

async fn show(State(pages): State<Pages>, Viewer(visitor): Viewer, Path(id): Path<String>) -> Response {
    let (view, took) = match pages.desk.exclusions.exclusion(&id).await {
        Ok(found) => found,
        Err(fault) => return one(&visitor, "Exclusion").fault(&fault),
    };
    let name = if view.draft.name.is_empty() { &view.id } else { &view.draft.name };
    one(&visitor, name).lead(lead(&view)).actions(decisions(&visitor, &view)).render(html! {
        div.split {
            div.stack {
                (component::card("A row is excluded where all of this holds", html! {
                    ul.words { @for words in &view.words { li { (component::cell(words)) } } }
                    @if view.words.is_empty() { p.soft { "It has no conditions, and takes nothing." } }
                }))
                (component::card(&format!("What it took: {}", component::number(view.suppressed)), hits(&took)))
            }
            aside.stack { (component::card("Details", facts(&view))) }
        }
    })
}

fn one<'a>(visitor: &'a Visitor, name: &str) -> Frame<'a> {
    Frame::new(name, Nav::Alerts, visitor).crumb("Alerts", "/alerts").crumb("Exclusions", "/exclusions").keys(&KEYS)
}

fn lead(view: &ExclusionView) -> Markup {
    html! {
        (component::status(&view.status))
        span { "until " (until(&view.draft.expires)) }
        @if !view.draft.owner.is_empty() { span { bdi { (view.draft.owner) } " answers for it" } }
        a.sr-only href="/exclusions" data-key="u" { "Back to the list" }
    }
}

fn decisions(visitor: &Visitor, view: &ExclusionView) -> Markup {
    let here = format!("{}/decide", address(&view.id));
    let again = Asked { draft: view.draft.clone(), days: crate::draft::DAYS }.address(&[]);
    html! {
        @if works(visitor) {
            @if view.origin.is_empty() && view.status != "approved" {
                form.inline method="post" action=(here) {
                    (form::token(visitor))
                    button.button.primary type="submit" name="decision" value="approve" data-key="a" { "Approve" }
                }
            }
            @if view.origin.is_empty() && view.status != "revoked" {
                form.inline method="post" action=(here) {
                    (form::token(visitor))
                    button.button.danger type="submit" name="decision" value="revoke" { "Revoke" }
                }
            }
            a.button.quiet href=(again) { "Try it against history" }
        }
    }
}

fn facts(view: &ExclusionView) -> Markup {
    let draft = &view.draft;
    let mut pairs = vec![
        ("Why", crate::story::text(&draft.reason)),
        (
            "Rules",
            html! { ul.plain { @for rule in &draft.rules { li { a href={ "/rules/" (answer::segment(rule)) } dir="auto" { (rule) } } } } @if draft.rules.is_empty() { "every rule of its list" } },
        ),
        ("Owner", html! { span dir="auto" { (draft.owner) } }),
        (
            "Approved by",
            html! { span dir="auto" { (if view.approved_by.is_empty() { "nobody yet" } else { &view.approved_by }) } },
        ),
        ("Made", component::moment(view.created_at)),
        ("Last hit", html! { @match view.last_suppressed { Some(at) => { (component::moment(at)) } None => { "none" } } }),
        ("Id", html! { code dir="auto" { (view.id) } }),
    ];
    if !view.origin.is_empty() {
        pairs.push(("From", html! { code dir="auto" { (view.origin) } p.soft.small { "It is changed in that file." } }));
    }
    if !draft.alert.is_empty() {
        pairs.push((
            "Drafted from",
            html! { a href={ "/alerts/" (answer::segment(&draft.alert)) } { "alert " (crate::story::short(&draft.alert)) } },
        ));
    }
    component::facts(&pairs)
}

fn hits(took: &Sheet) -> Markup {
    if took.rows.is_empty() {
        return component::empty("It has taken nothing.", html! { "Hits are kept here from the next run of its rules on." });
    }
    let table = Table {
        key: "took",
        caption: "Hits it took, the latest first".to_owned(),
        columns: took.columns.iter().map(|column| Column::new(&*column.name, &*column.name)).collect(),
        rows: took.rows.iter().map(|row| Row::new(row.iter().map(component::json).collect())).collect(),
        narrow: Narrow::Scroll,
        choice: true,
        sortable: true,
        ..Table::default()
    };
    html! {
        (table.render())
        @if took.total > took.rows.len() as u64 { p.soft { "The latest " (took.rows.len()) " of " (component::number(took.total)) "." } }
    }
}

async fn decide(State(pages): State<Pages>, Analyst(visitor): Analyst, Path(id): Path<String>, sent: Fields) -> Response {
    let decision = sent.get("decision").unwrap_or_default();
    match pages.desk.exclusions.decide(&id, decision, &visitor.who()).await {
        Ok(()) => layout::seen(
            &address(&id),
            if decision == "approve" { "Approved: it takes hits from the next run on" } else { "Revoked: it takes no more" },
        ),
        Err(fault) => one(&visitor, "Exclusion").fault(&fault),
    }
}

#[cfg(test)]
mod tests;
