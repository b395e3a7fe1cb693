//! `/rules/new` and `/rules/{key}/edit`: the text of a rule is changed, tried as it is written, replayed beside what runs now, and saved.
//!
//! Without scripts the three buttons send the whole form: check, backtest, save. `rule.js` checks as one writes and shows a replay in place.

use axum::{
    Form, Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chart::{Chart, Kind, Series, X};
use desk::{Backtest, Fault, PreviewAlert, Trial};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::rule::{self, Replay};
use crate::{
    Failure, Pages, Role, Visitor, answer,
    component::{self, Column, Editor, Field, Narrow, Row, Table, Tone},
    layout::{self, Frame, Key, Nav},
};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The largest text of a rule, in bytes: the largest published one has 60 kB.
const LONGEST: usize = 512 << 10;

const KEYS: [Key; 2] = [Key { keys: "/", does: "To the text" }, Key { keys: "b", does: "Backtest what is written" }];

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/rules/new", get(fresh).post(send_new))
        .route("/rules/{key}/edit", get(edit).post(send))
        .route("/rules/try", post(try_text))
        .route("/rules/complete", post(complete))
        .route("/rules/replay", post(replay))
        .route("/rules/replay/{id}", get(replayed))
}

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Sent {
    text: String,
    /// The number of the version that the text was made from.
    seen: u64,
    comment: String,
    /// `check`, `backtest` or `save`.
    then: String,
    days: String,
    key: String,
    to: String,
}

/// A query that is to become a rule.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct From {
    q: String,
    name: String,
}

/// What the page shows.
#[derive(Debug, Default)]
struct Shown {
    /// The rule that is changed; empty: a new one.
    key: String,
    name: String,
    /// The text as it is written.
    text: String,
    /// The text that is there now.
    now: String,
    seen: u64,
    comment: String,
    trial: Trial,
    /// Why it was not saved.
    fault: Option<Fault>,
    days: String,
    /// What came of a replay.
    outcome: Option<Markup>,
    status: Option<StatusCode>,
}

async fn fresh(State(pages): State<Pages>, visitor: Visitor, Query(from): Query<From>) -> Response {
    let name = if from.name.trim().is_empty() { "A new rule" } else { from.name.trim() };
    let query =
        if from.q.trim().is_empty() { "EmailEvents\n| where Timestamp > ago(1h)".to_owned() } else { answer::lines(&from.q) };
    let text = match answer::needs(&visitor, Role::Admin, "changing rules") {
        Ok(()) => pages.desk.rules.from_query(name, &query).await,
        Err(fault) => Err(fault),
    };
    match text {
        Ok(text) => {
            let trial = pages.desk.rules.try_text("", &text).await.unwrap_or_default();
            render(&visitor, Shown { text, trial, ..Shown::default() })
        }
        Err(fault) => refused(&visitor, &fault),
    }
}

async fn edit(State(pages): State<Pages>, visitor: Visitor, Path(key): Path<String>) -> Response {
    let view = match answer::needs(&visitor, Role::Admin, "changing rules") {
        Ok(()) => pages.desk.rules.rule(&key).await,
        Err(fault) => Err(fault),
    };
    match view {
        Ok(view) => {
            let key = if view.line.editable { key } else { String::new() };
            let trial = pages.desk.rules.try_text(&key, &view.text).await.unwrap_or_default();
            let seen = view.versions.first().map_or(0, |version| version.number);
            render(
                &visitor,
                Shown { key, name: view.line.name, now: view.text.clone(), text: view.text, seen, trial, ..Shown::default() },
            )
        }
        Err(fault) => refused(&visitor, &fault),
    }
}

async fn send_new(state: State<Pages>, visitor: Visitor, sent: Form<Sent>) -> Response {
    act(state.0, visitor, String::new(), sent.0).await
}

async fn send(state: State<Pages>, visitor: Visitor, Path(key): Path<String>, sent: Form<Sent>) -> Response {
    act(state.0, visitor, key, sent.0).await
}

/// Checks, replays or saves, and shows the page again unless it was saved.
async fn act(pages: Pages, visitor: Visitor, key: String, sent: Sent) -> Response {
    if let Err(fault) = answer::needs(&visitor, Role::Admin, "changing rules").and_then(|()| bounded(&sent.text)) {
        return refused(&visitor, &fault);
    }
    let text = answer::lines(&sent.text);
    let (name, now) = if key.is_empty() {
        (String::new(), String::new())
    } else {
        match pages.desk.rules.rule(&key).await {
            Ok(view) => (view.line.name, view.text),
            Err(fault) => return refused(&visitor, &fault),
        }
    };
    let trial = pages.desk.rules.try_text(&key, &text).await.unwrap_or_default();
    let mut shown =
        Shown { name, now, seen: sent.seen, comment: sent.comment.clone(), trial, days: sent.days.clone(), ..Shown::default() };
    match sent.then.as_str() {
        "save" => match pages.desk.rules.save(&key, &text, sent.seen, sent.comment.trim(), &visitor.name).await {
            Ok(key) => {
                return layout::seen(&format!("/rules/{}", answer::segment(&key)), "Saved. The rule is watched from now on.");
            }
            Err(fault) => {
                shown.status = Some(Failure::from(&fault).status);
                shown.fault = Some(fault);
            }
        },
        "backtest" => {
            let asked = Replay { days: sent.days.clone(), text: text.clone(), ..Replay::default() };
            shown.outcome = Some(match rule::begin(&pages.desk, &visitor, &key, &asked) {
                Ok(id) => rule::replayed(&pages.desk, &visitor, &id, &format!("/rules/replay/{id}")).await,
                Err(fault) => component::notice(Tone::Bad, html! { p { (fault.to_string()) } }),
            });
        }
        _ => {}
    }
    render(&visitor, Shown { key, text, ..shown })
}

fn bounded(text: &str) -> Result<(), Fault> {
    if text.len() <= LONGEST {
        return Ok(());
    }
    Err(Fault::Limit { reason: format!("the text of a rule has {} kB at most", LONGEST >> 10) })
}

fn refused(visitor: &Visitor, fault: &Fault) -> Response {
    Frame::new("Rule", Nav::Rules, visitor).crumb("Rules", "/rules").fault(fault)
}

fn render(visitor: &Visitor, shown: Shown) -> Response {
    let new = shown.key.is_empty();
    let title = if new { "New rule".to_owned() } else { format!("Edit {}", shown.name) };
    let action = if new { "/rules/new".to_owned() } else { format!("/rules/{}/edit", answer::segment(&shown.key)) };
    let days = if shown.days.is_empty() { "30" } else { &shown.days };
    let mut frame = Frame::new(title, Nav::Rules, visitor).crumb("Rules", "/rules").keys(&KEYS).script("rule.js");
    if !new {
        frame = frame.crumb(shown.name.clone(), format!("/rules/{}", answer::segment(&shown.key)));
    }
    if let Some(status) = shown.status {
        frame = frame.status(status);
    }
    frame.render(html! {
        @if let Some(fault) = &shown.fault { (unsaved(fault, &shown)) }
        form #rule method="post" action=(action) data-key-of=(shown.key) data-csrf=(visitor.csrf()) {
            (component::form::token(visitor))
            input type="hidden" name="seen" value=(shown.seen);
            div.split {
                div.card { div.card-body {
                    (Editor { name: "text", label: "Text of the rule", value: &shown.text, problems: &shown.trial.problems, rows: 26, look: "/rules/try", complete: "/rules/complete", ..Editor::default() }.render())
                } }
                div.stack {
                    (component::card("Check", html! { div #trial { (trial(&shown.trial)) } p.actions { button.button type="submit" name="then" value="check" { "Check" } } }))
                    (component::card("Backtest", html! {
                        p.soft { @if new { "How many alerts it would have raised." } @else { "What it would have raised, beside what runs now." } }
                        (Field { name: "days", label: "Days to look at", value: days, ..Field::default() }.text("number"))
                        p.actions { button.button type="submit" name="then" value="backtest" data-replay data-key="b" { "Backtest" } }
                    }))
                    (component::card("Save", html! {
                        (Field { name: "comment", label: "What was changed, and why", value: &shown.comment, ..Field::default() }.area(2, false))
                        p.actions { button.button.primary type="submit" name="then" value="save" data-save { "Save" } }
                    }))
                }
            }
        }
        section #outcome tabindex="-1" aria-label="Backtest" { @if let Some(outcome) = &shown.outcome { (outcome) } }
        @if !new && shown.fault.is_none() && shown.now != shown.text { (component::card("Not saved yet", component::diff(&shown.now, &shown.text))) }
    })
}

/// Why a text was not saved. After a conflict the text stays, beside what has come in between.
fn unsaved(fault: &Fault, shown: &Shown) -> Markup {
    html! {
        (component::notice(Tone::Bad, html! {
            p { strong { "Not saved. " } (fault.to_string()) }
            @if matches!(fault, Fault::Conflict { .. }) {
                p { "Your text is still below. To save it over what is there now, take in what changed, copy it, and " a href="edit" { "begin again from the present text" } "." }
            }
        }))
        @if matches!(fault, Fault::Conflict { .. }) { (component::card("From what is there now to your text", component::diff(&shown.now, &shown.text))) }
    }
}

/// What a text is worth.
fn trial(trial: &Trial) -> Markup {
    let errors = trial.problems.iter().filter(|problem| problem.severity == "error").count();
    let warnings = trial.problems.len() - errors;
    html! {
        p { @if trial.ok { (component::badge(Tone::Good, "Can be saved")) } @else { (component::badge(Tone::Bad, "Cannot be saved yet")) }
            " " @if errors + warnings > 0 { (rules_lint(errors, warnings)) } }
        @if !trial.name.is_empty() { p dir="auto" { (trial.name) " " code.soft.small { (trial.key) } } }
        @if !trial.columns.is_empty() { p.small { span.soft { "Gives " } @for column in trial.columns.iter().take(40) { span.tag title=(column.ty) { (column.name) } " " } } }
    }
}

fn rules_lint(errors: usize, warnings: usize) -> Markup {
    super::rules::lint((u32::try_from(errors).unwrap_or(u32::MAX), u32::try_from(warnings).unwrap_or(u32::MAX)))
}

/// What a replay gave: alerts a day, of both texts where two were tried, and what differs.
pub(super) fn backtest(backtest: &Backtest) -> Markup {
    let days = backtest.days.len().max(backtest.days_now.as_ref().map_or(0, Vec::len));
    let times: Vec<i64> = (0..days).map(|day| backtest.from + i64::try_from(day).unwrap_or(0).saturating_mul(DAY)).collect();
    let series = |name: &str, days: &[u64]| Series::new(name, days.iter().map(|count| Some(*count as f64)).collect());
    let mut all = Vec::new();
    if let Some(now) = &backtest.days_now {
        all.push(series("As it is now", now));
    }
    all.push(series(if backtest.days_now.is_some() { "As written here" } else { "Alerts" }, &backtest.days));
    let chart = Chart {
        title: "Alerts a day".to_owned(),
        y_title: "Alerts".to_owned(),
        series: all,
        y_min: Some(0.0),
        ..Chart::new(if backtest.days_now.is_some() { Kind::Linechart } else { Kind::Columnchart }, X::Time(times))
    };
    let now = backtest.days_now.as_ref().map(|days| days.iter().sum::<u64>());
    html! {
        div.replayed data-done {
            p.answer-facts {
                strong { (component::number(backtest.alerts)) " alerts" }
                @if let Some(now) = now { span { "now " (component::number(now)) } }
                span.soft { (component::number(backtest.hits)) " hits" }
                span.soft { (component::number(backtest.runs)) " runs in " (component::duration(backtest.took_us)) }
                @if backtest.excluded > 0 { span.soft { (component::number(backtest.excluded)) " excluded" } }
                span.soft { (component::moment(backtest.from)) " to " (component::moment(backtest.to)) }
            }
            @if backtest.failed > 0 {
                (component::notice(Tone::Warn, html! { p { (component::number(backtest.failed)) " runs failed, the first: " (backtest.failure) } }))
            }
            div.card { div.card-body { (component::figure(&chart)) } }
            @if backtest.days_now.is_some() {
                div.columns {
                    (alerts("added", &format!("Added: {}", component::number(backtest.added.0)), &backtest.added.1))
                    (alerts("removed", &format!("Removed: {}", component::number(backtest.removed.0)), &backtest.removed.1))
                }
            } @else {
                (alerts("latest", "The latest alerts", &backtest.latest))
            }
        }
    }
}

fn alerts(key: &'static str, title: &str, alerts: &[PreviewAlert]) -> Markup {
    let columns = vec![
        Column::new("at", "When"),
        Column::new("severity", "Severity"),
        Column::new("reason", "Why"),
        Column::new("row", "First row"),
        Column::new("verdict", "Verdict"),
    ];
    let row = |alert: &PreviewAlert| {
        Row::new(vec![
            component::moment(alert.at),
            component::severity(&alert.severity),
            component::cell(&alert.reason),
            component::json(&serde_json::Value::Object(alert.row.clone())),
            html! { @if !alert.verdict.is_empty() { (component::verdict(&alert.verdict)) } },
        ])
    };
    let table = Table {
        key,
        caption: title.to_owned(),
        columns,
        rows: alerts.iter().map(row).collect(),
        narrow: Narrow::Scroll,
        ..Table::default()
    };
    component::card(title, html! { @if alerts.is_empty() { p.soft { "None." } } @else { (table.render()) } })
}

/// What a script asks about a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Text {
    text: String,
    key: String,
    /// Where the cursor stands, in bytes.
    at: usize,
}

/// What may stand at the cursor, where it stands in the query.
async fn complete(State(pages): State<Pages>, visitor: Visitor, Json(text): Json<Text>) -> Response {
    let completed = match answer::needs(&visitor, Role::Analyst, "trying a rule").and_then(|()| bounded(&text.text)) {
        Ok(()) => crate::rule_text::complete(&pages.desk, &text.text, text.at).await,
        Err(fault) => Err(fault),
    };
    match completed {
        Ok(completions) => Json(completions).into_response(),
        Err(fault) => answer::fault(&fault),
    }
}

/// Colours, problems, and what is shown beside the text.
async fn try_text(State(pages): State<Pages>, visitor: Visitor, Json(text): Json<Text>) -> Response {
    let tried = match answer::needs(&visitor, Role::Analyst, "trying a rule").and_then(|()| bounded(&text.text)) {
        Ok(()) => pages.desk.rules.try_text(&text.key, &text.text).await,
        Err(fault) => Err(fault),
    };
    match tried {
        Ok(tried) => {
            let colours = crate::rule_text::colours(&pages.desk, &text.text).await;
            let shown = crate::marks::written_out(trial(&tried).into_string());
            Json(json!({"colours": colours, "problems": tried.problems, "ok": tried.ok, "shown": shown})).into_response()
        }
        Err(fault) => answer::fault(&fault),
    }
}

/// Begins a replay for a script: `{"id"}`.
async fn replay(State(pages): State<Pages>, visitor: Visitor, Form(sent): Form<Sent>) -> Response {
    let asked = Replay { days: sent.days, to: sent.to, text: sent.text, ..Replay::default() };
    match bounded(&asked.text).and_then(|()| rule::begin(&pages.desk, &visitor, &sent.key, &asked)) {
        Ok(id) => Json(json!({"id": id})).into_response(),
        Err(fault) => answer::fault(&fault),
    }
}

/// What came of it, as a part of the page; a browser without scripts gets it as a page.
async fn replayed(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>, Query(asked): Query<Replay>) -> Response {
    let shown = rule::replayed(&pages.desk, &visitor, &id, &format!("/rules/replay/{}", answer::segment(&id))).await;
    if asked.part.is_empty() {
        Frame::new("Backtest", Nav::Rules, &visitor).crumb("Rules", "/rules").render(shown)
    } else {
        answer::fragment(shown)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    const TEXT: &str = "id: mine\r\nname: Mine\r\nquery: |\r\n  let Threshold = 30;\r\n  EmailEvents\r\n";

    #[tokio::test]
    async fn a_rule_is_edited_checked_tried_and_saved() {
        let browser = Browser::of(Role::Admin);
        let page = browser.get("/rules/own-domain-dmarc-fail/edit").await;
        assert!(page.text.contains("name=\"seen\" value=\"3\"") && page.text.contains("Can be saved"), "{}", page.text);
        let address = "/rules/own-domain-dmarc-fail/edit";
        let page = browser.post(address, &[("text", TEXT), ("seen", "3"), ("then", "backtest"), ("days", "30")]).await;
        assert!(page.text.contains("As it is now") && page.text.contains("Removed:"), "{}", page.text);
        let page = browser.post(address, &[("text", "name: x\nquery: a | whre"), ("seen", "3"), ("then", "check")]).await;
        assert!(page.text.contains("Cannot be saved yet") && page.text.contains("did you mean `where`?"), "{}", page.text);
        let done = browser.post(address, &[("text", TEXT), ("seen", "3"), ("then", "save"), ("comment", "Fewer")]).await;
        assert!(done.status == 303 && done.location.starts_with("/rules/own-domain-dmarc-fail?said="), "{done:?}");
        let page = browser.get("/rules/own-domain-dmarc-fail?part=versions").await;
        assert!(page.text.contains("Fewer") && page.text.contains("ana@contoso.com"), "{}", page.text);
    }

    #[tokio::test]
    async fn what_changed_in_the_meantime_is_shown_and_nothing_is_lost() {
        let browser = Browser::of(Role::Admin);
        let page = browser.post("/rules/own-domain-dmarc-fail/edit", &[("text", TEXT), ("seen", "2"), ("then", "save")]).await;
        assert!(page.status == 409 && page.text.contains("version 3 is there now"), "{}", page.text);
        assert!(page.text.contains("let Threshold = 30;") && page.text.contains("From what is there now to your text"));
    }

    #[tokio::test]
    async fn a_hunt_becomes_a_rule() {
        let browser = Browser::of(Role::Admin);
        let page = browser.get("/rules/new?q=EmailEvents%0D%0A%7C+take+5").await;
        assert!(page.text.contains("EmailEvents\n  | take 5"), "{}", page.text);
        let done = browser.post("/rules/new", &[("text", TEXT), ("then", "save")]).await;
        assert!(done.location.starts_with("/rules/mine?said="), "{done:?}");
    }

    #[tokio::test]
    async fn one_that_ships_with_the_program_is_edited_as_a_copy() {
        let page = Browser::of(Role::Admin).get("/rules/oreject-delivered/edit").await;
        assert!(page.text.contains("action=\"/rules/new\""), "{}", page.text);
    }

    #[tokio::test]
    async fn who_is_no_admin_changes_nothing() {
        for role in [Role::Viewer, Role::Analyst] {
            let browser = Browser::of(role);
            assert_eq!(browser.get("/rules/new").await.status, 403);
            assert_eq!(
                browser
                    .post("/rules/own-domain-dmarc-fail/edit", &[("text", TEXT), ("seen", "3"), ("then", "save")])
                    .await
                    .status,
                403
            );
        }
    }

    #[tokio::test]
    async fn a_text_that_is_too_long_is_refused() {
        let page =
            Browser::of(Role::Admin).post("/rules/new", &[("text", &"x".repeat(super::LONGEST + 1)), ("then", "save")]).await;
        assert!(page.status == 422 && page.text.contains("512 kB at most"), "{}", page.status);
    }
}
