//! `/domains`: every own domain, those that can be forged first: score, why, controls, findings.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use desk::DomainLine;
use maud::{Markup, html};
use serde::Deserialize;
use state::Moment;

use crate::{
    Pages, Visitor,
    answer::segment,
    component::{Column, Row, Table, Tile, Tone, badge, empty, moment, severity, sparkline, tabs},
    layout::{Frame, Key, Nav},
};

const KEYS: [Key; 1] = [Key { keys: "f", does: "Only those that can be forged" }];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/domains", get(show))
}

/// The parts of the area; `active` is the number of the one that is shown.
pub(super) fn parts(active: usize) -> Markup {
    let parts = [
        ("Domains", "/domains".to_owned()),
        ("DKIM keys", "/domains/keys".to_owned()),
        ("Microsoft 365 tenant", "/domains/tenant".to_owned()),
        ("Fixes", "/fixes".to_owned()),
    ];
    tabs("Domains", &parts, active)
}

/// The verdict on whether a name can be forged today.
pub(super) fn forgeable(spoofable: &str) -> Markup {
    let (tone, words) = match spoofable {
        "yes" => (Tone::Critical, "can be forged"),
        "partly" => (Tone::Warn, "partly"),
        "no" => (Tone::Good, "cannot be forged"),
        _ => (Tone::Quiet, "not known"),
    };
    badge(tone, words)
}

/// The controls of a domain, each with its state as a sign, a colour and a word.
pub(super) fn controls(controls: &[(String, String)]) -> Markup {
    html! {
        ul.controls aria-label="Controls" {
            @for (name, state) in controls {
                @let (tone, sign, words) = control(state);
                li.control.(tone.class()) title={ (name) ": " (words) } {
                    span.control-name { (name) } span aria-hidden="true" { (sign) } span.sr-only { ": " (words) }
                }
            }
        }
    }
}

/// A control's state: its tone, a sign, words.
fn control(state: &str) -> (Tone, &'static str, &'static str) {
    match state {
        "good" => (Tone::Good, "✓", "as it should be"),
        "weak" => (Tone::Warn, "~", "there, and weak"),
        "missing" => (Tone::Quiet, "–", "not there"),
        "broken" => (Tone::Bad, "✕", "there, and broken"),
        _ => (Tone::Quiet, "?", "not known"),
    }
}

/// A score as a number and a bar.
pub(super) fn score(score: Option<u32>) -> Markup {
    html! {
        @match score {
            Some(points) => span.score {
                span.score-number { (points) }
                meter min="0" max="100" low="50" high="80" optimum="100" value=(points.min(100)) { (points) " of 100" }
            },
            None => span.soft { "not yet" },
        }
    }
}

/// Scores over time, without axes.
fn past(scores: &[(Moment, u32)]) -> Markup {
    let values: Vec<u64> = scores.iter().map(|(_, points)| u64::from(*points)).collect();
    html! {
        @if let ([first, ..], [.., last]) = (values.as_slice(), values.as_slice()) {
            @if values.len() > 1 { (sparkline(&values, &format!("from {first} to {last}"))) }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Only domains of this verdict: `yes`, `partly`, `no`, `unknown`; empty: all.
    forgeable: String,
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Domains", Nav::Domains, &visitor).tabs(parts(0)).keys(&KEYS);
    let lines = match pages.desk.domains.domains().await {
        Ok(lines) => lines,
        Err(fault) => return frame.fault(&fault),
    };
    let frame =
        frame.lead(html! { "Whether a stranger can send mail in the name of your domains today, and what closes the hole." });
    if lines.is_empty() {
        let help = html! { "Name your domains under " a href="/settings/accepted-domains" { "Settings, Accepted domains" } "." };
        return frame.render(empty("No own domain is known", help));
    }
    let wanted: Vec<&DomainLine> =
        lines.iter().filter(|line| asked.forgeable.is_empty() || line.spoofable == asked.forgeable).collect();
    frame.render(html! {
        (tiles(&lines, &asked.forgeable))
        @if wanted.is_empty() { (empty("No domain fits", html! { a href="/domains" { "Show all domains" } })) }
        @else { (table(&wanted).render()) }
        p.soft.small { "✓ as it should be · ~ weak · – not there · ✕ broken · ? not known. A score of 100 leaves an attacker nothing to use." }
    })
}

fn tiles(lines: &[DomainLine], asked: &str) -> Markup {
    let tiles = [
        ("yes", "Can be forged today", Tone::Critical),
        ("partly", "Partly", Tone::Warn),
        ("unknown", "Not known", Tone::Quiet),
        ("no", "Cannot be forged", Tone::Good),
    ];
    html! {
        div.tiles {
            @for (verdict, label, tone) in tiles {
                @let count = lines.iter().filter(|line| line.spoofable == verdict).count();
                (Tile {
                    label,
                    value: count.to_string(),
                    tone: if count == 0 { Tone::Quiet } else { tone },
                    note: if asked == verdict { "shown below; press for all".to_owned() } else { String::new() },
                    address: Some(if asked == verdict { "/domains".to_owned() } else { format!("/domains?forgeable={verdict}") }),
                    picture: None,
                }.render())
            }
        }
        a.sr-only href="/domains?forgeable=yes" data-key="f" tabindex="-1" { "Only those that can be forged" }
    }
}

fn table(lines: &[&DomainLine]) -> Table {
    let row = |line: &&DomainLine| {
        Row::new(vec![
            html! {
                a.strong href={ "/domains/" (segment(&line.name)) } dir="auto" { (line.name) }
                @if !line.policy.is_empty() { div.small.soft { "DMARC policy " code { (line.policy) } } }
            },
            html! { (forgeable(&line.spoofable)) div.small.soft.because dir="auto" { (line.because) } },
            html! { (score(line.score)) (past(&line.scores)) },
            controls(&line.controls),
            html! {
                @if line.findings.is_empty() { span.soft { @if line.score.is_some() { "none" } @else { "not known" } } }
                div.row { @for (name, count) in &line.findings { span.nowrap { (severity(name)) " " (count) } } }
            },
            html! { @match line.looked { Some(at) => (moment(at)), None => span.soft { "never" } } },
        ])
    };
    Table {
        key: "domains",
        caption: "Own domains".to_owned(),
        columns: vec![
            Column::new("domain", "Domain"),
            Column::new("forgeable", "Forgeable today?"),
            Column::new("score", "Score"),
            Column::new("controls", "Controls"),
            Column::new("findings", "Findings"),
            Column::new("looked", "Last looked at"),
        ],
        rows: lines.iter().map(row).collect(),
        choice: true,
        ..Table::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn every_own_domain_stands_in_the_list_with_its_verdict() {
        let page = Browser::of(Role::Viewer).get("/domains").await;
        assert_eq!(page.status, 200);
        for words in ["href=\"/domains/shop.example\"", "can be forged", "Yes: SPF lets everybody send", "SPF</span>", "<meter"] {
            assert!(page.text.contains(words), "{words}");
        }
    }

    #[tokio::test]
    async fn the_list_can_be_narrowed_by_its_address() {
        let page = Browser::of(Role::Viewer).get("/domains?forgeable=no").await;
        assert!(page.text.contains("/domains/contoso.com") && !page.text.contains("/domains/shop.example"));
        let page = Browser::of(Role::Viewer).get("/domains?forgeable=%3Cscript%3E").await;
        assert!(page.text.contains("No domain fits"));
    }
}
