//! Forms that change something.

use maud::{Markup, html};

use crate::Visitor;

/// A form that changes something: sent by POST to `action`, with the token of the session against forged requests.
#[must_use]
pub fn post(visitor: &Visitor, action: &str, body: Markup) -> Markup {
    html! { form method="post" action=(action) { (token(visitor)) (body) } }
}

/// The hidden field with the token, for a form that is written out.
#[must_use]
pub fn token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="csrf" value=(visitor.csrf()); }
}

/// A form that is one button.
#[must_use]
pub fn button(visitor: &Visitor, action: &str, words: &str) -> Markup {
    html! { form.inline method="post" action=(action) { (token(visitor)) button.button type="submit" { (words) } } }
}
