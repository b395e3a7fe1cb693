//! A finding as a part of a page: what is wrong, what an attacker could do, what to do, and exactly what to publish or run.

use desk::FindingView;
use maud::{Markup, html};

use super::{cell, code, facts, form, moment, record, severity, severity_class, status, tag};
use crate::{Visitor, answer::segment};

/// A finding. `place` is its number in the page.
#[must_use]
pub fn finding(visitor: &Visitor, finding: &FindingView, place: usize) -> Markup {
    let id = format!("finding-{place}");
    html! {
        article.card.finding.(severity_class(&finding.severity)) id=(id) aria-labelledby={ (id) "-title" } {
            div.card-head {
                div.row { (severity(&finding.severity)) h3 id={ (id) "-title" } dir="auto" { (finding.title) } }
                div.actions { (fix(visitor, finding)) }
            }
            div.card-body {
                p dir="auto" { (finding.meaning) }
                @if !finding.risk.is_empty() { h4 { "What an attacker could do" } p dir="auto" { (finding.risk) } }
                @if !finding.advice.is_empty() { h4 { "What to do" } p dir="auto" { (finding.advice) } }
                @if !finding.publish.is_empty() {
                    h4 { @if finding.publish.len() == 1 { "Publish this record" } @else { "Publish these records" } }
                    @for (name, kind, value) in &finding.publish {
                        (record((name, kind, value)))
                    }
                }
                @if !finding.commands.is_empty() {
                    h4 { "Run in Exchange Online PowerShell" }
                    @for (command, undo) in &finding.commands {
                        (code(command, &[]))
                        @if !undo.is_empty() { p.small.soft { "Taken back by " code { (undo) } } }
                    }
                }
                (seen(finding))
            }
        }
    }
}

/// What it rests on, folded away.
fn seen(finding: &FindingView) -> Markup {
    let since = finding.since.map(|at| ("Open since", moment(at)));
    let baseline =
        (!finding.baseline.is_empty()).then(|| ("CISA SCuBA", html! { @for id in &finding.baseline { (tag(id)) " " } }));
    let mut about = vec![("Check", html! { code { (finding.check) } }), ("Found at", cell(&finding.subject))];
    about.extend(since);
    about.extend(baseline);
    html! {
        details.evidence {
            summary { "What was seen, and where to read more" }
            @if !finding.facts.is_empty() {
                dl.facts { @for (what, found) in &finding.facts { div { dt { (cell(what)) } dd { (cell(found)) } } } }
            }
            (facts(&about))
            @if !finding.references.is_empty() {
                ul { @for (title, url) in &finding.references { li { (reference(title, url)) } } }
            }
        }
    }
}

/// A page to read: a link where it is one that a browser may open.
pub(crate) fn reference(title: &str, url: &str) -> Markup {
    let title = if title.is_empty() { url } else { title };
    html! {
        @if url.starts_with("https://") || url.starts_with("http://") {
            a href=(url) rel="noreferrer noopener" target="_blank" dir="auto" { (title) }
        } @else { bdi { (title) } }
    }
}

/// The fix that answers it, or the way to one.
fn fix(visitor: &Visitor, finding: &FindingView) -> Markup {
    html! {
        @if let Some(fix) = &finding.fix {
            (status(&fix.status)) a.button href={ "/fixes/" (segment(&fix.id)) } { "Open the fix" }
        } @else if finding.can_fix && visitor.works() {
            (form::post(visitor, "/fixes/propose", html! {
                input type="hidden" name="check" value=(finding.check);
                input type="hidden" name="subject" value=(finding.subject);
                button.button.primary type="submit" { "Propose a fix" span.sr-only { " for " (finding.title) } }
            }))
        }
    }
}
