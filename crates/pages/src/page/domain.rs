//! `/domains/{name}`: one domain: what is wrong, what an attacker could do with that, exactly what closes it; its score, keys, fixes, past.

use std::{sync::Arc, time::Duration};

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use chart::{Chart, Kind, Series, X};
use desk::{DomainView, FixLine, KeyLine, Outcome};
use maud::{Markup, html};
use serde::Deserialize;

use super::domains::{controls, forgeable, score};
use crate::{
    Pages, Role, Visitor,
    answer::{needs, segment, until_ended},
    component::{
        Column, Narrow, Row, Table, Tone, card, card_with, cell, empty, figure, finding, form, history, moment, notice, progress,
        status,
    },
    layout::{self, Frame, Key, Nav, icon},
};

/// How long the answer waits for a look before it is shown under way.
const PATIENCE: Duration = Duration::from_millis(700);

const KEYS: [Key; 1] = [Key { keys: "l", does: "Look at the domain again" }];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/domains/{name}", get(show)).route("/domains/{name}/look", post(look))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// A look that is under way, or has ended.
    job: String,
}

fn address(name: &str) -> String {
    format!("/domains/{}", segment(name))
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Path(name): Path<String>, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new(&name, Nav::Domains, &visitor).crumb("Domains", "/domains");
    let domain = match pages.desk.domains.domain(&name).await {
        Ok(domain) => domain,
        Err(fault) => return frame.fault(&fault),
    };
    let under_way = if asked.job.is_empty() {
        html! {}
    } else {
        match pages.desk.jobs.look(&asked.job, &visitor.name) {
            Ok(job) if job.state == "running" => {
                let here = address(&name);
                progress(&job, &format!("{here}?job={}", segment(&job.id)), &visitor)
            }
            Ok(job) if job.state == "done" => notice(Tone::Good, html! { "Looked at again just now." }),
            Ok(job) if job.state == "cancelled" => {
                notice(Tone::Quiet, html! { "The look was cancelled. What stands here is from before." })
            }
            Ok(job) => notice(Tone::Bad, html! { "The look failed: " (cell(&job.fault)) }),
            Err(_) => html! {},
        }
    };
    let again = html! {
        @if visitor.works() {
            (form::post(&visitor, &format!("{}/look", address(&name)), html! {
                button.button type="submit" data-key="l" { (icon("hunt")) "Look again" }
            }))
        }
    };
    let lead = html! {
        (forgeable(&domain.line.spoofable))
        (score(domain.line.score))
        @match domain.line.looked { Some(at) => span { "looked at " (moment(at)) }, None => span { "never looked at" } }
    };
    frame.lead(lead).actions(again).keys(&KEYS).render(html! {
        (under_way)
        (because(&domain))
        div.split { div.stack { (findings(&visitor, &domain)) (records(&domain)) } div.stack { (beside(&domain)) } }
    })
}

fn because(domain: &DomainView) -> Markup {
    let tone = match domain.line.spoofable.as_str() {
        "yes" => Tone::Critical,
        "partly" => Tone::Warn,
        "no" => Tone::Good,
        _ => Tone::Quiet,
    };
    html! {
        (notice(tone, html! {
            strong { "Can a stranger send mail as " bdi { (domain.line.name) } " today?" }
            p dir="auto" { (domain.line.because) }
        }))
    }
}

fn findings(visitor: &Visitor, domain: &DomainView) -> Markup {
    html! {
        section.stack aria-labelledby="findings" {
            h2 #findings { "What is wrong" @if !domain.findings.is_empty() { " (" (domain.findings.len()) ")" } }
            @if domain.findings.is_empty() {
                @if domain.line.looked.is_some() && domain.line.score.is_some() { (empty("Nothing was found", html! { "The checks have nothing to say against this domain." })) }
                @else { (empty("Nothing is known yet", html! { "Look at the domain again: its DNS records are asked for, and judged." })) }
            }
            @for (place, found) in domain.findings.iter().enumerate() { (finding(visitor, found, place)) }
        }
    }
}

/// Score, controls, keys, fixes, past.
fn beside(domain: &DomainView) -> Markup {
    html! {
        (card("Controls", controls(&domain.line.controls)))
        @if domain.line.scores.len() > 1 { (card("Score over time", figure(&scores(domain)))) }
        (card_with("DKIM keys", html! { a.button.small.quiet href="/domains/keys" { "All keys" } }, keys(&domain.keys)))
        (card_with("Fixes", html! { a.button.small.quiet href="/fixes" { "All fixes" } }, fixes(&domain.fixes)))
        (card("History", html! { @if domain.history.is_empty() { (empty("Nothing has happened yet", html! {})) } @else { (history(&domain.history)) } }))
    }
}

fn scores(domain: &DomainView) -> Chart {
    let (times, values): (Vec<i64>, Vec<Option<f64>>) =
        domain.line.scores.iter().map(|(at, points)| (*at, Some(f64::from(*points)))).unzip();
    let mut chart = Chart::new(Kind::Timechart, X::Time(times));
    chart.series = vec![Series::new("Score", values)];
    (chart.y_min, chart.y_max) = (Some(0.0), Some(100.0));
    chart
}

fn keys(keys: &[KeyLine]) -> Markup {
    html! {
        @if keys.is_empty() { (empty("No key signs for it", html! {})) }
        ul.plain {
            @for key in keys {
                li {
                    div.row { code { (cell(&key.selector)) } span.soft { (key.algorithm) @if key.bits > 0 { " " (key.bits) } } (status(&key.state)) }
                    @if !key.trouble.is_empty() { div.small.bad { (cell(&key.trouble)) } }
                }
            }
        }
    }
}

/// Fixes, a line each.
fn fixes(fixes: &[FixLine]) -> Markup {
    html! {
        @if fixes.is_empty() { (empty("No fix yet", html! { "Propose one at a finding." })) }
        ul.plain {
            @for fix in fixes {
                li { div.row { (status(&fix.status)) a href={ "/fixes/" (segment(&fix.id)) } dir="auto" { (fix.title) } } }
            }
        }
    }
}

fn records(domain: &DomainView) -> Markup {
    let row = |(name, kind, value): &(String, String, String)| {
        Row::new(vec![html! { code { (cell(name)) } }, html! { code { (kind) } }, html! { code { (cell(value)) } }])
    };
    let table = Table {
        key: "records",
        caption: "Records as they were seen".to_owned(),
        columns: vec![Column::new("name", "Name"), Column::new("type", "Type"), Column::new("value", "Value")],
        rows: domain.records.iter().map(row).collect(),
        narrow: Narrow::Cards,
        ..Table::default()
    };
    html! { @if !domain.records.is_empty() { (card("Records as they were seen", table.render())) } }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Nothing {}

async fn look(State(pages): State<Pages>, visitor: Visitor, Path(name): Path<String>, Form(_): Form<Nothing>) -> Response {
    let frame = Frame::new(&name, Nav::Domains, &visitor).crumb("Domains", "/domains");
    let begun = async {
        needs(&visitor, Role::Analyst, "looking again")?;
        // What does not exist is not looked for.
        pages.desk.domains.domain(&name).await?;
        let (domains, wanted) = (Arc::clone(&pages.desk.domains), name.clone());
        let work = move |work| async move { domains.look(&wanted, &work).await.map(Outcome::Domain) };
        let id = pages.desk.jobs.start(&visitor.name, "look", work)?;
        until_ended(&pages.desk.jobs, &id, &visitor.name, PATIENCE).await
    };
    match begun.await {
        Ok(job) if job.state == "done" => layout::seen(&address(&name), "Looked at again"),
        Ok(job) => Redirect::to(&format!("{}?job={}", address(&name), segment(&job.id))).into_response(),
        Err(fault) => frame.fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn a_finding_says_what_could_be_done_and_what_to_publish() {
        let page = Browser::of(Role::Analyst).get("/domains/shop.example").await;
        assert_eq!(page.status, 200);
        for words in [
            "What an attacker could do",
            "v=spf1 include:_spf.example.org ~all",
            "data-copy=\"v=spf1 include:_spf.example.org ~all\"",
            "Look again",
            "href=\"/fixes/f38b0c9d12ae4f60\"",
        ] {
            assert!(page.text.contains(words), "{words}");
        }
    }

    #[tokio::test]
    async fn what_others_publish_is_text() {
        let page = Browser::of(Role::Viewer).get("/domains/shop.example").await;
        assert!(page.text.contains("&lt;script&gt;alert(") && !page.text.contains("<script>alert"));
    }

    #[tokio::test]
    async fn a_viewer_neither_looks_again_nor_proposes() {
        let viewer = Browser::of(Role::Viewer);
        let page = viewer.get("/domains/example.net").await;
        assert!(!page.text.contains("Look again") && !page.text.contains("Propose a fix"));
        assert_eq!(viewer.post("/domains/example.net/look", &[]).await.status, 403);
    }

    #[tokio::test]
    async fn a_look_that_is_done_is_seen_and_one_that_lasts_can_be_cancelled() {
        let analyst = Browser::of(Role::Analyst);
        assert_eq!(analyst.post("/domains/contoso.com/look", &[]).await.location, "/domains/contoso.com?said=Looked+at+again");
        let lasting = analyst.post("/domains/news.example/look", &[]).await;
        assert!(lasting.location.starts_with("/domains/news.example?job="), "{}", lasting.location);
        let page = analyst.get(&lasting.location).await;
        assert!(page.text.contains("asking the name servers of news.example") && page.text.contains("Cancel"), "{}", page.text);
    }

    #[tokio::test]
    async fn what_is_no_domain_is_not_found() {
        let analyst = Browser::of(Role::Analyst);
        for name in ["nosuch.example", "..%2F..%2Fetc%2Fpasswd", "%00", "<script>"] {
            let address = format!("/domains/{}", name.replace('<', "%3C").replace('>', "%3E"));
            assert_eq!(analyst.get(&address).await.status, 404, "{name}");
            assert_eq!(analyst.post(&format!("{address}/look"), &[]).await.status, 404, "{name}");
        }
    }
}
