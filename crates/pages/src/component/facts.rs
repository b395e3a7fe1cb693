//! Names and values in two columns.

use maud::{Markup, html};

/// Names, each with its value as markup ([`super::cell`] makes it of data).
#[must_use]
pub fn facts(pairs: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in pairs { div { dt { (name) } dd { (value) } } } } }
}
