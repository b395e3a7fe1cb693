//! `/`: today against the usual. Figures, open alerts, what is in trouble, what has gone quiet, results over time, failures by own domain.

use access::Viewer;
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use desk::{Figure, Overview, Panel, Quiet, Trouble};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Pages, answer,
    component::{self, Column, Row, Table, Tile, Tone},
    layout::{Frame, Key, Nav, icon},
    terms,
};

/// How far charts can look back, in days.
const SPANS: [u32; 4] = [7, 14, 30, 90];
/// How far they do where nobody says.
const SPAN: u32 = 14;

const KEYS: [Key; 1] = [Key { keys: "o", does: "Open the most severe alert" }];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    days: Option<u32>,
}

async fn show(State(pages): State<Pages>, Viewer(visitor): Viewer, Query(asked): Query<Asked>) -> Response {
    let days = asked.days.unwrap_or(SPAN).clamp(1, 365);
    let frame = Frame::new("Overview", Nav::Overview, &visitor).keys(&KEYS);
    let overview = match pages.desk.overviews.overview(days).await {
        Ok(overview) => overview,
        Err(fault) => return frame.fault(&fault),
    };
    frame.lead(html! { span { "The last 24 hours, as of " (component::moment(overview.now)) } }).actions(spans(days)).render(
        html! {
            (wrong(&overview.troubles, &overview.quiet))
            div.tiles.figures { @for figure in &overview.figures { (tile(figure)) } }
            div.split data-live="alert" {
                (alerts(&overview))
                (severities(&overview))
            }
            div.charts { @for panel in &overview.charts { (chart(panel)) } }
            @if !overview.domains.rows.is_empty() { (domains(&overview)) }
        },
    )
}

fn spans(days: u32) -> Markup {
    let values: Vec<(String, String, bool)> =
        SPANS.iter().map(|span| (format!("{span} days"), format!("/?days={span}"), *span == days)).collect();
    html! {
        ul.chips aria-label="How far charts look back" {
            @for (words, address, chosen) in &values {
                li { a.chip href=(address) aria-current=[chosen.then_some("true")] { (words) } }
            }
        }
    }
}

/// What is wrong at the moment, before anything else.
fn wrong(troubles: &[Trouble], quiet: &[Quiet]) -> Markup {
    html! {
        @if !troubles.is_empty() {
            (component::notice(Tone::Bad, html! {
                p { strong { "In trouble" } }
                ul {
                    @for trouble in troubles {
                        li {
                            // A page of this console; whatever else stands there leads nowhere.
                            @if trouble.page.starts_with('/') && !trouble.page.starts_with("//") { a href=(trouble.page) dir="auto" { (trouble.about) } }
                            @else { strong dir="auto" { (trouble.about) } }
                            ": " (component::prose(&trouble.what))
                        }
                    }
                }
            }))
        }
        @if !quiet.is_empty() {
            (component::notice(Tone::Warn, html! {
                p { strong { "Gone quiet" } }
                ul {
                    @for table in quiet {
                        li {
                            a href=(answer::address("/hunt", &[("q", &format!("{}\n| where Timestamp > ago(7d)\n| summarize count() by bin(Timestamp, 1h)\n| render timechart", table.table))])) { (table.table) }
                            ": nothing since " (component::moment(table.last)) ", where " (component::duration(table.usual_us)) " is the longest pause that is usual"
                        }
                    }
                }
            }))
        }
    }
}

/// A figure against the usual.
fn tile(figure: &Figure) -> Markup {
    let worse = figure.usual.is_some_and(|usual| {
        let apart = (figure.value - usual).abs() > usual.abs() * 0.25;
        apart && ((figure.bad == "up" && figure.value > usual) || (figure.bad == "down" && figure.value < usual))
    });
    let highest = figure.days.iter().copied().filter(|value| value.is_finite()).fold(0.0_f64, f64::max);
    // A sparkline is drawn of whole numbers: thousandths of the highest are finer than its pixels.
    let scale = if highest > 0.0 { 1000.0 / highest } else { 0.0 };
    let days: Vec<u64> = figure.days.iter().map(|value| (value.max(0.0) * scale).round() as u64).collect();
    let note = match figure.usual {
        Some(usual) => format!("usually {}", amount(usual, &figure.unit)),
        None => "not known yet what is usual".to_owned(),
    };
    let label = format!("{} a day over {} days", figure.label, figure.days.len());
    Tile {
        label: &figure.label,
        value: amount(figure.value, &figure.unit),
        note,
        tone: if worse { Tone::Bad } else { Tone::Quiet },
        address: (!figure.hunt.is_empty()).then(|| answer::address("/hunt", &[("q", &figure.hunt)])),
        picture: (days.len() > 1).then(|| component::sparkline(&days, &label)),
    }
    .render()
}

/// A number as people read it: with a sign of percent, or with commas.
fn amount(value: f64, unit: &str) -> String {
    if unit == "percent" {
        return format!("{value:.1} %");
    }
    if value.fract() != 0.0 && value.abs() < 100.0 {
        return format!("{value:.1}");
    }
    component::number(value.max(0.0).round() as u64)
}

fn alerts(overview: &Overview) -> Markup {
    let body = html! {
        @if overview.alerts.is_empty() {
            (component::empty("No open alerts.", html! { a href="/alerts?q=*" { "Every alert" } }))
        } @else {
            ul.related.severe data-list {
                @for (place, alert) in overview.alerts.iter().enumerate() {
                    li data-row {
                        a.title href={ "/alerts/" (answer::segment(&alert.id)) } data-key=[(place == 0).then_some("o")] dir="auto" { (alert.title) }
                        p.reason.soft dir="auto" { (super::alerts::cut(&alert.reason, 180)) }
                        p.row.small { (component::severity(&alert.severity)) (component::status(&alert.status)) span.soft { (component::moment(alert.created_at)) } }
                    }
                }
            }
        }
    };
    component::card_with("Most severe open alerts", html! { a href="/alerts" { "All open alerts" } }, body)
}

fn severities(overview: &Overview) -> Markup {
    let most = overview.severities.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    component::card(
        "Open alerts by severity",
        html! {
            ul.bars {
                @for (severity, count) in &overview.severities {
                    li {
                        a href=(answer::address("/alerts", &[("q", &terms::with("", &terms::term("severity", severity)))])) { (component::severity(severity)) }
                        (component::bar(*count, most, component::severity_class(severity)))
                        strong { (component::number(*count)) }
                    }
                }
            }
        },
    )
}

fn chart(panel: &Panel) -> Markup {
    let hunt = html! {
        @if !panel.hunt.is_empty() { a href=(answer::address("/hunt", &[("q", &panel.hunt)])) aria-label={ "Hunt: " (panel.title) } { (icon("hunt")) } }
    };
    let body = match (&panel.sheet.chart, &panel.sheet.chart_fault) {
        (Some(chart), _) => component::figure(chart),
        (None, Some(fault)) => html! { p.soft { "No chart: " (fault) } },
        (None, None) => html! { p.soft { "Nothing to draw." } },
    };
    component::card_with(&panel.title, hunt, body)
}

/// Failures by own domain.
fn domains(overview: &Overview) -> Markup {
    let sheet = &overview.domains;
    let is_number = |ty: &str| matches!(ty, "int" | "long" | "real" | "decimal");
    let columns =
        sheet.columns.iter().map(|column| Column { number: is_number(&column.ty), ..Column::new(&*column.name, &*column.name) });
    let row = |row: &Vec<Value>| {
        let cells = row.iter().enumerate().map(|(place, value)| match (place, value) {
            (0, Value::String(domain)) => html! { a href={ "/domains/" (answer::segment(domain)) } dir="auto" { (domain) } },
            (_, Value::Number(number)) => {
                html! { @if let Some(count) = number.as_u64() { (component::number(count)) } @else { (number) } }
            }
            (_, other) => component::json(other),
        });
        Row::new(cells.collect())
    };
    let table = Table {
        key: "failures",
        caption: "Failures by own domain".to_owned(),
        columns: columns.collect(),
        rows: sheet.rows.iter().map(row).collect(),
        sortable: true,
        ..Table::default()
    };
    component::card_with("Failures by own domain", html! { a href="/domains" { "Domains" } }, table.render())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn today_stands_against_the_usual() {
        let page = Browser::of(Role::Viewer).get("/").await;
        assert_eq!(page.status, 200);
        for words in [
            "48,211",
            "usually 46,900",
            "tile bad",
            "4.8 %",
            "In trouble",
            "Gone quiet",
            "UrlClickEvents",
            "Most severe open alerts",
            "shop.contoso.com",
        ] {
            assert!(page.text.contains(words), "{words}");
        }
        assert_eq!(page.text.matches("figure class=\"chart\"").count(), 6);
    }

    #[tokio::test]
    async fn the_span_of_charts_stands_in_the_address() {
        let page = Browser::of(Role::Viewer).get("/?days=30").await;
        assert!(page.text.contains("href=\"/?days=30\" aria-current=\"true\""));
        assert_eq!(Browser::of(Role::Viewer).get("/?days=abc").await.status, 400);
    }

    #[tokio::test]
    async fn what_is_hostile_is_shown_and_leads_nowhere() {
        let page = Browser::of(Role::Viewer).get("/").await;
        assert!(page.text.contains("&lt;script&gt;alert") && !page.text.contains("<script>alert"));
        assert!(!page.text.contains("href=\"javascript:"));
    }

    #[test]
    fn amounts_are_read_by_people() {
        for (value, unit, words) in [
            (4.84, "percent", "4.8 %"),
            (48_211.0, "count", "48,211"),
            (1.5, "count", "1.5"),
            (-3.0, "count", "0"),
            (f64::NAN, "count", "0"),
        ] {
            assert_eq!(amount(value, unit), words);
        }
    }
}
