//! `/alerts`: the queue. The filter, the order and the page stand in the address; what is done with several alerts at once is a form around
//! the list. `live.js` tells of new ones.

use access::{Analyst, Fields, Viewer};
use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{get, post},
};
use desk::{Facet, Fault, QUEUE_FIELDS, Queue, QueueQuery, SavedHunt};
use maud::{Markup, html};
use serde::Deserialize;
use state::Alert;

use crate::{
    Pages, Visitor, answer,
    component::{self, Column, Field, Pager, Row, Table, form},
    layout::{self, Frame, Key, Nav, icon},
    terms,
    work::{self, works},
};

/// Letters of a title that a row shows: as many as rules give one.
const TITLE: usize = 256;
/// Words of a reason that a row shows.
const REASON: usize = 220;
/// The forms of an export, with their words.
pub(crate) const EXPORTS: [(&str, &str); 5] = [
    ("csv", "CSV"),
    ("json", "JSON, all that is kept"),
    ("ecs", "Elastic Common Schema"),
    ("ocsf", "OCSF findings"),
    ("sentinel", "Sentinel SecurityAlert"),
];

const KEYS: [Key; 5] = [
    Key { keys: "/", does: "To the filter" },
    Key { keys: "a", does: "Take the selected alerts" },
    Key { keys: "c", does: "Close the selected alerts" },
    Key { keys: "t", does: "Assign the selected alerts to somebody" },
    Key { keys: "s", does: "Save the filter" },
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/alerts", get(show))
        .route("/alerts/change", post(change))
        .route("/alerts/export", get(export))
        .route("/alerts/filters", post(save))
        .route("/alerts/filters/{id}/forget", post(forget))
}

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    sort: String,
    page: u32,
    size: u32,
    /// The form of an export.
    form: String,
}

impl Asked {
    fn query(&self) -> QueueQuery {
        QueueQuery { q: self.q.clone(), sort: self.sort.clone(), page: self.page, size: self.size }
    }

    /// The address of the queue with another filter, order or page.
    fn address(&self, q: &str, sort: &str, page: u32) -> String {
        let number = |number: u32| if number > 1 { number.to_string() } else { String::new() };
        let size = if self.size > 0 { self.size.to_string() } else { String::new() };
        answer::address("/alerts", &[("q", q), ("sort", sort), ("page", &number(page)), ("size", &size)])
    }

    fn here(&self) -> String {
        self.address(&self.q, &self.sort, self.page)
    }

    /// What stood in the address of the page that a form was sent from.
    fn of(fields: &Fields) -> Self {
        let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
        let number = |name: &str| text(name).parse().unwrap_or_default();
        Self { q: text("q"), sort: text("sort"), page: number("page"), size: number("size"), form: String::new() }
    }
}

async fn show(State(pages): State<Pages>, Viewer(visitor): Viewer, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Alerts", Nav::Alerts, &visitor).keys(&KEYS);
    let saved = pages.desk.hunts.saved("alerts", &visitor.name).await.unwrap_or_default();
    match pages.desk.alerts.queue(&asked.query()).await {
        Ok(queue) => frame.lead(lead(&asked, &queue)).actions(exports(&asked)).render(html! {
            (bar(&visitor, &asked, &saved, ""))
            div.queue {
                (facets(&asked, by_rank(queue.counts.clone())))
                div.queue-list { div data-live="alert" { (list(&visitor, &asked, &queue)) } }
            }
        }),
        Err(Fault::Input(problem)) => {
            let at = if problem.end > problem.start { format!(" (at character {})", problem.start + 1) } else { String::new() };
            let words = format!("{}{at}. {}", problem.message, problem.help);
            let fault = Fault::Input(problem);
            frame.status(crate::Failure::from(&fault).status).render(html! {
                (bar(&visitor, &asked, &saved, words.trim()))
                (fields_help(true))
            })
        }
        Err(fault) => frame.fault(&fault),
    }
}

fn lead(asked: &Asked, queue: &Queue) -> Markup {
    let what = if asked.q.trim().is_empty() { "open" } else { "matching" };
    html! { span { strong { (component::number(queue.total)) } " " (what) @if queue.total == 1 { " alert" } @else { " alerts" } } }
}

fn exports(asked: &Asked) -> Markup {
    html! {
        details.menu data-menu {
            summary.button.quiet { (icon("export")) "Export" }
            div.menu-panel {
                @for (form, words) in EXPORTS {
                    a.menu-item href=(answer::address("/alerts/export", &[("form", form), ("q", &asked.q), ("sort", &asked.sort)])) download { (words) }
                }
            }
        }
    }
}

/// The filter, those that are kept, and the way to keep this one.
fn bar(visitor: &Visitor, asked: &Asked, saved: &[SavedHunt], error: &str) -> Markup {
    let field = Field { name: "q", label: "Filter", help: "", error, value: &asked.q, key: "/", ..Field::default() };
    html! {
        section.queue-bar aria-label="Filter" {
            form.bar method="get" action="/alerts" role="search" {
                div.grow { (field.text("search")) }
                @if !asked.sort.is_empty() { input type="hidden" name="sort" value=(asked.sort); }
                @if asked.size > 0 { input type="hidden" name="size" value=(asked.size); }
                button.button type="submit" { (icon("filter")) "Filter" }
                @if !asked.q.trim().is_empty() { a.button.quiet href=(asked.address("", &asked.sort, 1)) { "Open alerts" } }
            }
            div.row {
                ul.chips aria-label="Kept filters" {
                    li { (chip("Open", &asked.address("", &asked.sort, 1), asked.q.trim().is_empty(), None)) }
                    li { (chip("Mine", &asked.address(&terms::with("", &terms::term("assignee", &visitor.name)), &asked.sort, 1),
                        terms::has(&asked.q, &terms::term("assignee", &visitor.name)), None)) }
                    li { (chip("Nobody's", &asked.address("not status:closed and not assignee:*", &asked.sort, 1),
                        asked.q == "not status:closed and not assignee:*", None)) }
                    @for filter in saved.iter().take(40) {
                        li.kept {
                            (chip(&filter.name, &asked.address(&filter.query, &asked.sort, 1), filter.query == asked.q, None))
                            @if filter.owner == visitor.name {
                                form.inline method="post" action={ "/alerts/filters/" (answer::segment(&filter.id)) "/forget" } {
                                    (form::token(visitor)) (back(asked))
                                    button.icon-button.tiny type="submit" aria-label={ "Forget the filter " (filter.name) } title="Forget" { (icon("close")) }
                                }
                            }
                        }
                    }
                }
                @if works(visitor) { (keep(visitor, asked)) }
                (fields_help(false))
            }
        }
    }
}

/// A link that narrows the list, with how many it would leave.
fn chip(words: &str, address: &str, current: bool, count: Option<u64>) -> Markup {
    html! {
        a.chip href=(address) aria-current=[current.then_some("true")] {
            span dir="auto" { (words) }
            @if let Some(count) = count { span.count { (component::number(count)) } }
        }
    }
}

/// The way to keep the filter.
fn keep(visitor: &Visitor, asked: &Asked) -> Markup {
    html! {
        details.menu.start data-menu {
            summary.button.quiet.small data-key="s" { (icon("plus")) "Save filter" }
            div.menu-panel {
                form.form method="post" action="/alerts/filters" {
                    (form::token(visitor)) (back(asked))
                    (Field { name: "name", label: "Name", required: true, ..Field::default() }.text("text"))
                    (Field { name: "shared", label: "Others see it too", ..Field::default() }.tick(false))
                    button.button.primary type="submit" { "Save" }
                }
            }
        }
    }
}

/// What a filter can say.
fn fields_help(open: bool) -> Markup {
    html! {
        details.filter-help open[open] {
            summary { "What a filter can say" }
            p { "Kibana's query language: " code { "severity >= high and not assignee:*" } ", " code { "entity:*@contoso.com or title:DMARC" } ", "
                code { "created >= now-24h" } ". A word alone is looked for in titles, reasons, rules and entities." }
            dl.facts { @for (name, words) in QUEUE_FIELDS { div { dt { code { (name) } } dd { (words) } } } }
        }
    }
}

/// The page that a form came from, to be led back to.
fn back(asked: &Asked) -> Markup {
    html! {
        input type="hidden" name="q" value=(asked.q);
        input type="hidden" name="sort" value=(asked.sort);
        input type="hidden" name="page" value=(asked.page);
        input type="hidden" name="size" value=(asked.size);
    }
}

/// Severities stand from the gravest to the least, whatever their counts.
fn by_rank(mut facets: Vec<Facet>) -> Vec<Facet> {
    for facet in facets.iter_mut().filter(|facet| facet.field == "severity") {
        facet.values.sort_by_key(|value| std::cmp::Reverse(component::severity_rank(&value.value)));
    }
    facets
}

/// How many alerts have which values: links that narrow the list, or widen it again.
fn facets(asked: &Asked, facets: Vec<Facet>) -> Markup {
    html! {
        aside.facets aria-label="Narrow the list" {
            @for facet in facets.iter().filter(|facet| !facet.values.is_empty()) {
                details.facet open[matches!(facet.field.as_str(), "severity" | "status")] data-wide-open {
                    summary { (heading(&facet.field)) }
                    ul.chips {
                        @for value in &facet.values {
                            @let term = terms::term(&facet.field, &value.value);
                            @let on = terms::has(&asked.q, &term);
                            @let filter = if on { terms::without(&asked.q, &term) } else { terms::with(&asked.q, &term) };
                            li {
                                a.chip href=(asked.address(&filter, &asked.sort, 1)) aria-current=[on.then_some("true")] {
                                    span dir="auto" {
                                        @match facet.field.as_str() {
                                            "severity" => { (component::severity(&value.label)) }
                                            "status" => { (component::status(&value.label)) }
                                            _ => { (value.label) }
                                        }
                                    }
                                    span.count { (component::number(value.count)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn heading(field: &str) -> &str {
    match field {
        "severity" => "Severity",
        "status" => "Status",
        "rule" => "Rule",
        "entity" => "About",
        "assignee" => "Assignee",
        other => other,
    }
}

/// The alerts, and what can be done with those that are selected.
fn list(visitor: &Visitor, asked: &Asked, queue: &Queue) -> Markup {
    if queue.alerts.is_empty() {
        return component::empty(
            if asked.q.trim().is_empty() { "No open alerts." } else { "No alert matches." },
            html! {
                @if asked.q.trim().is_empty() { "Rules go on looking. " a href="/alerts?q=*" { "Every alert" } }
                @else { "Take a condition out, or look at " a href=(asked.address("*", "", 1)) { "every alert" } "." }
            },
        );
    }
    let selectable = works(visitor);
    let table = Table {
        key: "alerts",
        caption: "Alerts".to_owned(),
        columns: columns(asked),
        rows: queue.alerts.iter().map(|alert| row(alert, selectable)).collect(),
        choice: true,
        form: selectable.then_some("bulk"),
        ..Table::default()
    };
    html! {
        @if selectable { (bulk(visitor, asked)) }
        (table.render())
        (Pager { page: queue.page, size: queue.size, total: queue.total }.render(|page| asked.address(&asked.q, &asked.sort, page)))
    }
}

fn columns(asked: &Asked) -> Vec<Column> {
    let sorted = |key: &str, first: &'static str| {
        let (ascending, descending) = (key.to_owned(), format!("-{key}"));
        let next = match asked.sort.as_str() {
            sort if sort == descending => ascending.clone(),
            sort if sort == ascending => descending.clone(),
            _ if first == "descending" => descending.clone(),
            _ => ascending.clone(),
        };
        let now = match asked.sort.as_str() {
            sort if sort == ascending => Some("ascending"),
            sort if sort == descending => Some("descending"),
            "" if key == "created" => Some("descending"),
            _ => None,
        };
        (asked.address(&asked.q, &next, 1), now)
    };
    let column = |key: &str, name: &str, first: &'static str| {
        let (address, now) = sorted(key, first);
        Column::new(key, name).sort(address, now)
    };
    vec![
        column("severity", "Severity", "descending"),
        column("title", "Alert", "ascending").main(),
        column("entity", "About", "ascending"),
        column("status", "Status", "ascending"),
        column("assignee", "Assignee", "ascending"),
        column("created", "Raised", "descending"),
        column("incident", "Incident", "descending"),
        Column { number: true, ..column("risk", "Risk", "descending") }.hidden(),
        column("event", "Last event", "descending").hidden(),
        column("rule", "Rule", "ascending").hidden(),
        column("technique", "Technique", "ascending").hidden(),
        column("tag", "Tags", "ascending").hidden(),
    ]
}

fn row(alert: &Alert, selectable: bool) -> Row {
    let about = alert.detail.entities.iter().filter(|entity| entity.kind != "MailMessage");
    let cells = vec![
        component::severity(&alert.severity),
        html! {
            a.title href={ "/alerts/" (answer::segment(&alert.id)) } dir="auto" { (cut(&alert.title, TITLE)) }
            p.reason.soft dir="auto" { (cut(&alert.reason, REASON)) }
        },
        html! {
            ul.about { @for entity in about.clone().take(3) { li dir="auto" title=(entity.kind) { (cut(&entity.value, 60)) } } }
            @if about.count() > 3 { span.soft.small { "and more" } }
        },
        html! {
            (component::status(&alert.status))
            @if let Some(verdict) = &alert.verdict { " " (component::verdict(verdict)) }
        },
        html! { span dir="auto" { (alert.assignee.as_deref().unwrap_or_default()) } },
        component::moment(alert.created_at),
        html! { @if let Some(incident) = &alert.incident_id { a href={ "/incidents/" (answer::segment(incident)) } { (incident) } } },
        html! { (alert.risk_score) },
        html! { @if let Some(at) = alert.last_event { (component::moment(at)) } },
        html! { a href={ "/rules/" (answer::segment(&alert.rule_key)) } dir="auto" { (alert.rule_name) } },
        html! { @for attack in &alert.detail.techniques { (component::tag(&attack.id)) " " } },
        html! { @for tag in &alert.detail.tags { (component::tag(tag)) " " } },
    ];
    let row = Row::new(cells);
    if selectable { row.select(&*alert.id, &*alert.title) } else { row }
}

/// A text cut between characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

/// What can be done with the selected alerts.
fn bulk(visitor: &Visitor, asked: &Asked) -> Markup {
    html! {
        form #bulk .bulk data-bulk="bulk" method="post" action="/alerts/change" {
            (form::token(visitor)) (back(asked))
            span.bulk-count data-count { "Selected alerts:" }
            button.button.small type="submit" name="action" value="mine" data-key="a" { (icon("person")) "Take" }
            details.menu.start data-menu {
                summary.button.quiet.small data-key="t" { "Assign" }
                div.menu-panel {
                    (Field { name: "assignee", label: "To", help: "Empty: to nobody.", ..Field::default() }.text("text"))
                    button.button.primary type="submit" name="action" value="assign" { "Assign" }
                }
            }
            details.menu.start data-menu {
                summary.button.quiet.small data-key="c" { (icon("check")) "Close" }
                div.menu-panel {
                    (work::verdict_fields("bulk", false))
                    button.button.primary type="submit" name="action" value="close" { "Close" }
                }
            }
            button.button.quiet.small type="submit" name="action" value="reopen" { "Open again" }
        }
    }
}

async fn change(State(pages): State<Pages>, Analyst(visitor): Analyst, fields: Fields) -> Response {
    let asked = Asked::of(&fields);
    let frame = Frame::new("Alerts", Nav::Alerts, &visitor);
    let ids: Vec<String> = fields.all("id").map(str::to_owned).collect();
    let done = async {
        let (edit, words) = work::edit(&fields, &visitor.name)?;
        Ok((pages.desk.alerts.change(&ids, &edit, &visitor.who()).await?, words))
    };
    match done.await {
        _ if ids.is_empty() => layout::seen(&asked.here(), "Nothing was selected"),
        Ok((results, words)) => layout::seen(&asked.here(), &told(&results, words)),
        Err(fault) => frame.fault(&fault),
    }
}

/// What a change of several alerts has done, in a sentence.
fn told(results: &[(String, Option<Fault>)], words: &str) -> String {
    let failed: Vec<&Fault> = results.iter().filter_map(|(_, fault)| fault.as_ref()).collect();
    let done = results.len() - failed.len();
    let alerts = if done == 1 { "1 alert".to_owned() } else { format!("{done} alerts") };
    match failed.first() {
        None => format!("{words} {alerts}"),
        Some(first) => format!("{words} {alerts}; {} could not be changed: {first}", failed.len()),
    }
}

async fn export(State(pages): State<Pages>, Viewer(visitor): Viewer, Query(asked): Query<Asked>) -> Response {
    match pages.desk.alerts.export(&[], &asked.query(), &asked.form).await {
        Ok(file) => answer::download(file),
        Err(fault) => Frame::new("Alerts", Nav::Alerts, &visitor).fault(&fault),
    }
}

async fn save(State(pages): State<Pages>, Analyst(visitor): Analyst, fields: Fields) -> Response {
    let asked = Asked::of(&fields);
    let kept = async {
        let name = fields
            .get("name")
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .ok_or_else(|| Fault::input("a filter needs a name"))?;
        // What cannot be asked is not kept.
        pages.desk.alerts.queue(&QueueQuery { size: 1, ..asked.query() }).await?;
        let filter = SavedHunt {
            name: name.to_owned(),
            kind: "alerts".to_owned(),
            query: asked.q.clone(),
            language: "kuery".to_owned(),
            shared: fields.get("shared").is_some(),
            ..SavedHunt::default()
        };
        pages.desk.hunts.save(filter, &visitor.name).await
    };
    match kept.await {
        Ok(filter) => layout::seen(&asked.here(), &format!("Saved the filter {}", filter.name)),
        Err(fault) => Frame::new("Alerts", Nav::Alerts, &visitor).fault(&fault),
    }
}

async fn forget(State(pages): State<Pages>, Analyst(visitor): Analyst, Path(id): Path<String>, fields: Fields) -> Response {
    let asked = Asked::of(&fields);
    match pages.desk.hunts.forget(&id, &visitor.name).await {
        Ok(()) => layout::seen(&asked.here(), "The filter is forgotten"),
        Err(fault) => Frame::new("Alerts", Nav::Alerts, &visitor).fault(&fault),
    }
}

#[cfg(test)]
mod tests;
