//! A dialog that says exactly what happens before it does, for what cannot be undone or reaches others.

use maud::{Markup, html};

use super::{dialog, form};
use crate::Visitor;

/// A question before something is done. Opened by [`Confirm::opener`]; without scripts it stands open on the page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Confirm<'a> {
    /// Its id, unique in the page.
    pub id: &'a str,
    /// The question.
    pub title: &'a str,
    /// What the button that does it says: a verb and its object, never `OK`.
    pub button: &'a str,
    /// Whether what it does is hard to undo.
    pub danger: bool,
}

impl Confirm<'_> {
    /// The button that asks; `key` presses it, empty: none does.
    #[must_use]
    pub fn opener(&self, words: &str, key: &str) -> Markup {
        let key = (!key.is_empty()).then_some(key);
        html! { button.button.danger[self.danger].js-only type="button" data-open=(self.id) aria-haspopup="dialog" data-key=[key] { (words) } }
    }

    /// The dialog: `body` says what happens and holds the fields that are sent to `action`.
    #[must_use]
    pub fn render(&self, visitor: &Visitor, action: &str, body: &Markup) -> Markup {
        dialog(
            self.id,
            self.title,
            html! {
                form.stack method="post" action=(action) {
                    (form::token(visitor))
                    (body)
                    div.dialog-foot { (cancel()) (self.submit(None, None)) }
                }
            },
        )
    }

    /// The dialog for a form that stands elsewhere on the page, to which its button is sent with this name and value.
    #[must_use]
    pub fn render_for(&self, form: &str, sent: (&str, &str), body: &Markup) -> Markup {
        dialog(
            self.id,
            self.title,
            html! {
                div.stack { (body) }
                div.dialog-foot { form.inline method="dialog" { (cancel()) } (self.submit(Some(form), Some(sent))) }
            },
        )
    }

    fn submit(&self, form: Option<&str>, sent: Option<(&str, &str)>) -> Markup {
        html! {
            button.button.primary[!self.danger].danger[self.danger] type="submit" form=[form] name=[sent.map(|(name, _)| name)]
                value=[sent.map(|(_, value)| value)] { (self.button) }
        }
    }
}

fn cancel() -> Markup {
    html! { button.button.js-only type="submit" value="cancel" formmethod="dialog" formnovalidate { "Cancel" } }
}
