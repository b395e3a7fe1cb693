//! `/rules/{key}`: one rule: guide, query, versions and what changed between them, runs, backtest, exclusions; each part has an address.

use std::{sync::Arc, time::Duration};

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use chart::{Chart, Kind, Series, X};
use desk::{BacktestAsk, Desk, ExclusionView, Fault, Outcome, RuleVersion, RuleView};
use maud::{Markup, html};
use serde::Deserialize;
use state::Run;

use super::rules;
use crate::{
    Pages, Role, Visitor, answer,
    component::{self, Column, Field, Row, Table, Tone},
    layout::{Frame, Key, Nav},
};

/// How long a page waits for a replay before it shows how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs of the table.
const RUNS: usize = 100;

const KEYS: [Key; 3] = [
    Key { keys: "e", does: "Edit the rule" },
    Key { keys: "b", does: "Backtest the rule" },
    Key { keys: "h", does: "Open its query as a hunt" },
];

/// The parts of the page: name in the address, and words.
const PARTS: [(&str, &str); 6] = [
    ("guide", "Guide"),
    ("query", "Query"),
    ("versions", "Versions"),
    ("runs", "Runs"),
    ("backtest", "Backtest"),
    ("exclusions", "Exclusions"),
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/rules/{key}", get(show))
        .route("/rules/{key}/backtest", post(backtest))
        .route("/rules/{key}/text", get(text))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// One of [`PARTS`].
    part: String,
    /// Versions that are compared.
    old: u64,
    new: u64,
    /// A backtest that was begun.
    job: String,
}

fn page(key: &str, parameters: &[(&str, &str)]) -> String {
    answer::address(&format!("/rules/{}", answer::segment(key)), parameters)
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Path(key): Path<String>, Query(asked): Query<Asked>) -> Response {
    let view = match pages.desk.rules.rule(&key).await {
        Ok(view) => view,
        Err(fault) => return Frame::new("Rule", Nav::Rules, &visitor).crumb("Rules", "/rules").fault(&fault),
    };
    let active = PARTS.iter().position(|(name, _)| *name == asked.part).unwrap_or(0);
    let tabs: Vec<(&str, String)> = PARTS.iter().map(|(name, words)| (*words, page(&key, &[("part", name)]))).collect();
    let body = match asked.part.as_str() {
        "query" => query(&view),
        "versions" => versions(&view, &asked),
        "runs" => runs(&view),
        "backtest" => tried(&pages.desk, &visitor, &view, &asked).await,
        "exclusions" => exclusions(&view.exclusions),
        _ => guide(&view),
    };
    let line = &view.line;
    let lead = html! {
        (component::severity(&line.severity)) (rules::health(line)) (component::tag(&line.format))
        @for tag in &line.tags { (component::tag(tag)) }
        @for technique in view.tactics.iter().chain(&line.techniques) {
            span.tag title=(technique.name) { (technique.id) }
        }
        code.soft.small { (line.key) }
    };
    Frame::new(line.name.clone(), Nav::Rules, &visitor)
        .crumb("Rules", "/rules")
        .lead(lead)
        .actions(actions(&visitor, &view))
        .tabs(component::tabs("Parts of the rule", &tabs, active))
        .keys(&KEYS)
        .script("rule.js")
        .render(body)
}

fn actions(visitor: &Visitor, view: &RuleView) -> Markup {
    let line = &view.line;
    let hunt = answer::address("/hunt", &[("q", &view.query), ("language", &line.language), ("indices", &line.tables.join(","))]);
    html! {
        a.button.quiet href=(hunt) data-key="h" { "Open as hunt" }
        a.button.quiet href={ "/rules/" (answer::segment(&line.key)) "/text" } download { "Download" }
        @if visitor.may(Role::Admin) {
            @if line.kind != "hunting" {
                form.inline method="post" action={ "/rules/" (answer::segment(&line.key)) "/enable" } {
                    (component::form::token(visitor))
                    input type="hidden" name="enabled" value=(!line.enabled);
                    button.button type="submit" { @if line.enabled { "Switch off" } @else { "Switch on" } }
                }
            }
            a.button.primary href={ "/rules/" (answer::segment(&line.key)) "/edit" } data-key="e" { @if line.editable { "Edit" } @else { "Edit a copy" } }
        }
    }
}

fn guide(view: &RuleView) -> Markup {
    let line = &view.line;
    let facts: Vec<(&str, Markup)> = view.schedule.iter().map(|(name, value)| (name.as_str(), component::cell(value))).collect();
    let fares = [
        ("Last run", html! { @match line.last_run { Some(at) => (component::moment(at)), None => "never" } }),
        ("Takes", html! { (component::duration(line.duration_us)) }),
        ("Alerts, 30 days", html! { span.with-spark { (rules::days(&line.days)) (component::number(line.days.iter().sum())) } }),
        (
            "True positives",
            html! { @match line.precision { Some(share) => { (rules::percent(share)) " of those closed" }, None => "none was closed" } },
        ),
        ("Open alerts", html! { (component::number(line.open)) }),
        ("Lint", rules::lint(line.lint)),
        ("File", html! { @if line.file.is_empty() { "ships with the program" } @else { code { (line.file) } } }),
    ];
    html! {
        div.split {
            div.stack {
                (component::card("What it finds", html! { (component::markdown(&view.description, component::markdown::plain)) }))
                (component::card("Investigation guide", html! {
                    @if view.guide.markdown.is_empty() { (component::empty("No guide.", html! {})) } @else { (component::markdown(&view.guide.markdown, component::markdown::plain)) }
                    @for query in &view.guide.queries {
                        div.guide-query {
                            p { strong { (query.label) } }
                            (component::code(&query.query, &[]))
                            @if query.runs { a.button.quiet href=(answer::address("/hunt", &[("q", &query.query), ("language", &query.language)])) { "Run it" } }
                        }
                    }
                }))
                @if !view.false_positives.is_empty() {
                    (component::card("When it is honest", html! { ul { @for note in &view.false_positives { li { (component::markdown(note, component::markdown::plain)) } } } }))
                }
            }
            div.stack {
                (component::card("How it fares", component::facts(&fares)))
                (component::card("Schedule", component::facts(&facts)))
                @if !view.next_steps.is_empty() { (component::card("Next step", html! { ul { @for step in &view.next_steps { li dir="auto" { (component::prose(step)) } } } })) }
                @if !view.references.is_empty() { (component::card("To read", html! { ul { @for page in &view.references { li { (web_link(page)) } } } })) }
            }
        }
    }
}

fn query(view: &RuleView) -> Markup {
    html! {
        @if !view.problems.is_empty() { (component::card("What lints say", component::problems("problems", &view.problems))) }
        (component::card("Query", component::code(&view.query, &view.colours)))
        (component::card("The rule as published", component::code(&view.text, &[])))
    }
}

fn versions(view: &RuleView, asked: &Asked) -> Markup {
    let find = |number: u64| view.versions.iter().find(|version| version.number == number);
    let new = find(asked.new).or(view.versions.first());
    let older = new.and_then(|new| view.versions.iter().find(|version| version.number < new.number));
    let old = find(asked.old).or(older);
    let choice = |name: &'static str, label: &'static str, chosen: Option<&RuleVersion>| {
        let numbers: Vec<(String, String)> = view
            .versions
            .iter()
            .map(|version| (version.number.to_string(), format!("{}: {}", version.number, version.version)))
            .collect();
        let numbers: Vec<(&str, &str)> = numbers.iter().map(|(value, words)| (value.as_str(), words.as_str())).collect();
        let value = chosen.map(|version| version.number.to_string()).unwrap_or_default();
        Field { name, label, value: &value, ..Field::default() }.select(&numbers)
    };
    let row = |version: &RuleVersion| {
        Row::new(vec![
            html! { (version.number) },
            html! { (version.version) },
            component::moment(version.at),
            html! { @if version.who.is_empty() { span.soft { "found changed" } } @else { (version.who) } },
            html! { (component::cell(&version.comment)) },
        ])
    };
    let columns = vec![
        Column::number("number", "Number"),
        Column::new("version", "Version"),
        Column::new("at", "Saved"),
        Column::new("who", "By"),
        Column::new("comment", "Why"),
    ];
    let table = Table {
        key: "versions",
        caption: "Versions".to_owned(),
        columns,
        rows: view.versions.iter().map(row).collect(),
        ..Table::default()
    };
    html! {
        (table.render())
        @if view.versions.len() > 1 {
            form.bar method="get" action=(page(&view.line.key, &[])) {
                input type="hidden" name="part" value="versions";
                (choice("old", "From", old))
                (choice("new", "To", new))
                button.button type="submit" { "Compare" }
            }
        }
        @if let (Some(old), Some(new)) = (old, new) {
            (component::card(&format!("From version {} to {}", old.number, new.number), component::diff(&old.text, &new.text)))
        }
    }
}

fn runs(view: &RuleView) -> Markup {
    if view.runs.is_empty() {
        return component::empty(
            "It has not run yet.",
            html! { "A rule that is on runs as its schedule says; a backtest runs it over history now." },
        );
    }
    let times: Vec<i64> = view.runs.iter().rev().map(|run| run.started_at).collect();
    let seconds = |run: &Run| Some(run.duration_us as f64 / 1e6);
    let chart = Chart {
        title: "How long its runs took".to_owned(),
        y_title: "Seconds".to_owned(),
        series: vec![Series::new("Seconds", view.runs.iter().rev().map(seconds).collect())],
        y_min: Some(0.0),
        ..Chart::new(Kind::Timechart, X::Time(times))
    };
    let columns = vec![
        Column::new("at", "Began"),
        Column::new("kind", "Kind"),
        Column::new("window", "Looked at"),
        Column::number("took", "Took"),
        Column::new("status", "Status"),
        Column::number("hits", "Hits"),
        Column::number("raised", "Raised"),
        Column::number("known", "Known"),
        Column::number("excluded", "Excluded"),
        Column::number("held", "Held back"),
        Column::new("message", "Message"),
    ];
    let row = |run: &Run| {
        let tone = match run.status.as_str() {
            "failed" => Tone::Bad,
            "warning" => Tone::Warn,
            _ => Tone::Good,
        };
        Row::new(vec![
            component::moment(run.started_at),
            html! { (run.kind) },
            html! { (component::moment(run.window_from)) " and " (component::duration(run.window_to.saturating_sub(run.window_from))) },
            html! { (component::duration(run.duration_us)) },
            component::badge(tone, &run.status),
            html! { (run.hits) },
            html! { (run.raised) },
            html! { (run.known) },
            html! { (run.excluded) },
            html! { (run.held) },
            component::told(&run.message),
        ])
    };
    let rows = view.runs.iter().take(RUNS).map(row).collect();
    let table = Table { key: "runs", caption: "Runs".to_owned(), columns, rows, choice: true, ..Table::default() };
    html! {
        div.card { div.card-body { (component::figure(&chart)) } }
        (table.render())
    }
}

fn exclusions(exclusions: &[ExclusionView]) -> Markup {
    let columns = vec![
        Column::new("name", "Exclusion"),
        Column::new("words", "Leaves out"),
        Column::new("status", "Status"),
        Column::number("took", "Took"),
        Column::new("last", "Last"),
        Column::new("expires", "Ends"),
        Column::new("reason", "Why"),
    ];
    let row = |exclusion: &ExclusionView| {
        Row::new(vec![
            html! { @if exclusion.origin.is_empty() { a href={ "/exclusions/" (answer::segment(&exclusion.id)) } dir="auto" { (exclusion.draft.name) } } @else { (exclusion.draft.name) " " (component::tag(&exclusion.origin)) } },
            html! { @for words in &exclusion.words { (component::cell(words)) } },
            component::status(&exclusion.status),
            html! { (component::number(exclusion.suppressed)) },
            html! { @if let Some(at) = exclusion.last_suppressed { (component::moment(at)) } },
            html! { @if exclusion.draft.expires.is_empty() { "never" } @else { (exclusion.draft.expires) } },
            component::cell(&exclusion.draft.reason),
        ])
    };
    if exclusions.is_empty() {
        return component::empty(
            "Nothing is excluded from it.",
            html! { "An exclusion begins with an alert that was honest: open one, and choose Exclude." },
        );
    }
    Table {
        key: "exclusions",
        caption: "Exclusions".to_owned(),
        columns,
        rows: exclusions.iter().map(row).collect(),
        ..Table::default()
    }
    .render()
}

/// The backtest part: what can be asked, and what has come of it.
async fn tried(desk: &Desk, visitor: &Visitor, view: &RuleView, asked: &Asked) -> Markup {
    let key = &view.line.key;
    html! {
        @if visitor.may(Role::Analyst) {
            form.bar method="post" action={ "/rules/" (answer::segment(key)) "/backtest" } {
                (component::form::token(visitor))
                (Field { name: "days", label: "Days to look at", value: "30", ..Field::default() }.text("number"))
                (Field { name: "to", label: "Up to", help: "Empty: now", ..Field::default() }.text("text"))
                button.button.primary type="submit" data-key="b" { "Backtest" }
            }
        } @else {
            (component::notice(Tone::Info, html! { p { "A backtest takes the role analyst." } }))
        }
        div #outcome {
            @if asked.job.is_empty() {
                (component::empty("Nothing was replayed yet.", html! { "A backtest runs the rule over days that have passed: how many alerts it would have raised, and which." }))
            } @else {
                (replayed(desk, visitor, &asked.job, &page(key, &[("part", "backtest"), ("job", &asked.job)])).await)
            }
        }
    }
}

/// An address of the web that a stranger wrote as a link; what is none stays text.
fn web_link(address: &str) -> Markup {
    let web = ["https://", "http://"].iter().any(|scheme| address.to_ascii_lowercase().starts_with(scheme));
    html! { @if web { a href=(address) rel="noreferrer noopener" { (address) } } @else { span { (address) } } }
}

/// What has come of a replay, as far as it is.
pub(super) async fn replayed(desk: &Desk, visitor: &Visitor, id: &str, again: &str) -> Markup {
    let ended = answer::until_ended(&desk.jobs, id, &visitor.name, PATIENCE).await;
    let outcome = match ended {
        Ok(view) if view.state == "running" => return component::progress(&view, again, visitor),
        Ok(view) => desk.jobs.outcome(&view.id, &visitor.name),
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(Some(outcome)) => match outcome.as_ref() {
            Outcome::Backtest(backtest) => super::rule_edit::backtest(backtest),
            _ => html! {},
        },
        Ok(None) => html! {},
        Err(fault) => component::notice(Tone::Bad, html! { p { (fault.to_string()) } }),
    }
}

/// What a form asks to be replayed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Replay {
    pub(super) days: String,
    pub(super) to: String,
    /// A text that is not saved yet.
    pub(super) text: String,
    /// How a script asks: it wants `{"id"}`.
    pub(super) part: String,
}

/// Begins a replay; its id.
pub(super) fn begin(desk: &Desk, visitor: &Visitor, key: &str, replay: &Replay) -> Result<String, Fault> {
    answer::needs(visitor, Role::Analyst, "a backtest")?;
    let days = replay.days.trim().parse::<u32>().ok().filter(|days| *days > 0);
    let days = days.ok_or_else(|| Fault::input("the days to look at are a whole number from 1"))?;
    let ask = BacktestAsk { key: key.to_owned(), text: answer::lines(&replay.text), days, to: replay.to.trim().to_owned() };
    let rules = Arc::clone(&desk.rules);
    desk.jobs.start(
        &visitor.name,
        "backtest",
        move |work| async move { rules.backtest(&ask, &work).await.map(Outcome::Backtest) },
    )
}

async fn backtest(State(pages): State<Pages>, visitor: Visitor, Path(key): Path<String>, Form(replay): Form<Replay>) -> Response {
    let known = match pages.desk.rules.rule(&key).await {
        Ok(_) => begin(&pages.desk, &visitor, &key, &replay),
        Err(fault) => Err(fault),
    };
    match known {
        Ok(id) => Redirect::to(&page(&key, &[("part", "backtest"), ("job", &id)])).into_response(),
        Err(fault) => Frame::new("Backtest", Nav::Rules, &visitor)
            .crumb("Rules", "/rules")
            .crumb(key.clone(), page(&key, &[]))
            .fault(&fault),
    }
}

/// The rule as it is published, as a file.
async fn text(State(pages): State<Pages>, visitor: Visitor, Path(key): Path<String>) -> Response {
    match pages.desk.rules.rule(&key).await {
        Ok(view) => answer::download(desk::Download {
            name: format!("{}.{}", view.line.key, view.text_form),
            media_type: "text/plain; charset=utf-8",
            bytes: view.text.into_bytes(),
        }),
        Err(fault) => Frame::new("Rule", Nav::Rules, &visitor).fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn every_part_of_every_kind_of_rule_stands_and_runs_nothing() {
        let browser = Browser::of(Role::Viewer);
        for key in ["own-domain-dmarc-fail", "hostile-name", "broken-column", "never-ran", "b1f4c6a2-5c7e-4a0d-8f0b-7f6f3a9c1e01"]
        {
            for part in ["guide", "query", "versions", "runs", "backtest", "exclusions", "nonsense"] {
                let page = browser.get(&format!("/rules/{key}?part={part}")).await;
                assert_eq!(page.status, 200, "{key} {part}");
                assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src"), "{key} {part}");
                assert!(!page.text.to_lowercase().contains("href=\"javascript:"), "{key} {part}");
            }
        }
    }

    #[tokio::test]
    async fn versions_are_compared() {
        let page = Browser::of(Role::Viewer).get("/rules/own-domain-dmarc-fail?part=versions&old=1&new=2").await;
        assert!(
            page.text.contains("From version 1 to 2")
                && page.text.contains("let Threshold = 5;")
                && page.text.contains("let Threshold = 10;"),
            "{}",
            page.text
        );
    }

    #[tokio::test]
    async fn a_backtest_is_a_job_of_who_began_it() {
        let browser = Browser::of(Role::Analyst);
        let begun = browser.post("/rules/own-domain-dmarc-fail/backtest", &[("days", "7")]).await;
        assert!(begun.status == 303 && begun.location.contains("job="), "{begun:?}");
        let page = browser.get(&begun.location).await;
        assert!(page.text.contains("168 runs"), "{}", page.text);
        assert_eq!(Browser::of(Role::Viewer).post("/rules/own-domain-dmarc-fail/backtest", &[("days", "7")]).await.status, 403);
        let days = browser.post("/rules/own-domain-dmarc-fail/backtest", &[("days", "-1")]).await;
        assert!(days.status == 400 && days.text.contains("a whole number"), "{}", days.text);
    }

    #[tokio::test]
    async fn one_that_does_not_end_shows_how_far_it_is_and_is_cancelled() {
        let browser = Browser::of(Role::Analyst);
        let begun = browser.post("/rules/forever/backtest", &[("days", "7")]).await;
        let page = browser.get(&begun.location).await;
        assert!(page.text.contains("replaying 14 November") && page.text.contains("7 of 100"), "{}", page.text);
        let job = begun.location.split("job=").nth(1).unwrap();
        let done = browser.post(&format!("/jobs/{job}/cancel"), &[("then", "/rules/forever?part=backtest")]).await;
        assert_eq!((done.status, done.location.as_str()), (303, "/rules/forever?part=backtest"));
        assert!(browser.get(&begun.location).await.text.contains("cancelled"));
    }

    #[tokio::test]
    async fn a_key_is_a_name_and_no_path() {
        for key in ["..%2F..%2Fsecret", "%2e%2e", "no%00such", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"] {
            for address in [format!("/rules/{key}"), format!("/rules/{key}/text")] {
                let page = Browser::of(Role::Admin).get(&address).await;
                assert!(page.status == 404 && !page.text.contains("<script>alert"), "{address}: {}", page.status);
            }
        }
    }
}
