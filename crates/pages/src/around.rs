//! What stands beside an alert: what to do next, what it is about and how that fared before, the incident, alerts like it, its rule.

use desk::{AlertView, EntityHistory};
use maud::{Markup, html};
use state::{Alert, Attack};

use crate::{
    answer,
    component::{self, Tone},
    layout::icon,
    story, terms,
};

/// The next steps of the rule.
pub(crate) fn next_steps(view: &AlertView) -> Markup {
    html! {
        @if !view.alert.detail.next_steps.is_empty() {
            (component::card("Next steps", html! { ol.steps { @for step in &view.alert.detail.next_steps { li dir="auto" { (component::prose(step)) } } } }))
        }
    }
}

/// What it is about, each with its past.
pub(crate) fn entities(view: &AlertView) -> Markup {
    html! {
        @if !view.entities.is_empty() {
            (component::card("About", html! { ul.entities { @for history in &view.entities { (entity(history)) } } }))
        }
    }
}

fn entity(history: &EntityHistory) -> Markup {
    let Some(entity) = &history.entity else { return html! {} };
    let queue = answer::address("/alerts", &[("q", &terms::term("entity", &entity.value))]);
    let many =
        if history.alerts == 1 { "only this alert".to_owned() } else { format!("{} alerts", component::number(history.alerts)) };
    let label = format!("{} in all, by day over 30 days", component::number(history.alerts));
    html! {
        li.entity {
            div.row { span.label { (entity.kind) } a.grow href=(queue) dir="auto" { (entity.value) } }
            @if history.days.iter().any(|count| *count > 0) { (component::sparkline(&history.days, &label)) }
            p.soft.small {
                (many)
                @if history.true_positives > 0 { ", " (component::badge(Tone::Bad, &format!("{} true", history.true_positives))) }
                @if history.harmless > 0 { ", " (component::badge(Tone::Good, &format!("{} harmless", history.harmless))) }
                @if let Some(first) = history.first { ", first " (component::moment(first)) }
            }
            @if !history.hunt.is_empty() {
                a.small href=(answer::address("/hunt", &[("q", &history.hunt)])) { (icon("hunt")) " Its traffic" }
            }
        }
    }
}

/// The incident and alerts like it.
pub(crate) fn belongs(view: &AlertView) -> Markup {
    html! {
        @if let Some(incident) = &view.incident {
            (component::card("Incident", html! {
                p { a href={ "/incidents/" (answer::segment(&incident.id)) } dir="auto" { (incident.id) " " (incident.title) } }
                p.row { (component::severity(&incident.severity)) (component::status(&incident.status))
                    span.soft { (incident.alerts) @if incident.alerts == 1 { " alert" } @else { " alerts" } } }
            }))
        }
        @if !view.related.is_empty() {
            (component::card("Related alerts", html! { ul.related { @for alert in &view.related { (related(alert)) } } }))
        }
    }
}

fn related(alert: &Alert) -> Markup {
    html! {
        li {
            a href={ "/alerts/" (answer::segment(&alert.id)) } dir="auto" { (alert.title) }
            p.row.small { (component::severity(&alert.severity)) (component::status(&alert.status))
                @if let Some(verdict) = &alert.verdict { (component::verdict(verdict)) }
                span.soft { (component::moment(alert.created_at)) } }
        }
    }
}

/// Everything else that is known of it.
pub(crate) fn facts(view: &AlertView) -> Markup {
    let alert = &view.alert;
    let detail = &alert.detail;
    let when = |at: Option<state::Moment>| html! { @match at { Some(at) => { (component::moment(at)) } None => { "–" } } };
    let mut pairs: Vec<(&str, Markup)> = vec![
        (
            "Rule",
            html! { a href={ "/rules/" (answer::segment(&alert.rule_key)) } dir="auto" { (alert.rule_name) } " " span.soft dir="auto" { "version " (alert.rule_version) } },
        ),
        ("What it means", story::text(&alert.description)),
        ("Window", html! { (component::moment(alert.window_from)) " to " (component::moment(alert.window_to)) }),
        ("First event", when(alert.first_event)),
        ("Last event", when(alert.last_event)),
        ("Confidence", html! { (alert.confidence) }),
    ];
    if alert.suppressed > 0 {
        pairs.push(("Further hits", html! { (alert.suppressed) " that this alert took" }));
    }
    for (name, list) in [("Tactics", &detail.tactics), ("Techniques", &detail.techniques)] {
        if !list.is_empty() {
            pairs.push((name, html! { ul.plain { @for one in list { li { (attack(one)) } } } }));
        }
    }
    if !detail.tags.is_empty() {
        pairs.push(("Tags", html! { @for tag in &detail.tags { (component::tag(tag)) " " } }));
    }
    for (name, value) in &detail.custom {
        pairs.push((name.as_str(), component::json(value)));
    }
    if !detail.references.is_empty() {
        pairs.push(("Read", html! { ul.plain { @for page in &detail.references { li { (web(page, page)) } } } }));
    }
    pairs.push(("Id", html! { code { (alert.id) } }));
    pairs.push(("Run", html! { code dir="auto" { (alert.run_id) } }));
    component::card("Details", component::facts(&pairs))
}

fn attack(attack: &Attack) -> Markup {
    let words = format!("{} {}", attack.id, attack.name);
    web(&attack.url, words.trim())
}

/// A link that others wrote: to the web, or no link at all.
pub(crate) fn web(address: &str, words: &str) -> Markup {
    let known = url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    html! { @if known { a href=(address) rel="noopener noreferrer" dir="auto" { (words) } } @else { span dir="auto" { (words) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_others_lead_to_the_web_or_nowhere() {
        assert!(web("https://attack.mitre.org/x", "x").into_string().starts_with("<a "));
        for bad in ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/sign-out", ""] {
            assert!(web(bad, "x").into_string().starts_with("<span "), "{bad}");
        }
    }
}
