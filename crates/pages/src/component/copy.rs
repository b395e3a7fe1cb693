//! A button that copies a text.

use maud::{Markup, html};

use crate::layout::icon;

/// A button that puts `text` into the clipboard, made to work (and shown) by `copy.js`.
#[must_use]
pub fn copy(text: &str, words: &str) -> Markup {
    html! { button.button.small.copy.js-only type="button" data-copy=(text) { (icon("copy")) span { (words) } } }
}
