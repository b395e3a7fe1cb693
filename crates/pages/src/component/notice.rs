//! A sentence that a reader must not miss.

use maud::{Markup, html};

use super::Tone;
use crate::layout::icon;

/// A sentence with its tone; what is wrong is read out as soon as the page stands.
#[must_use]
pub fn notice(tone: Tone, body: Markup) -> Markup {
    let name = match tone {
        Tone::Good => "check",
        Tone::Bad | Tone::Critical | Tone::Warn => "alerts",
        Tone::Quiet | Tone::Info => "info",
    };
    let role = matches!(tone, Tone::Bad | Tone::Critical).then_some("alert");
    html! { div.notice.(tone.class()) role=[role] { (icon(name)) div { (body) } } }
}
