//! The bar above a list: a search or query, choices beside it, and the values one can filter by with their counts.

use maud::{Markup, html};

use crate::layout::icon;

/// A filter in the address: a form sent by GET. `words` is what the field in it holds, `rest` other fields (selects, hidden ones).
#[must_use]
pub fn filter(action: &str, name: &str, label: &str, words: &str, placeholder: &str, rest: Markup) -> Markup {
    html! {
        form.bar role="search" method="get" action=(action) {
            div.field.grow {
                label for={ "filter-" (name) } { (label) }
                input id={ "filter-" (name) } type="search" name=(name) value=(words) placeholder=(placeholder) dir="auto" spellcheck="false"
                    autocomplete="off" data-key="/";
            }
            (rest)
            button.button type="submit" { (icon("filter")) "Filter" }
        }
    }
}

/// Values with their counts, each a link that filters by it: words, count, address, whether it is chosen.
#[must_use]
pub fn chips(label: &str, values: &[(String, u64, String, bool)]) -> Markup {
    html! {
        ul.chips aria-label=(label) {
            @for (words, count, address, chosen) in values {
                li {
                    a.chip href=(address) aria-current=[chosen.then_some("true")] {
                        bdi { (words) } span.count { (super::number(*count)) }
                    }
                }
            }
        }
    }
}
