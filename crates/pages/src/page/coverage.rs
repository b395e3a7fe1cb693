//! `/rules/coverage`: the matrix of ATT&CK as far as it bears on mail, with the rules that cover each technique.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use desk::{Coverage, TechniqueCoverage};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Pages, Visitor, answer,
    component::{self, Tile, Tone},
    layout::{Frame, Nav, icon},
};

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/rules/coverage", get(show)).route("/rules/coverage/navigator", get(navigator))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// `gaps`: only techniques that no running rule covers.
    only: String,
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("ATT&CK coverage", Nav::Rules, &visitor).crumb("Rules", "/rules");
    let coverage = match pages.desk.rules.coverage().await {
        Ok(coverage) => coverage,
        Err(fault) => return frame.fault(&fault),
    };
    let gaps = asked.only == "gaps";
    let actions = html! {
        a.button.quiet href=(if gaps { "/rules/coverage" } else { "/rules/coverage?only=gaps" }) { @if gaps { "All techniques" } @else { "Gaps only" } }
        a.button href="/rules/coverage/navigator" download { (icon("export")) "Navigator layer" }
    };
    frame
        .lead(html! { "Techniques that bear on mail, and the rules that find them." })
        .actions(actions)
        .render(html! {
            (tiles(&coverage))
            (legend())
            div.matrix tabindex="0" role="region" aria-label="ATT&CK matrix" {
                @for tactic in &coverage.tactics {
                    section.tactic aria-label=(tactic.name) {
                        h2 { (tactic.name) span.soft.small { (tactic.id) } }
                        ul { @for technique in tactic.techniques.iter().filter(|technique| !gaps || technique.enabled == 0) { (cell(technique)) } }
                    }
                }
            }
        })
}

/// How well a technique is covered: class and words.
fn level(technique: &TechniqueCoverage) -> (&'static str, &'static str) {
    match technique.enabled {
        0 if technique.rules.is_empty() => ("none", "not covered"),
        0 => ("off", "covered by rules that are off"),
        1 => ("one", "one rule"),
        2..=3 => ("some", "two or three rules"),
        _ => ("many", "four rules and more"),
    }
}

fn legend() -> Markup {
    html! {
        ul.matrix-legend aria-label="What the colours mean" {
            @for (class, words) in [("none", "not covered"), ("off", "rules are off"), ("one", "one rule"), ("some", "two or three"), ("many", "four and more")] {
                li { span.swatch.(class) aria-hidden="true" {} (words) }
            }
        }
    }
}

fn tiles(coverage: &Coverage) -> Markup {
    let all: Vec<&TechniqueCoverage> = coverage.tactics.iter().flat_map(|tactic| &tactic.techniques).collect();
    let covered = all.iter().filter(|technique| technique.enabled > 0).count();
    let off = all.iter().filter(|technique| technique.enabled == 0 && !technique.rules.is_empty()).count();
    let tile = |label, value: String, note: String, tone| Tile { label, value, note, tone, ..Tile::default() }.render();
    html! {
        div.tiles {
            (tile("Covered", covered.to_string(), format!("of {} techniques", all.len()), Tone::Good))
            (tile("Switched off", off.to_string(), "covered by rules that are off".to_owned(), Tone::Quiet))
            (tile("Not covered", (all.len() - covered - off).to_string(), String::new(), Tone::Warn))
            (tile("No technique", coverage.without.to_string(), "rules".to_owned(), Tone::Quiet))
        }
    }
}

fn cell(technique: &TechniqueCoverage) -> Markup {
    let (class, words) = level(technique);
    let page = format!("https://attack.mitre.org/techniques/{}/", technique.id.replace('.', "/"));
    html! {
        li.technique.(class) {
            details {
                summary {
                    span.technique-id { (technique.id) } span.technique-name { (technique.name) }
                    span.sr-only { ": " (words) }
                    @if !technique.rules.is_empty() { span.technique-count aria-hidden="true" { (technique.enabled) } }
                }
                @if technique.rules.is_empty() { p.small { "No rule covers it." } }
                ul { @for (key, name) in &technique.rules { li { a href={ "/rules/" (answer::segment(key)) } dir="auto" { (name) } } } }
                p.small.soft { (component::number(technique.alerts)) " alerts in 30 days · " a href=(page) rel="noreferrer noopener" { "ATT&CK" } }
            }
        }
    }
}

async fn navigator(State(pages): State<Pages>, visitor: Visitor) -> Response {
    match pages.desk.rules.navigator().await {
        Ok(file) => answer::download(file),
        Err(fault) => Frame::new("ATT&CK coverage", Nav::Rules, &visitor).fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn the_matrix_says_what_is_covered_in_words_too() {
        let page = Browser::of(Role::Viewer).get("/rules/coverage").await;
        assert!(
            page.text.contains("T1672") && page.text.contains(": four rules and more") && page.text.contains(": not covered"),
            "{}",
            page.text
        );
        let gaps = Browser::of(Role::Viewer).get("/rules/coverage?only=gaps").await;
        assert!(!gaps.text.contains(">T1672<") && gaps.text.contains("T1598"), "{}", gaps.text);
    }

    #[tokio::test]
    async fn the_layer_is_a_file() {
        let layer = Browser::of(Role::Viewer).get("/rules/coverage/navigator").await;
        assert!(layer.status == 200 && layer.text.contains("enterprise-attack"), "{}", layer.text);
    }
}
