//! Sentences of the program: what stands between backticks in them is a word of a machine, and is shown as one.

use maud::{Markup, html};

/// A sentence such as ``there is no alert `0007` ``. A backtick without its pair stays as it is.
#[must_use]
pub fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    // Of pairs there are an odd number of parts. The last backtick of an odd number of them has no pair.
    let paired = if parts.len() % 2 == 1 { parts.len() } else { parts.len().saturating_sub(1) };
    html! {
        bdi {
            @for (at, part) in parts.iter().enumerate() {
                @if at >= paired { "`" (part) }
                @else if at % 2 == 1 { @if part.is_empty() { "``" } @else { code { (part) } } }
                @else { (part) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_between_backticks_are_code() {
        for (text, shown) in [
            ("no alert `0007`", "no alert <code>0007</code>"),
            ("`a` is not `b`.", "<code>a</code> is not <code>b</code>."),
            ("plain <b>", "plain &lt;b&gt;"),
            ("one ` alone", "one ` alone"),
            ("`a` and ` alone", "<code>a</code> and ` alone"),
            ("``", "``"),
            ("", ""),
        ] {
            assert_eq!(prose(text).into_string(), format!("<bdi>{shown}</bdi>"), "{text}");
        }
    }
}
