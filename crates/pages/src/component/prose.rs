//! Sentences of the program: what stands between backticks in them is a word of a machine, and is shown as one.

use maud::{Markup, html};

use super::cell::{SHOWN, cell, kind, visible};

/// A sentence such as ``there is no alert `0007` ``. A backtick without its pair stays as it is.
#[must_use]
pub fn prose(text: &str) -> Markup {
    html! { bdi { (parts(&visible(text))) } }
}

/// A sentence in a cell: one that is longer than cells show is cut there, as any text.
#[must_use]
pub fn told(text: &str) -> Markup {
    if text.chars().nth(SHOWN).is_some() {
        return cell(text);
    }
    let text = visible(text);
    html! { bdi class=(kind(&text)) { (parts(&text)) } }
}

fn parts(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    // Of pairs there are an odd number of parts. The last backtick of an odd number of them has no pair.
    let paired = if parts.len() % 2 == 1 { parts.len() } else { parts.len().saturating_sub(1) };
    html! {
        @for (at, part) in parts.iter().enumerate() {
            @if at >= paired { "`" (part) }
            @else if at % 2 == 1 { @if part.is_empty() { "``" } @else { code { (part) } } }
            @else { (part) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_is_cut_in_a_cell() {
        assert_eq!(told("no `x`").into_string(), "<bdi class=\"value short\">no <code>x</code></bdi>");
        assert!(told(&"word ".repeat(SHOWN)).into_string().contains("whole ("));
    }

    #[test]
    fn letters_that_hide_others_are_written_out() {
        assert_eq!(prose("rule `a\u{202e}b`").into_string(), "<bdi>rule <code>a\\u{202e}b</code></bdi>");
    }

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
