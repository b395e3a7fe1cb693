//! A part of a page with a heading.

use maud::{Markup, html};

/// A part of a page: heading and body.
#[must_use]
pub fn card(title: &str, body: Markup) -> Markup {
    card_with(title, html! {}, body)
}

/// A part of a page with links or buttons at the right of its heading.
#[must_use]
pub fn card_with(title: &str, actions: Markup, body: Markup) -> Markup {
    html! {
        section.card {
            div.card-head { h2 dir="auto" { (title) } div.actions { (actions) } }
            div.card-body { (body) }
        }
    }
}
