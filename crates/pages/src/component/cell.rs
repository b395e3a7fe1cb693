//! Values in cells: short ones as they are, long ones cut with a way to see them whole, dynamic ones to be opened.

use std::borrow::Cow;

use maud::{Markup, html};
use serde_json::Value;

/// How many characters of a value a cell shows.
pub(super) const SHOWN: usize = 120;

/// Characters of the longest word that is not broken: an address of ordinary length.
const WORD: usize = 28;

/// How many characters a page holds of one value: what is longer is cut for good here, and whole in an export.
pub(super) const HELD: usize = 64 << 10;

/// How deep a dynamic value is opened as a tree; below it is text.
const DEEPEST: usize = 12;

/// How many members of a dynamic value are shown.
const MEMBERS: usize = 200;

/// A text with the letters written out that show nothing and turn or hide what stands around them: `photo\u{202e}gnp.exe` must not be read as a
/// picture (<https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>).
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |letter: char| {
        letter.is_control() && !matches!(letter, '\n' | '\t' | '\r')
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if hidden(letter) { shown.extend(letter.escape_unicode()) } else { shown.push(letter) }
    }
    Cow::Owned(shown)
}

/// A text in a cell. Left to itself in its direction, so that right-to-left marks of one do not turn the next.
#[must_use]
pub fn cell(text: &str) -> Markup {
    let text = &visible(text);
    let Some(head) = cut(text, SHOWN) else {
        return html! { bdi class=(kind(text)) { (text) } };
    };
    let whole = cut(text, HELD);
    html! {
        details.long {
            summary { bdi.value { (head) } span.more { "… whole (" (text.chars().count()) " characters)" } }
            pre.whole tabindex="0" dir="auto" { (whole.unwrap_or(text)) }
            @if whole.is_some() { p.soft { "Cut here at " (HELD) " characters; an export has it whole." } }
        }
    }
}

/// A short word is never broken, a text of short ones between them; what is longer is broken where its column ends.
pub(super) fn kind(text: &str) -> &'static str {
    let short = text.split_whitespace().all(|word| word.chars().nth(WORD).is_none());
    match (short, text.contains(char::is_whitespace)) {
        (true, false) => "value word",
        (true, true) => "value short",
        (false, _) => "value",
    }
}

/// A value of a result in a cell, as KQL writes it: texts as they are, null as nothing, dynamic values to be opened.
#[must_use]
pub fn json(value: &Value) -> Markup {
    match value {
        Value::Null => html! { span.null title="null" { "–" } },
        Value::String(text) => cell(text),
        Value::Bool(_) | Value::Number(_) => html! { span.value { (value) } },
        Value::Array(_) | Value::Object(_) => tree(value),
    }
}

fn tree(value: &Value) -> Markup {
    let text = value.to_string();
    html! {
        details.long.dynamic {
            summary { code.value { (cut(&text, SHOWN).unwrap_or(&text)) } @if cut(&text, SHOWN).is_some() { span.more { "…" } } }
            div.tree { (branch(value, 0)) }
        }
    }
}

fn branch(value: &Value, depth: usize) -> Markup {
    let leaf = |text: &str| html! { code.leaf { (cut(text, HELD).unwrap_or(text)) } };
    match value {
        Value::Object(members) if depth < DEEPEST && !members.is_empty() => html! {
            ul {
                @for (name, member) in members.iter().take(MEMBERS) { li { span.name { (name) } ": " (branch(member, depth + 1)) } }
                @if members.len() > MEMBERS { li.soft { "and " (members.len() - MEMBERS) " more" } }
            }
        },
        Value::Array(items) if depth < DEEPEST && !items.is_empty() => html! {
            ul {
                @for (at, item) in items.iter().take(MEMBERS).enumerate() {
                    li { span.name.soft { "[" (at) "]" } " " (branch(item, depth + 1)) }
                }
                @if items.len() > MEMBERS { li.soft { "and " (items.len() - MEMBERS) " more" } }
            }
        },
        Value::String(text) => leaf(text),
        other => leaf(&other.to_string()),
    }
}

/// The first characters of a text that has more.
fn cut(text: &str, characters: usize) -> Option<&str> {
    text.char_indices().nth(characters).and_then(|(end, _)| text.get(..end))
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    #[test]
    fn a_short_text_stands_as_it_is() {
        assert_eq!(
            cell("<script>alert(1)</script>").into_string(),
            "<bdi class=\"value word\">&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"
        );
    }

    #[test]
    fn a_long_word_is_broken_where_its_column_ends() {
        assert_eq!(kind(&"x".repeat(WORD + 1)), "value");
        assert_eq!((kind("2026-11-20T12:00:00.0000000Z"), kind("two words")), ("value word", "value short"));
    }

    #[test]
    fn letters_that_hide_others_are_written_out() {
        assert_eq!(visible("photo\u{202e}gnp.exe"), "photo\\u{202e}gnp.exe");
        assert_eq!(visible("a\u{200b}b\u{7}c"), "a\\u{200b}b\\u{7}c");
        assert!(matches!(visible("zwei\nZeilen, ü, שלום"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_can_be_seen_whole() {
        let long = cell(&"ü".repeat(130)).into_string();
        assert!(long.contains(&format!(">{}</bdi>", "ü".repeat(SHOWN))), "{long}");
        assert!(long.contains("130 characters") && long.contains(&"ü".repeat(130)));
        assert!(cell(&"x".repeat(HELD + 1)).into_string().contains("Cut here"));
    }

    #[test]
    fn a_dynamic_value_opens_as_a_tree_of_bounded_depth_and_width() {
        let open = json(&value!({"DKIM": "fail", "list": [1, null]})).into_string();
        assert!(open.contains("<span class=\"name\">DKIM</span>: <code class=\"leaf\">fail</code>"), "{open}");
        let deep = (0..100).fold(value!(1), |inner, _| value!([inner]));
        assert_eq!(json(&deep).into_string().matches("<ul>").count(), DEEPEST);
        assert!(json(&value!((0..500).collect::<Vec<_>>())).into_string().contains("and 300 more"));
        assert_eq!(json(&Value::Null).into_string(), "<span class=\"null\" title=\"null\">–</span>");
    }
}
