//! A dialog over the page.

use maud::{Markup, html};

use crate::layout::icon;

/// A dialog by its id, with a heading, closed until a button with `data-open="<id>"` opens it. A form in it closes it by a button with
/// `value="cancel" formmethod="dialog" formnovalidate`.
#[must_use]
pub fn dialog(id: &str, title: &str, body: Markup) -> Markup {
    html! {
        dialog #(id) aria-labelledby={ (id) "-title" } {
            div.dialog-head {
                h2 id={ (id) "-title" } dir="auto" { (title) }
                form method="dialog" { button.icon-button aria-label="Close" { (icon("close")) } }
            }
            (body)
        }
    }
}

/// A button that opens a dialog, by key if there is one. It is not there without scripts: what it leads to needs an address of its own too.
#[must_use]
pub fn opener(id: &str, words: &str, key: Option<&str>) -> Markup {
    html! { button.button.js-only type="button" data-open=(id) data-key=[key] aria-haspopup="dialog" { (words) } }
}
