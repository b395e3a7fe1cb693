//! What happened, in time order: events, alerts, what people did.

use desk::TimelineEntry;
use maud::{Markup, html};

use crate::{answer, component};

/// Characters of a text that are read as they stand.
const READ: usize = 1000;

/// The most entries that are shown; an incident of a mass mailing has thousands.
const SHOWN: usize = 400;

/// Entries, the first one first. `alert` gives the title of an alert of an incident.
pub(crate) fn story(entries: &[TimelineEntry]) -> Markup {
    let skipped = entries.len().saturating_sub(SHOWN);
    html! {
        @if skipped > 0 { p.soft { (component::number(skipped as u64)) " earlier ones are left out." } }
        ol.timeline {
            @for entry in entries.iter().skip(skipped) {
                li.(kind(&entry.kind)) {
                    div.timeline-head {
                        (component::moment(entry.at))
                        span.label { (words(&entry.kind)) }
                        @if !entry.who.is_empty() { strong dir="auto" { (entry.who) } }
                        @if !entry.alert.is_empty() { a.soft href={ "/alerts/" (answer::segment(&entry.alert)) } { "alert " (short(&entry.alert)) } }
                    }
                    div { (text(&entry.what)) }
                }
            }
        }
    }
}

fn kind(kind: &str) -> &'static str {
    match kind {
        "event" => "event",
        "alert" => "alert",
        "change" => "change",
        "notification" => "told",
        "fix" => "fix",
        _ => "other",
    }
}

fn words(kind: &str) -> &str {
    match kind {
        "event" => "Event",
        "alert" => "Alert",
        "change" => "Changed by",
        "notification" => "Told",
        "fix" => "Fix",
        other => other,
    }
}

/// Text that people wrote to be read: whole up to a thousand characters, longer as a value that opens.
pub(crate) fn text(text: &str) -> Markup {
    html! { @if text.chars().nth(READ).is_some() { (component::cell(text)) } @else { (component::prose(text)) } }
}

/// The beginning of an id, long enough to tell alerts apart.
pub(crate) fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_says_when_who_and_what() {
        let entry = TimelineEntry {
            at: 1_795_176_000_000_000,
            kind: "change".to_owned(),
            who: "ann <b>".to_owned(),
            what: "comment: <script>".to_owned(),
            alert: "00ff00ff00ff00ff".to_owned(),
        };
        let shown = story(&[entry]).into_string();
        assert!(shown.contains("2026-11-20") && shown.contains("ann &lt;b&gt;") && shown.contains("&lt;script&gt;"), "{shown}");
        assert!(shown.contains("href=\"/alerts/00ff00ff00ff00ff\""), "{shown}");
    }

    #[test]
    fn of_very_many_the_latest_are_shown() {
        let entries = vec![TimelineEntry::default(); SHOWN + 7];
        let shown = story(&entries).into_string();
        assert!(shown.contains("7 earlier ones") && shown.matches("<li").count() == SHOWN);
    }
}
