//! What happened, in order: when, what, who.

use desk::TimelineEntry;
use maud::{Markup, html};

use super::{cell, moment, tag};

/// The most entries that are shown.
const MOST: usize = 200;

/// What happened, in the order in which it is given.
#[must_use]
pub fn history(entries: &[TimelineEntry]) -> Markup {
    html! {
        ol.timeline {
            @for entry in entries.iter().take(MOST) {
                li {
                    div.row { (moment(entry.at)) @if !entry.kind.is_empty() { (tag(&entry.kind)) } @if !entry.who.is_empty() { span.soft { "by " bdi { (entry.who) } } } }
                    div { (cell(&entry.what)) }
                }
            }
        }
        @if entries.len() > MOST { p.soft { "and " (entries.len() - MOST) " more" } }
    }
}
