//! A number that matters, with what it was and where it comes from.

use maud::{Markup, html};

use super::Tone;

/// A number with its name.
#[derive(Debug, Clone, Default)]
pub struct Tile<'a> {
    /// What is counted.
    pub label: &'a str,
    /// The number, as it is to be read.
    pub value: String,
    /// What it is compared with: `usually 1,204`; may be empty.
    pub note: String,
    /// What it means.
    pub tone: Tone,
    /// Where it is looked into; none: nowhere.
    pub address: Option<String>,
    /// A picture of its past, such as a sparkline.
    pub picture: Option<Markup>,
}

impl Tile<'_> {
    /// The tile. Several stand in a `div.tiles`.
    #[must_use]
    pub fn render(&self) -> Markup {
        let inner = html! {
            span.tile-label { (self.label) }
            span.tile-value { (self.value) }
            @if !self.note.is_empty() { span.tile-note { (self.note) } }
            @if let Some(picture) = &self.picture { (picture) }
        };
        html! {
            @if let Some(address) = &self.address { a.tile.(self.tone.class()) href=(address) { (inner) } }
            @else { div.tile.(self.tone.class()) { (inner) } }
        }
    }
}
