//! `/hunt/saved` and `/hunt/history`: queries that were kept, and those one ran.

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{get, post},
};
use desk::{Fault, PastHunt, SavedHunt};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Pages, Role, Visitor, answer,
    component::{self, Column, Field, Row, Table, Tone},
    layout::{self, Frame, Nav},
};

/// How many characters of a query a list shows.
const SHOWN: usize = 160;

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/hunt/saved", get(saved).post(keep))
        .route("/hunt/saved/new", get(fresh))
        .route("/hunt/saved/{id}/forget", post(forget))
        .route("/hunt/history", get(history))
}

fn frame<'a>(title: &str, visitor: &'a Visitor) -> Frame<'a> {
    Frame::new(title, Nav::Hunt, visitor).crumb("Hunt", "/hunt")
}

fn begins(query: &str) -> Markup {
    let head: String = query.chars().take(SHOWN).collect();
    let more = head.len() < query.len();
    html! { code.query-head { (head) @if more { "…" } } }
}

async fn saved(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let kept = match pages.desk.hunts.saved("hunt", &visitor.name).await {
        Ok(kept) => kept,
        Err(fault) => return frame("Saved hunts", &visitor).fault(&fault),
    };
    let row = |hunt: &SavedHunt| {
        let open = answer::address("/hunt", &[("q", &hunt.query), ("language", &hunt.language)]);
        Row::new(vec![
            html! { a href=(open) dir="auto" { (component_name(&hunt.name)) } @if !hunt.description.is_empty() { p.soft.small dir="auto" { (hunt.description) } } },
            begins(&hunt.query),
            html! { @if hunt.owner.is_empty() { "ships with the program" } @else { (hunt.owner) } @if hunt.shared && !hunt.owner.is_empty() { " " (component::tag("shared")) } },
            html! { @if hunt.updated_at > 0 { (component::moment(hunt.updated_at)) } },
            html! { @if hunt.owner == visitor.name {
                form.inline method="post" action={ "/hunt/saved/" (answer::segment(&hunt.id)) "/forget" } {
                    (component::form::token(&visitor))
                    button.button.quiet type="submit" aria-label={ "Forget " (hunt.name) } { "Forget" }
                }
            } },
        ])
    };
    let columns = vec![
        Column::new("name", "Name"),
        Column::new("query", "Query"),
        Column::new("owner", "Kept by"),
        Column::new("at", "Changed"),
        Column::new("do", ""),
    ];
    let table = Table {
        key: "saved",
        caption: "Saved hunts".to_owned(),
        columns,
        rows: kept.iter().map(row).collect(),
        ..Table::default()
    };
    frame("Saved hunts", &visitor).render(html! {
        @if kept.is_empty() { (component::empty("Nothing is kept yet.", html! { a href="/hunt" { "Write a query" } ", and save it." })) } @else { (table.render()) }
    })
}

/// A name that is never nothing: a link needs words.
fn component_name(name: &str) -> &str {
    if name.trim().is_empty() { "(without a name)" } else { name }
}

async fn history(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let past = match pages.desk.hunts.history(&visitor.name).await {
        Ok(past) => past,
        Err(fault) => return frame("History", &visitor).fault(&fault),
    };
    let row = |hunt: &PastHunt| {
        let open = answer::address("/hunt", &[("q", &hunt.query), ("language", &hunt.language)]);
        Row::new(vec![
            html! { a href=(open) { (component::moment(hunt.at)) } },
            begins(&hunt.query),
            html! { @match hunt.rows { Some(rows) => (component::number(rows)), None => (component::badge(Tone::Bad, "failed")) } },
            html! { (component::duration(hunt.took_us)) },
            html! { (component::told(&hunt.fault)) },
        ])
    };
    let columns = vec![
        Column::new("at", "When"),
        Column::new("query", "Query"),
        Column::number("rows", "Rows"),
        Column::number("took", "Took"),
        Column::new("fault", "What was wrong"),
    ];
    let table = Table {
        key: "history",
        caption: "What I ran before".to_owned(),
        columns,
        rows: past.iter().map(row).collect(),
        ..Table::default()
    };
    frame("History", &visitor).lead(html! { "Only you see it." }).render(html! {
        @if past.is_empty() { (component::empty("You ran nothing yet.", html! { a href="/hunt" { "Write a query" } })) } @else { (table.render()) }
    })
}

/// A query that is to be kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Kept {
    q: String,
    language: String,
    name: String,
    description: String,
    shared: String,
}

fn form(visitor: &Visitor, kept: &Kept, error: &str) -> Markup {
    let query = answer::lines(&kept.q);
    component::form::post(
        visitor,
        "/hunt/saved",
        html! {
            div.stack {
                (Field { name: "name", label: "Name", value: &kept.name, error, required: true, ..Field::default() }.text("text"))
                (Field { name: "description", label: "What it shows", value: &kept.description, ..Field::default() }.text("text"))
                (Field { name: "q", label: "Query", value: &query, required: true, ..Field::default() }.area(10, true))
                input type="hidden" name="language" value=(kept.language);
                (Field { name: "shared", label: "Others see it too", ..Field::default() }.tick(kept.shared == "on"))
                p { button.button.primary type="submit" { "Save" } }
            }
        },
    )
}

async fn fresh(visitor: Visitor, Query(kept): Query<Kept>) -> Response {
    let frame = frame("Save a hunt", &visitor);
    match answer::needs(&visitor, Role::Analyst, "saving a hunt") {
        Ok(()) => frame.render(component::card("Save a hunt", form(&visitor, &kept, ""))),
        Err(fault) => frame.fault(&fault),
    }
}

async fn keep(State(pages): State<Pages>, visitor: Visitor, Form(kept): Form<Kept>) -> Response {
    let hunt = SavedHunt {
        name: kept.name.trim().to_owned(),
        description: kept.description.trim().to_owned(),
        kind: "hunt".to_owned(),
        query: answer::lines(&kept.q),
        language: kept.language.clone(),
        shared: kept.shared == "on",
        ..SavedHunt::default()
    };
    let done = match answer::needs(&visitor, Role::Analyst, "saving a hunt") {
        Ok(()) => pages.desk.hunts.save(hunt, &visitor.name).await,
        Err(fault) => Err(fault),
    };
    match done {
        Ok(_) => layout::seen("/hunt/saved", "Saved"),
        Err(Fault::Input(problem)) => {
            let frame = frame("Save a hunt", &visitor).status(axum::http::StatusCode::UNPROCESSABLE_ENTITY);
            frame.render(component::card("Save a hunt", form(&visitor, &kept, &problem.message)))
        }
        Err(fault) => frame("Save a hunt", &visitor).fault(&fault),
    }
}

async fn forget(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let done = match answer::needs(&visitor, Role::Analyst, "forgetting a hunt") {
        Ok(()) => pages.desk.hunts.forget(&id, &visitor.name).await,
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => layout::seen("/hunt/saved", "Forgotten"),
        Err(fault) => frame("Saved hunts", &visitor).fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn what_is_kept_by_others_is_shown_and_does_nothing() {
        let page = Browser::of(Role::Viewer).get("/hunt/saved").await;
        assert!(page.status == 200 && !page.text.contains("<script>alert") && !page.text.contains("<img src"), "{}", page.text);
        assert!(page.text.contains("DKIM failure trend") && page.text.contains("ships with the program"));
    }

    #[tokio::test]
    async fn an_analyst_keeps_a_query_and_forgets_it() {
        let browser = Browser::of(Role::Analyst);
        let done = browser.post("/hunt/saved", &[("name", "Mine"), ("q", "EmailEvents\r\n| take 1"), ("shared", "on")]).await;
        assert_eq!(done.status, 303, "{}", done.text);
        let page = browser.get("/hunt/saved").await;
        assert!(page.text.contains(">Mine</a>") && page.text.contains("/hunt/saved/h-4/forget"), "{}", page.text);
        assert_eq!(browser.post("/hunt/saved/h-4/forget", &[]).await.status, 303);
        assert_eq!(browser.post("/hunt/saved/h-4/forget", &[]).await.status, 404);
    }

    #[tokio::test]
    async fn a_viewer_keeps_nothing_and_a_name_is_needed() {
        assert_eq!(Browser::of(Role::Viewer).post("/hunt/saved", &[("name", "a"), ("q", "T")]).await.status, 403);
        let page = Browser::of(Role::Analyst).post("/hunt/saved", &[("name", " "), ("q", "T")]).await;
        assert!(page.status == 422 && page.text.contains("what is kept needs a name"), "{}", page.text);
    }

    #[tokio::test]
    async fn what_somebody_ran_is_in_their_history() {
        let browser = Browser::of(Role::Viewer);
        browser.get("/hunt?q=EmailEvents+%7C+whre+x").await;
        let page = browser.get("/hunt/history").await;
        assert!(page.text.contains("EmailEvents | whre x") && page.text.contains("is not an operator"), "{}", page.text);
    }
}
