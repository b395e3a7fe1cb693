//! Text that is nothing but text on a page.

use crate::report::harmless::{harmless, whole};

/// A text of others, with nothing in it that is markup, hides, or turns the direction of writing.
pub(super) fn escaped(text: &str) -> String {
    entities(&harmless(text))
}

/// The same of a text that is there to be copied: whole.
pub(super) fn copied(text: &str) -> String {
    entities(&whole(text))
}

fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// Sentences of ours with names in them: what stands between backticks is set as code.
pub(super) fn prose(text: &str) -> String {
    let escaped = escaped(text);
    let parts: Vec<&str> = escaped.split('`').collect();
    // Backticks that are not in pairs are what they are.
    if parts.len().is_multiple_of(2) {
        return escaped;
    }
    let mut out = String::with_capacity(escaped.len());
    for (at, part) in parts.iter().enumerate() {
        match at % 2 {
            0 => out.push_str(part),
            _ => out.push_str(&format!("<code>{part}</code>")),
        }
    }
    out
}

/// The address of a page, where it is one that may be followed; anything else leads nowhere.
pub(super) fn link(url: &str, words: &str) -> String {
    if url.starts_with("https://") {
        format!("<a href=\"{}\" rel=\"noreferrer\">{}</a>", escaped(url), escaped(words))
    } else {
        escaped(words)
    }
}

#[cfg(test)]
mod tests {
    use super::{link, prose};

    #[test]
    fn names_between_backticks_are_code() {
        assert_eq!(prose("a `<b>` c"), "a <code>&lt;b&gt;</code> c");
        assert_eq!(prose("a ` c"), "a ` c");
    }

    #[test]
    fn only_pages_are_led_to() {
        assert_eq!(link("https://a.example/\"x", "A"), "<a href=\"https://a.example/&quot;x\" rel=\"noreferrer\">A</a>");
        assert_eq!(link("javascript:alert(1)", "A"), "A");
    }
}
