//! `/hunt`: a query is written with help, run, and its rows are read. Everything that decides what is shown stands in the address, so that a
//! link runs the same query again.
//!
//! Without scripts the query is a form and the first rows a table; `hunt.js`, `editor.js` and `grid.js` make the rest. What stands beside the
//! query is in `hunt_schema.rs` and `hunt_kept.rs`.

use std::{sync::Arc, time::Duration};

use axum::{
    Form, Json, Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use desk::{Desk, Fault, HuntAnswer, HuntAsk, JobView, Outcome, Problem, Work, Writing};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Failure, Pages, Role, Visitor, answer,
    component::{self, Editor, Field, Tone},
    layout::{Frame, Key, Nav, icon},
};

/// How long the page waits for the rows before it is shown without them.
const PATIENCE: Duration = Duration::from_millis(700);

/// Rows that stand in the page itself; scripts fetch all of them.
const ROWS: usize = 50;

/// Columns that stand in the page itself.
const COLUMNS: usize = 60;

const KEYS: [Key; 6] = [
    Key { keys: "/", does: "To the query" },
    Key { keys: "r", does: "Run the query" },
    Key { keys: "f", does: "Filter the rows" },
    Key { keys: "t", does: "Search tables and columns" },
    Key { keys: "s", does: "Save the query" },
    Key { keys: "h", does: "What I ran before" },
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/hunt", get(show))
        .route("/hunt/run", post(run))
        .route("/hunt/result/{id}", get(result))
        .route("/hunt/rows/{id}", get(rows))
        .route("/hunt/export", get(export))
        .route("/hunt/look", post(look))
        .route("/hunt/complete", post(complete))
        .route("/hunt/explain", get(explain))
}

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The query.
    pub(super) q: String,
    language: String,
    as_of: String,
    /// Tables or index patterns with commas between them.
    indices: String,
    /// A job that answers this already.
    job: String,
    /// The form of an export.
    form: String,
}

impl Asked {
    pub(super) fn ask(&self) -> HuntAsk {
        let indices = indices(&self.indices);
        let as_of = self.as_of.trim().to_owned();
        HuntAsk { query: answer::lines(&self.q), language: self.language.clone(), indices, as_of, limit: 0 }
    }

    fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let query = answer::lines(&self.q);
        let own = [("q", query.as_str()), ("language", &self.language), ("as_of", &self.as_of), ("indices", &self.indices)];
        answer::address(path, &[&own, more].concat())
    }
}

/// Begins a query; its id.
fn start(desk: &Desk, who: &str, ask: HuntAsk) -> Result<String, Fault> {
    let (hunts, name) = (Arc::clone(&desk.hunts), who.to_owned());
    desk.jobs.start(who, "hunt", move |work| async move { hunts.run(&ask, &name, &work).await.map(Outcome::Hunt) })
}

/// What has come of a query, as far as it is.
fn came(desk: &Desk, view: &JobView, visitor: &Visitor, asked: &Asked) -> Markup {
    if view.state == "running" {
        let again = asked.address("/hunt", &[("job", &view.id)]);
        return component::progress(view, &again, visitor);
    }
    match desk.jobs.outcome(&view.id, &visitor.name) {
        Ok(Some(outcome)) => match outcome.as_ref() {
            Outcome::Hunt(hunt) => table(hunt, &view.id, asked),
            _ => faulty(&Fault::input("that was no query")),
        },
        Ok(None) => html! {},
        Err(fault) => faulty(&fault),
    }
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let desk = &pages.desk;
    let shown = if asked.q.trim().is_empty() {
        first_steps()
    } else {
        let known = (!asked.job.is_empty()).then(|| desk.jobs.look(&asked.job, &visitor.name).ok()).flatten();
        let id = match known {
            Some(view) => Ok(view.id),
            None => start(desk, &visitor.name, asked.ask()),
        };
        let came_of = match id {
            Ok(id) => answer::until_ended(&desk.jobs, &id, &visitor.name, PATIENCE).await,
            Err(fault) => Err(fault),
        };
        match came_of {
            Ok(view) => came(desk, &view, &visitor, &asked),
            Err(fault) => faulty(&fault),
        }
    };
    let frame = Frame::new("Hunt", Nav::Hunt, &visitor).keys(&KEYS).script("hunt.js").actions(html! {
        a.button.quiet href="/hunt/saved" { "Saved hunts" }
        a.button.quiet href="/hunt/history" data-key="h" { (icon("clock")) "History" }
    });
    frame.render(html! {
        div.hunt {
            div.stack {
                (form(&visitor, &asked))
                section #result .result tabindex="-1" aria-label="Result" { (shown) }
            }
            (side())
        }
    })
}

/// The query and what is done with it.
fn form(visitor: &Visitor, asked: &Asked) -> Markup {
    let query = answer::lines(&asked.q);
    let choices = [("kusto", "KQL (Kusto)"), ("kuery", "KQL (Kibana)"), ("lucene", "Lucene")];
    let as_of = Field { name: "as_of", label: "As of", value: &asked.as_of, ..Field::default() };
    let language = if asked.language.is_empty() { "kusto" } else { &asked.language };
    html! {
        form.card.hunt-form #hunt method="get" action="/hunt" data-csrf=(visitor.csrf()) {
            div.card-body {
                (Editor {
                    name: "q",
                    label: "Query",
                    value: &query,
                    rows: 9,
                    look: "/hunt/look",
                    complete: "/hunt/complete",
                    placeholder: "EmailEvents\n| where Timestamp > ago(1d)\n| take 100",
                    ..Editor::default()
                }.render())
                div.hunt-bar {
                    button.button.primary type="submit" data-key="r" { (icon("play")) "Run" }
                    (Field { name: "language", label: "Language", value: language, ..Field::default() }.select(&choices))
                    span.indices hidden[language == "kusto"] {
                        (Field { name: "indices", label: "Indices", value: &asked.indices, ..Field::default() }.text("text"))
                    }
                    span title="The moment that now() is; empty: the present" { (as_of.text("text")) }
                    span.grow {}
                    button.button.quiet type="submit" formaction="/hunt/explain" { "Explain" }
                    button.button.quiet.js-only type="button" data-share { (icon("copy")) "Link" }
                    @if visitor.may(Role::Analyst) {
                        button.button.quiet type="submit" formaction="/hunt/saved/new" data-key="s" { "Save" }
                    }
                    @if visitor.may(Role::Admin) {
                        button.button.quiet type="submit" formaction="/rules/new" { "Save as rule" }
                    }
                }
            }
        }
    }
}

/// Tables, functions, kept queries; `hunt.js` fills it when the page stands.
fn side() -> Markup {
    html! {
        section.hunt-side.card aria-label="Schema" {
            div.card-body {
                form #schema-search method="get" action="/hunt/schema" role="search" {
                    label.sr-only for="find" { "Search tables, columns, functions" }
                    input #find type="search" name="find" placeholder="Tables, columns, functions" autocomplete="off" data-key="t";
                }
                div #schema { p { a href="/hunt/schema" { "Tables" } } p { a href="/hunt/functions" { "Functions" } } p { a href="/hunt/saved" { "Saved hunts" } } }
            }
        }
    }
}

fn first_steps() -> Markup {
    html! {
        (component::empty("Nothing was asked yet.", html! {
            "Write a query, or begin with one that is " a href="/hunt/saved" { "kept" } "."
        }))
    }
}

/// Why a query gave nothing, with its place.
fn faulty(fault: &Fault) -> Markup {
    let failure = Failure::from(fault);
    let problem = match fault {
        Fault::Input(problem) => Some(problem.as_ref()),
        _ => None,
    };
    html! {
        (component::notice(Tone::Bad, html! {
            p { strong { (failure.title) ": " } (component::prose(&failure.reason)) }
            @match problem {
                Some(problem) => { (place(problem)) }
                None => { ul { @for line in &failure.help { li { (line) } } } }
            }
        }))
    }
}

fn place(problem: &Problem) -> Markup {
    html! {
        @if !problem.help.is_empty() { p { (component::prose(&problem.help)) } }
        @if problem.line > 0 {
            p { button.button.quiet.js-only type="button" data-start=(problem.start) data-end=(problem.end) { "Go to line " (problem.line) ", column " (problem.column) } }
            noscript { p { "Line " (problem.line) ", column " (problem.column) } }
        }
    }
}

/// Rows and chart.
fn table(hunt: &HuntAnswer, id: &str, asked: &Asked) -> Markup {
    let sheet = &hunt.sheet;
    let here = sheet.rows.len() as u64;
    let export = |form: &str| asked.address("/hunt/export", &[("form", form)]);
    html! {
        div.answer data-answer=(id) data-rows={ "/hunt/rows/" (answer::segment(id)) } {
            @for warning in &hunt.warnings {
                (component::notice(Tone::Warn, html! { p { (warning.message) } (place(warning)) }))
            }
            @if let Some(fault) = &sheet.chart_fault { (component::notice(Tone::Warn, html! { p { "No chart: " (fault) } })) }
            @if let Some(chart) = &sheet.chart {
                div.card.plot-card { div.card-body { (component::figure(chart)) } }
            }
            div.answer-head {
                p.answer-facts {
                    strong { (component::number(sheet.total.max(here))) @if sheet.total.max(here) == 1 { " row" } @else { " rows" } }
                    span.soft { (component::duration(hunt.took_us)) }
                    @if let Some((rows, bytes)) = hunt.scanned {
                        span.soft { (component::number(rows)) " rows read" @if bytes >= 1_048_576 { ", " (component::number(bytes / 1_048_576)) " MiB" } }
                    }
                    span.soft { "as of " (component::moment(hunt.as_of)) }
                }
                div.actions {
                    span.soft { "Export" }
                    @for (form, words) in [("csv", "CSV"), ("json", "JSON"), ("ndjson", "NDJSON"), ("parquet", "Parquet")] {
                        a.button.quiet href=(export(form)) download { (words) }
                    }
                }
            }
            @if sheet.total > here || sheet.cut {
                (component::notice(Tone::Info, html! { p {
                    "The first " (component::number(here)) " rows are here" @if sheet.cut { "; long values are cut" } ". An export has everything."
                } }))
            }
            @if sheet.rows.is_empty() {
                (component::empty("No rows.", html! { "Look at a longer time, or take a filter out: one line of the query at a time, with " kbd { "Ctrl" } "+" kbd { "/" } "." }))
            } @else {
                div.grid-place { (plain(hunt)) }
            }
        }
    }
}

/// The first rows as a table that needs no script.
fn plain(hunt: &HuntAnswer) -> Markup {
    let sheet = &hunt.sheet;
    let columns = sheet.columns.iter().take(COLUMNS).enumerate().map(|(at, column)| component::Column {
        number: matches!(column.ty.as_str(), "int" | "long" | "real" | "decimal"),
        ..component::Column::new(format!("c{at}"), column.name.clone())
    });
    let row = |row: &Vec<serde_json::Value>| component::Row::new(row.iter().take(COLUMNS).map(component::json).collect());
    let table = component::Table {
        key: "rows",
        caption: "Rows".to_owned(),
        columns: columns.collect(),
        rows: sheet.rows.iter().take(ROWS).map(row).collect(),
        narrow: component::Narrow::Scroll,
        ..component::Table::default()
    };
    html! {
        (table.render())
        @if sheet.rows.len() > ROWS || sheet.columns.len() > COLUMNS {
            noscript { p.soft { "The first " (ROWS) " rows and " (COLUMNS) " columns; an export has all of them." } }
        }
    }
}

/// Begins a query for a script: `{"id"}`.
async fn run(State(pages): State<Pages>, visitor: Visitor, Form(asked): Form<Asked>) -> Response {
    match start(&pages.desk, &visitor.name, asked.ask()) {
        Ok(id) => Json(json!({"id": id})).into_response(),
        Err(fault) => answer::fault(&fault),
    }
}

/// What came of it, as a part of the page.
async fn result(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    match pages.desk.jobs.look(&id, &visitor.name) {
        Ok(view) => answer::fragment(came(&pages.desk, &view, &visitor, &asked)),
        Err(fault) => answer::fragment(faulty(&fault)),
    }
}

/// Its rows, for the table of scripts.
async fn rows(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>) -> Response {
    match pages.desk.jobs.outcome(&id, &visitor.name) {
        Ok(Some(outcome)) => match outcome.as_ref() {
            Outcome::Hunt(hunt) => Json(json!({"columns": hunt.sheet.columns, "rows": hunt.sheet.rows})).into_response(),
            _ => answer::fault(&Fault::Unknown { what: "query", id }),
        },
        Ok(None) => answer::fault(&Fault::Unavailable { reason: "it has not ended yet".to_owned() }),
        Err(fault) => answer::fault(&fault),
    }
}

async fn export(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    match pages.desk.hunts.export(&asked.ask(), &asked.form, &visitor.name, &Work::default()).await {
        Ok(file) => answer::download(file),
        Err(fault) => Frame::new("Export", Nav::Hunt, &visitor).fault(&fault),
    }
}

/// Tables and index patterns, as a form has them.
fn indices(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|index| !index.is_empty()).map(str::to_owned).collect()
}

/// What a script asks about a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Text {
    text: String,
    language: String,
    /// As the form has them, with commas.
    indices: String,
    at: usize,
}

async fn look(State(pages): State<Pages>, _visitor: Visitor, Json(text): Json<Text>) -> Response {
    let indices = indices(&text.indices);
    match pages.desk.hunts.look(Writing { text: &text.text, language: &text.language, indices: &indices }).await {
        Ok(looked) => Json(looked).into_response(),
        Err(fault) => answer::fault(&fault),
    }
}

async fn complete(State(pages): State<Pages>, _visitor: Visitor, Json(text): Json<Text>) -> Response {
    // A place within a character is none.
    let at = (0..=text.at.min(text.text.len())).rev().find(|at| text.text.is_char_boundary(*at)).unwrap_or(0);
    let indices = indices(&text.indices);
    match pages.desk.hunts.complete(Writing { text: &text.text, language: &text.language, indices: &indices }, at).await {
        Ok(completions) => Json(completions).into_response(),
        Err(fault) => answer::fault(&fault),
    }
}

async fn explain(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("The query explained", Nav::Hunt, &visitor).crumb("Hunt", asked.address("/hunt", &[]));
    let query = answer::lines(&asked.q);
    let indices = indices(&asked.indices);
    let writing = Writing { text: &query, language: &asked.language, indices: &indices };
    let colours = pages.desk.hunts.look(writing).await.map(|looked| looked.colours).unwrap_or_default();
    match pages.desk.hunts.explain(&asked.ask()).await {
        Ok(markdown) => frame.render(html! {
            div.columns {
                (component::card("Query", component::code(&query, &colours)))
                (component::card("What it does", component::markdown(&markdown, component::markdown::plain)))
            }
        }),
        Err(fault) => frame.fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};

    use crate::testing::{Answer, Browser, Role};

    /// Asks as a script does, with JSON.
    async fn ask(browser: &Browser, address: &str, body: &str, csrf: &str) -> Answer {
        let request = Request::post(address).header("content-type", "application/json").header("x-csrf-token", csrf);
        browser.ask(request.header("sec-fetch-site", "same-origin").body(Body::from(body.to_owned())).unwrap()).await
    }

    #[tokio::test]
    async fn a_link_runs_the_query_and_shows_its_rows() {
        let page = Browser::of(Role::Viewer).get("/hunt?q=EmailEvents%0D%0A%7C+take+5").await;
        assert!(
            page.status == 200 && page.text.contains("inbox0@contoso.com") && page.text.contains("120</strong>")
                || page.text.contains("120 rows"),
            "{}",
            page.text
        );
        assert!(page.text.contains("\nEmailEvents\n| take 5</textarea>"), "{}", page.text);
        assert!(!page.text.contains("Save as rule"), "a viewer is offered what an admin may do");
    }

    #[tokio::test]
    async fn what_means_harm_is_shown_and_does_nothing() {
        for address in
            ["/hunt?q=Hostile", "/hunt?q=%3C%2Ftextarea%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&language=%22%3E%3Cimg+src%3Dx%3E"]
        {
            let page = Browser::of(Role::Admin).get(address).await;
            assert_eq!(page.status, 200);
            assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src"), "{}", page.text);
        }
    }

    #[tokio::test]
    async fn a_chart_is_drawn_where_render_asks_for_it() {
        let page = Browser::of(Role::Viewer).get("/hunt?q=EmailEvents+%7C+render+timechart").await;
        assert!(page.text.contains("<svg") && page.text.contains("Messages with failed DKIM verification"), "{}", page.text);
    }

    #[tokio::test]
    async fn a_fault_has_its_place_and_a_limit_says_what_to_do() {
        let page = Browser::of(Role::Viewer).get("/hunt?q=T%0A%7C+whre+x").await;
        assert!(page.text.contains("Go to line 2, column 3") && page.text.contains("did you mean"), "{}", page.text);
        let page = Browser::of(Role::Viewer).get("/hunt?q=TooBig").await;
        assert!(page.status == 200 && page.text.contains("more than 2 GiB of memory"), "{}", page.text);
    }

    #[tokio::test]
    async fn a_query_that_does_not_end_is_another_s_business_to_nobody() {
        let browser = Browser::of(Role::Viewer);
        let page = browser.get("/hunt?q=Forever").await;
        assert!(page.text.contains("reading EmailEvents"), "{}", page.text);
        let id = page.text.split("data-job=\"/jobs/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        assert!(browser.get(&format!("/hunt/result/{id}")).await.text.contains("reading EmailEvents"));
        assert!(Browser::of(Role::Admin).get(&format!("/hunt/result/{id}")).await.text.contains("there is no job"));
        browser.post(&format!("/jobs/{id}/cancel"), &[("then", "/hunt")]).await;
        assert!(browser.get(&format!("/hunt?q=Forever&job={id}")).await.text.contains("cancelled"));
    }

    #[tokio::test]
    async fn nobody_has_more_queries_under_way_than_is_allowed() {
        let browser = Browser::of(Role::Viewer);
        for _ in 0..6 {
            assert!(browser.post("/hunt/run", &[("q", "Forever")]).await.text.contains("\"id\""));
        }
        let more = browser.post("/hunt/run", &[("q", "Forever")]).await;
        assert!(more.status == 422 && more.text.contains("wait for one, or cancel one"), "{more:?}");
    }

    #[tokio::test]
    async fn rows_are_exported() {
        let browser = Browser::of(Role::Viewer);
        let file = browser.get("/hunt/export?q=EmailEvents&form=csv").await;
        assert!(file.status == 200 && file.text.starts_with("Timestamp,SenderFromAddress"), "{}", file.text);
        let file = browser.get("/hunt/export?q=EmailEvents&form=..%2Fx").await;
        assert!(file.status == 400 && file.text.contains("an export is"), "{}", file.text);
    }

    #[tokio::test]
    async fn help_comes_to_scripts_of_ours_alone() {
        let browser = Browser::of(Role::Viewer);
        let csrf = browser.csrf().await;
        let looked = ask(&browser, "/hunt/look", "{\"text\":\"T | whre\"}", &csrf).await;
        assert!(looked.status == 200 && looked.text.contains("is not an operator"), "{looked:?}");
        let found = ask(&browser, "/hunt/complete", "{\"text\":\"é\",\"at\":1}", &csrf).await;
        assert!(found.status == 200 && found.text.contains("EmailEvents"), "{found:?}");
        assert_eq!(ask(&browser, "/hunt/look", "{\"text\":\"T\"}", "forged").await.status, 403);
        let large = format!("{{\"text\":\"{}\"}}", "x".repeat(3 << 20));
        assert_eq!(ask(&browser, "/hunt/look", &large, &csrf).await.status, 413);
    }
}
