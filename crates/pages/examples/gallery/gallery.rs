//! Every component with ordinary and with hostile data, on one page.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    sync::Arc,
};

use access::{Access, Arrival, Choice, Secret, Settings};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    routing::get,
};
use chart::{Chart, Kind, Series, X};
use desk::{Colour, JobView, Progress};
use maud::{Markup, html};
use serde_json::json;
use spoofwatch_pages::{
    Pages, Visitor, component as c,
    component::Tone,
    component::form,
    component::markdown,
    layout::{Frame, Key, Nav, icon},
};
use state::State;

const HOSTILE: &str = desk::sample::HOSTILE;
const KEYS: [Key; 2] = [Key { keys: "c", does: "Cancel the job" }, Key { keys: "n", does: "Open the dialog" }];

/// Every page over the sample desk, and the gallery, to somebody who may do everything; `folder` keeps who that is.
pub(crate) async fn routes(folder: &Path) -> Result<Router, Box<dyn Error>> {
    let desk = desk::sample::desk();
    let state = State::scratch(folder, "state.db").await?;
    let access = Access::new(state, Settings::default(), Arc::clone(&desk.clock)).shown_by(spoofwatch_pages::refused());
    let cookie = signed_in(&access).await?;
    let pages = spoofwatch_pages::routes(Pages { desk: desk.clone(), access: access.clone() });
    let routes = Router::new()
        .route("/gallery", get(gallery))
        .route("/gallery/wide", get(wide_results))
        .merge(pages)
        .merge(server::api::routes(desk));
    // Everybody is the same administrator, and every form is from a page of ours.
    let sign_in = middleware::map_request(move |mut request: Request| {
        request.headers_mut().entry(header::COOKIE).or_insert(cookie.clone());
        async { request }
    });
    Ok(routes.layer(access.layer()).layer(sign_in))
}

/// The cookie of the first administrator.
async fn signed_in(access: &Access) -> Result<HeaderValue, Box<dyn Error>> {
    let link = access.first_run().await?.ok_or("there is somebody already")?;
    let token = link.path.rsplit('/').next().unwrap_or_default();
    let choice = Choice {
        name: "ana@contoso.com".to_owned(),
        display: "Ana".to_owned(),
        password: Secret::new("green kettle on a hill".to_owned()),
    };
    let arrival = Arrival {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        https: false,
        host: "127.0.0.1".to_owned(),
        agent: "gallery".to_owned(),
    };
    let signed_in = access.redeem(token, choice, &arrival, None).await?;
    let cookie = signed_in.cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
    Ok(HeaderValue::from_str(&cookie)?)
}

async fn gallery(visitor: Visitor) -> Response {
    Frame::new(format!("Gallery {HOSTILE}"), Nav::Alerts, &visitor)
        .crumb("Alerts", "/alerts")
        .crumb(HOSTILE, "/gallery")
        .lead(html! { (c::severity("high")) (c::status("in_progress")) "raised " (c::moment(desk::sample::NOW)) })
        .actions(html! {
            (c::opener("ask", "Open dialog", Some("n")))
            button.button.danger type="button" { "Delete" }
            button.button.primary type="button" { "Close alert" }
        })
        .tabs(c::tabs("Parts", &[("Evidence", "/gallery".to_owned()), ("Timeline", "/gallery?t".to_owned()), ("Guide", "#".to_owned())], 0))
        .keys(&KEYS)
        .render(html! {
            (tiles())
            (list())
            div.split {
                div.stack { (charts()) (words()) }
                div.stack { (side(&visitor)) }
            }
            (c::dialog("ask", "Close the alert?", html! {
                form.form method="dialog" {
                    (c::Field { name: "verdict", label: "Verdict", value: "b", required: true, ..c::Field::default() }
                        .select(&[("a", "True positive"), ("b", "Benign positive")]))
                    (c::Field { name: "comment", label: "Comment", help: "It stands in the record.", ..c::Field::default() }.area(3, false))
                    div.dialog-foot {
                        button.button value="cancel" formnovalidate { "Cancel" }
                        button.button.primary value="ok" { "Close alert" }
                    }
                }
            }))
        })
}

/// A result of 200 columns on a page of its own: axe compares everything on a page with everything.
async fn wide_results(visitor: Visitor) -> Response {
    Frame::new("Wide results", Nav::Hunt, &visitor).crumb("Gallery", "/gallery").render(wide())
}

fn tiles() -> Markup {
    let past: Vec<u64> = (0..30).map(|at| (at * 7919) % 97).collect();
    let tile = |label, value: &str, note: &str, tone| c::Tile {
        label,
        value: value.to_owned(),
        note: note.to_owned(),
        tone,
        address: Some("/gallery".to_owned()),
        picture: Some(c::sparkline(&past, &format!("{label} over 30 days"))),
    };
    html! {
        div.tiles {
            (tile("Messages", "1,204,551", "usually 1.1 million", Tone::Quiet).render())
            (tile("DKIM failures", "3.4 %", "usually 1.2 %", Tone::Warn).render())
            (tile("Critical alerts", "2", "usually 0", Tone::Critical).render())
            (tile("Own domains at p=reject", "11 of 12", "", Tone::Good).render())
            (tile("Rules in trouble", "4", "2 failed, 2 silent", Tone::Bad).render())
        }
    }
}

fn list() -> Markup {
    let columns = vec![
        c::Column::new("severity", "Severity").sort("?sort=severity", Some("descending")),
        c::Column::new("title", "Title").sort("?sort=title", None),
        c::Column::new("status", "Status"),
        c::Column::new("who", "Assignee"),
        c::Column::number("risk", "Risk"),
        c::Column::new("at", "Raised"),
        c::Column::new("id", "Id").hidden(),
    ];
    let titles = ["DKIM signing was disabled for contoso.com", HOSTILE, "Accepted domain with DMARC temperror", &"W".repeat(300)];
    let severities = ["critical", "high", "medium", "low", "informational"];
    let rows = (0..12_usize).map(|at| {
        let title = titles[at % titles.len()];
        c::Row::new(vec![
            c::severity(severities[at % severities.len()]),
            html! { a href={ "/gallery?" (at) } dir="auto" { (title) } },
            c::status(["new", "in_progress", "closed"][at % 3]),
            html! { (["ana@contoso.com", "", HOSTILE][at % 3]) },
            html! { (at * 9) },
            c::moment(desk::sample::NOW - i64::try_from(at).unwrap_or(0) * 7_777_000_000),
            html! { code { "a7f3-" (at) } },
        ])
        .select(at.to_string(), title)
    });
    html! {
        section.stack aria-label="Queue" {
            (c::filter("/gallery", "q", "Filter", "severity:high and not assignee:*", "severity:high", html! {
                (c::Field { name: "size", label: "On a page", value: "50", ..c::Field::default() }.select(&[("50", "50"), ("100", "100")]))
            }))
            (c::chips("Severity", &[
                ("Critical".to_owned(), 2, "?a".to_owned(), true),
                ("High".to_owned(), 1204, "?b".to_owned(), false),
                (HOSTILE.to_owned(), 1, "?c".to_owned(), false),
            ]))
            (c::Table {
                key: "queue",
                caption: "Alerts".to_owned(),
                columns,
                rows: rows.collect(),
                choice: true,
                form: Some("bulk"),
                ..c::Table::default()
            }.render())
            form.bulk #bulk data-bulk="bulk" method="get" action="/gallery" {
                span data-count { "Selected rows" }
                button.button type="submit" { "Assign to me" }
            }
            (c::Pager { page: 2, size: 50, total: 1234 }.render(|page| format!("?page={page}")))
        }
    }
}

fn chart(kind: Kind, title: &str, series: usize) -> Chart {
    let hours = (0..48_i64).map(|at| desk::sample::NOW - (48 - at) * 3_600_000_000).collect();
    let series = (0..series).map(|one| {
        let values = (0..48_usize).map(|at| Some(((at * 37 + one * 53) % 71 + one * 20) as f64)).collect();
        Series::new(["fail", "softfail", "temperror", "pass", HOSTILE][one % 5], values)
    });
    Chart {
        title: title.to_owned(),
        y_title: "messages".to_owned(),
        series: series.collect(),
        ..Chart::new(kind, X::Time(hours))
    }
}

fn charts() -> Markup {
    let slices = Chart {
        title: "DMARC by disposition".to_owned(),
        series: vec![Series::new("count_", vec![Some(70.0), Some(20.0), Some(7.0), Some(3.0), Some(12.0), Some(9.0)])],
        ..Chart::new(
            Kind::Piechart,
            X::Category(["none", "quarantine", "reject", HOSTILE, "oreject", "pct"].map(str::to_owned).to_vec()),
        )
    };
    html! {
        (c::card("DKIM over two days", c::figure(&chart(Kind::Timechart, "DKIM failures", 4))))
        div.columns {
            (c::card("Columns", c::figure(&chart(Kind::Columnchart, HOSTILE, 1))))
            (c::card("Slices", c::figure(&slices)))
        }
    }
}

fn words() -> Markup {
    let query =
        "EmailEvents\n| where Timestamp > ago(1d) and DmarcResult == \"fail\" // today\n| summarize count() by SenderFromDomain";
    let colours =
        [(12, 13, "pipe"), (14, 19, "operator"), (32, 35, "function"), (36, 38, "number"), (44, 55, "keyword"), (59, 65, "text")];
    let colours: Vec<Colour> =
        colours.into_iter().map(|(start, end, class)| Colour { start, end, class: class.to_owned() }).collect();
    let guide = format!(
        "# Triage\n\nLook at the *sender* first. {HOSTILE}\n\n1. Open [the report](https://learn.microsoft.com/kusto)\n2. Never [this](javascript:alert(1))\n\n\
         ```kql\nEmailEvents | take 10\n```\n\n| result | meaning |\n| --- | --- |\n| fail | not signed |\n\n## Containment\n\n- block `{}`\n",
        "x".repeat(200)
    );
    html! {
        (c::card_with("Query", html! { a.button.quiet href="/hunt" { (icon("play")) "Run" } }, c::code(query, &colours)))
        (c::card("Guide", html! { (c::markdown(&guide, markdown::plain)) }))
        (c::card("Versions", c::diff("name: a\nseverity: low\nquery: x\n", "name: a\nseverity: high\nquery: x\nowner: soc\n")))
    }
}

fn side(visitor: &Visitor) -> Markup {
    let job = JobView {
        id: "1".to_owned(),
        kind: "backtest".to_owned(),
        state: "running".to_owned(),
        progress: Progress { done: 12, all: 30, words: "Replaying 2026-11-12".to_owned() },
        started_at: desk::sample::NOW,
        fault: String::new(),
    };
    let mut shown = html! { (c::progress(&job, "/gallery", visitor)) }.into_string();
    // Nothing goes on here: it stands still to be looked at.
    shown = shown.replace("data-job", "data-still");
    html! {
        (c::card("Facts", c::facts(&[
            ("Domain", html! { "contoso.com" }),
            ("Subject", c::cell(HOSTILE)),
            ("Details", c::json(&json!({"DKIM": "fail", "SPF": {"result": "pass", "ip": "192.0.2.1"}, "list": [1, 2, null]}))),
            ("Header", c::cell(&"Received: from mail.example.com by ".repeat(40))),
            ("Took", html! { (c::duration(93_784_000_000)) }),
        ])))
        (c::card("Badges", html! {
            p.row { @for one in ["critical", "high", "medium", "low", "informational", "odd"] { (c::severity(one)) } }
            p.row { @for one in ["new", "in_progress", "closed", "verified", "failed"] { (c::status(one)) } }
            p.row { @for one in ["pass", "fail", "softfail", "temperror", "none", "true_positive"] { (c::verdict(one)) } (c::tag("T1672")) }
        }))
        (c::notice(Tone::Warn, html! { p { strong { "Telemetry has gone quiet: " } "no rows in EmailEvents for 3 h." } }))
        (c::notice(Tone::Bad, html! { p { "The database is locked." } }))
        (c::notice(Tone::Good, html! { p { "Verified by two name servers." } }))
        (c::notice(Tone::Info, html! { p { "Nothing to do." } }))
        (maud::PreEscaped(shown))
        (c::card("Form", form::post(visitor, "/gallery", html! {
            div.form {
                (c::Field { name: "owner", label: "Owner", help: "Who answers for it.", value: HOSTILE, ..c::Field::default() }.text("text"))
                (c::Field { name: "expires", label: "Ends", error: "That is no date: write 2027-01-31.", value: "soon", ..c::Field::default() }.text("text"))
                (c::Field { name: "query", label: "Query", value: "EmailEvents\n| take 10", ..c::Field::default() }.area(4, true))
                (c::Field { name: "enabled", label: "Enabled", help: "It runs every 5 minutes.", ..c::Field::default() }.tick(true))
                div.actions { button.button.primary type="submit" { "Save" } button.button type="button" disabled { "Test" } }
            }
        })))
        (c::card("Nothing", c::empty("No alerts", html! { "Nothing was raised in the last 30 days. " a href="/rules" { "Look at the rules" } })))
    }
}

fn wide() -> Markup {
    let columns =
        (0..200).map(|at| c::Column::new(format!("c{at}"), if at == 9 { HOSTILE.to_owned() } else { format!("Column{at}") }));
    let values =
        [json!("text"), json!(HOSTILE), json!(3.5), json!(null), json!({"a": [1, {"b": HOSTILE}]}), json!("x".repeat(5000))];
    let rows = (0..20_usize).map(|row| {
        c::Row::new((0..200_usize).map(|at| c::json(&values[if at < 24 { (row + at) % values.len() } else { 2 }])).collect())
    });
    c::card(
        "Results",
        html! {
            (c::Table {
                key: "results",
                caption: "3 rows of 200 columns".to_owned(),
                columns: columns.collect(),
                rows: rows.collect(),
                narrow: c::Narrow::Scroll,
                choice: true,
                sortable: true,
                ..c::Table::default()
            }.render())
        },
    )
}
