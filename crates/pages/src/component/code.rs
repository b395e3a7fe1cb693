//! Queries and records: text in a fixed width with colours, numbers of lines on wish, and a button that copies it.

use desk::Colour;
use maud::{Markup, html};

use super::copy;

/// A text with colours. Stretches that overlap, or lie outside of the text or within a character, are left without a colour.
#[must_use]
pub fn code(text: &str, colours: &[Colour]) -> Markup {
    html! { div.code { (copy(text, "Copy")) pre tabindex="0" { code { (coloured(text, colours)) } } } }
}

/// The text in its colours, without anything around it.
#[must_use]
pub fn coloured(text: &str, colours: &[Colour]) -> Markup {
    let mut sorted: Vec<&Colour> = colours.iter().collect();
    sorted.sort_by_key(|colour| colour.start);
    let mut parts: Vec<(&str, Option<&'static str>)> = Vec::new();
    let mut at = 0;
    for colour in sorted {
        let (Some(before), Some(inside)) = (text.get(at..colour.start), text.get(colour.start..colour.end)) else { continue };
        parts.extend([(before, None), (inside, class(&colour.class))]);
        at = colour.end;
    }
    parts.push((text.get(at..).unwrap_or_default(), None));
    html! {
        @for (part, class) in parts {
            @if let Some(class) = class { span class=(class) { (part) } } @else { (part) }
        }
    }
}

/// The class of the style sheet; none for what it does not know.
fn class(name: &str) -> Option<&'static str> {
    Some(match name {
        "operator" => "c-operator",
        "keyword" => "c-keyword",
        "function" => "c-function",
        "field" => "c-field",
        "text" | "open-text" => "c-text",
        "number" => "c-number",
        "comment" => "c-comment",
        "pipe" => "c-pipe",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(start: usize, end: usize, class: &str) -> Colour {
        Colour { start, end, class: class.to_owned() }
    }

    #[test]
    fn words_have_their_colours_and_nothing_is_lost() {
        let text = "T | where A == \"<b>\"";
        let drawn = coloured(text, &[colour(2, 3, "pipe"), colour(4, 9, "operator"), colour(15, 20, "text")]).into_string();
        assert_eq!(
            drawn,
            "T <span class=\"c-pipe\">|</span> <span class=\"c-operator\">where</span> A == \
             <span class=\"c-text\">&quot;&lt;b&gt;&quot;</span>"
        );
    }

    #[test]
    fn stretches_that_cannot_be_are_left_out() {
        let bad = [colour(0, 2, "text"), colour(1, 3, "pipe"), colour(5, 99, "text"), colour(9, 4, "text")];
        assert_eq!(coloured("äb c", &bad).into_string(), "<span class=\"c-text\">ä</span>b c");
    }
}
