//! An investigation guide with its queries in place: each can be run where it stands, and leads to the hunt page without scripts.

use std::cell::Cell;

use desk::{Guide, GuideQuery};
use maud::{Markup, html};

use crate::{Visitor, answer, component, layout::icon};

/// The guide. `as_of` is the moment its queries stand for; they are run by `guide.js`, in the name of `visitor`.
pub(crate) fn guide(visitor: &Visitor, guide: &Guide, as_of: &str) -> Markup {
    // Queries stand in the text in their order, and a block of code that is none of them is just that.
    let next = Cell::new(0_usize);
    let text = component::markdown(&guide.markdown, |language, text| {
        let place = next.get();
        let found = guide.queries.iter().enumerate().skip(place).find(|(_, query)| query.query.trim() == text.trim());
        match found {
            Some((place, known)) => {
                next.set(place + 1);
                query(known, as_of)
            }
            None => component::markdown::plain(language, text),
        }
    });
    let rest = guide.queries.iter().skip(next.get()).collect::<Vec<_>>();
    html! {
        div.guide data-guide data-csrf=(visitor.csrf()) {
            (text)
            @if !rest.is_empty() { div.guide-rest { @for known in rest { (query(known, as_of)) } } }
        }
    }
}

/// A query with the way to run it. What comes of it is put below it.
fn query(query: &GuideQuery, as_of: &str) -> Markup {
    let hunt = answer::address("/hunt", &[("q", &query.query), ("language", &query.language), ("as_of", as_of)]);
    html! {
        figure.guide-query {
            @if !query.label.is_empty() { figcaption dir="auto" { (query.label) } }
            (component::code(&query.query, &query.colours))
            div.actions {
                @if query.runs {
                    a.button.small href=(hunt) data-run data-query=(query.query) data-language=(query.language) data-as-of=(as_of) { (icon("play")) "Run" }
                    a.button.quiet.small href=(hunt) { "Open in hunt" }
                } @else {
                    span.soft.small { (if query.language.is_empty() { "This language" } else { &query.language }) " cannot be run here." }
                }
            }
            div.guide-rows data-rows hidden {}
        }
    }
}
