//! What stands where there is nothing: why, and what to do.

use maud::{Markup, html};

/// Nothing is here: `what` in a few words, and what to do about it (a sentence, links), which may be empty.
#[must_use]
pub fn empty(what: &str, help: Markup) -> Markup {
    html! { div.empty { p.empty-what { (what) } div.soft { (help) } } }
}
