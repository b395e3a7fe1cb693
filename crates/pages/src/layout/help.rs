//! The help overlay: every key of the page that is shown, opened by `?`.

use maud::{Markup, html};

use super::nav;

/// A key of a page, for the help overlay. What the key does is found by [`Key::keys`] in the page: `data-key` on the link, button or field
/// that it stands for, which `keyboard.js` then presses or focuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The key as it is typed, such as `c` or `e`; several after another with a space between: `g a`.
    pub keys: &'static str,
    /// What it does: `Close with a verdict`.
    pub does: &'static str,
}

/// Keys that work on every page.
pub(crate) const EVERYWHERE: [Key; 5] = [
    Key { keys: "?", does: "This help" },
    Key { keys: "/", does: "To the filter or search of the page" },
    Key { keys: "[", does: "Previous page of a list" },
    Key { keys: "]", does: "Next page of a list" },
    Key { keys: "Esc", does: "Close what is open; leave a field" },
];

/// Keys of lists, which work where a page has one.
pub(crate) const LISTS: [Key; 5] = [
    Key { keys: "j", does: "Next row" },
    Key { keys: "k", does: "Previous row" },
    Key { keys: "Enter", does: "Open the row" },
    Key { keys: "x", does: "Select the row, or not" },
    Key { keys: "X", does: "Select all rows, or none" },
];

/// Keys in a table of two columns.
pub(crate) fn list<'a>(heading: &str, keys: impl Iterator<Item = (&'a str, &'a str)>) -> Markup {
    html! {
        section.keys {
            h3 { (heading) }
            dl {
                @for (keys, does) in keys {
                    div {
                        dt { @for key in keys.split(' ') { kbd { (key) } " " } }
                        dd { (does) }
                    }
                }
            }
        }
    }
}

/// All keys: of the page, of lists, of everywhere, and where `g` goes.
pub(crate) fn keys(page: &[Key]) -> Markup {
    let pairs = |keys: &'static [Key]| keys.iter().map(|key| (key.keys, key.does));
    let places: Vec<(String, &str)> = nav::keys().map(|(name, key)| (format!("g {key}"), name)).collect();
    html! {
        @if !page.is_empty() { (list("This page", page.iter().map(|key| (key.keys, key.does)))) }
        (list("Lists", pairs(&LISTS)))
        (list("Everywhere", pairs(&EVERYWHERE)))
        (list("Go to", places.iter().map(|(keys, name)| (keys.as_str(), *name))))
    }
}

/// The overlay.
pub(super) fn render(page: &[Key]) -> Markup {
    html! {
        dialog #help .dialog.wide aria-labelledby="help-title" {
            div.dialog-head {
                h2 #help-title { "Keys" }
                form method="dialog" { button.icon-button aria-label="Close" { (super::icon("close")) } }
            }
            div.keys-columns { (keys(page)) }
            p.soft { "In a field keys write; Esc leaves it. " a href="/help/keys" { "Keys and themes" } }
        }
    }
}
