//! Icons of our own: strokes in a square of 16, in the colour of the text around them.

use maud::{Markup, html};

/// Path data by name.
const ICONS: [(&str, &str); 28] = [
    ("overview", "M2 9.5l3-3 2.5 2.5L14 3M10.5 3H14v3.5M2 13.5h12"),
    ("alerts", "M8 2.2L14.3 13.3H1.7zM8 6.5v3M8 11.3v.2"),
    ("incidents", "M2 4.5h12M2 8h8M2 11.5h5M12.5 8.5v5M10 11h5"),
    ("rules", "M3 2.5h7l3 3v8H3zM10 2.5v3h3M5.5 8.5h5M5.5 11h3"),
    ("hunt", "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9zM10.3 10.3L14 14"),
    ("domains", "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 1 1 0-12.4zM1.8 8h12.4M8 1.8c-4.2 4-4.2 8.4 0 12.4c4.2-4 4.2-8.4 0-12.4"),
    ("reports", "M2.5 13.5h11M4 11.5v-4M8 11.5v-9M12 11.5v-6"),
    ("messages", "M2 3.5h12v9H2zM2 4.5l6 4.5 6-4.5"),
    ("quarantine", "M4 7V5a4 4 0 0 1 8 0v2M3 7h10v6.5H3zM8 9.5v1.5"),
    ("settings", "M2 4.5h7M13 4.5h1M9 4.5a2 2 0 1 0 4 0a2 2 0 1 0-4 0M2 11.5h1M7 11.5h7M3 11.5a2 2 0 1 0 4 0a2 2 0 1 0-4 0"),
    ("person", "M8 2a3 3 0 1 1 0 6a3 3 0 1 1 0-6zM2.5 14c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5"),
    ("menu", "M2 4h12M2 8h12M2 12h12"),
    ("close", "M3.5 3.5l9 9M12.5 3.5l-9 9"),
    ("check", "M3 8.5l3.5 3.5L13 4.5"),
    ("copy", "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"),
    ("columns", "M2 3h12v10H2zM6 3v10M10 3v10"),
    ("down", "M4 6l4 4 4-4"),
    ("right", "M6 4l4 4-4 4"),
    ("left", "M10 4l-4 4 4 4"),
    ("play", "M5 3l8 5-8 5z"),
    ("info", "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 1 1 0-12.4zM8 7.2v4M8 4.8v.2"),
    ("help", "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 1 1 0-12.4zM6 6.2c.3-2.6 4-2.4 4 0c0 1.5-2 1.6-2 3.2M8 11.5v.2"),
    ("plus", "M8 3v10M3 8h10"),
    ("export", "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M2.5 13.5h11"),
    ("filter", "M2 3.5h12L9.5 9v4.5l-3-1.5V9z"),
    ("expand", "M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5"),
    ("clock", "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 1 1 0-12.4zM8 4.5V8l2.5 1.5"),
    ("live", "M8 6.5a1.5 1.5 0 1 1 0 3a1.5 1.5 0 1 1 0-3zM4.5 4.5a5 5 0 0 0 0 7M11.5 4.5a5 5 0 0 1 0 7"),
];

/// An icon by its name; it says nothing to a screen reader, so that words stand beside it or in `aria-label` of what holds it. A name that
/// does not exist draws nothing, and fails the test that reads every name out of the sources.
#[must_use]
pub fn icon(name: &str) -> Markup {
    let path = ICONS.iter().find(|(known, _)| *known == name).map_or("", |(_, path)| *path);
    html! {
        svg.icon width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"
            stroke-linejoin="round" aria-hidden="true" { path d=(path) {} }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icons_stand_once_and_are_silent() {
        for (at, (name, _)) in ICONS.iter().enumerate() {
            assert!(ICONS.iter().skip(at + 1).all(|(other, _)| other != name), "{name}");
        }
        assert!(icon("alerts").into_string().contains("aria-hidden=\"true\""));
    }
}
