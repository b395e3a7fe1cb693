//! Parts of a page as links: each has an address of its own.

use maud::{Markup, html};

/// Tabs: words and address of each, and which of them is shown. `label` names the row to a screen reader.
#[must_use]
pub fn tabs(label: &str, tabs: &[(&str, String)], active: usize) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            ul {
                @for (at, (words, address)) in tabs.iter().enumerate() {
                    li { a href=(address) aria-current=[(at == active).then_some("page")] { (words) } }
                }
            }
        }
    }
}
