//! Marks that turn the direction of text, written out wherever a page shows text: a subject, a name, a file must not be read backwards
//! (<https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>).
//!
//! It is done to a page as a whole, so that no part of one forgets it. Our own words hold no such marks. What a form sends back stays as it is:
//! attributes, and what stands in a field.

/// Characters that embed, override, isolate or mark a direction (Unicode Standard Annex 9, section 2).
const MARKS: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}',
    '\u{2068}', '\u{2069}',
];

/// The field whose text is sent back.
const FIELD: &str = "textarea";

/// A page, or a part of one, with its marks written out: `\u{202e}`.
pub(crate) fn written_out(page: String) -> String {
    if !page.contains(MARKS) {
        return page;
    }
    let mut shown = String::with_capacity(page.len() + 64);
    let mut field = false;
    // Markup escapes `<` and `>` in what it is given, in attributes too: each `<` begins a tag, and the next `>` ends it.
    for (at, part) in page.split('<').enumerate() {
        if at > 0 {
            shown.push('<');
        }
        let (tag, text) = if at == 0 { ("", part) } else { part.split_once('>').map_or((part, ""), |(tag, text)| (tag, text)) };
        if at > 0 {
            shown.push_str(tag);
            if part.len() > tag.len() {
                shown.push('>');
            }
            field = tag.split([' ', '\n']).next() == Some(FIELD);
        }
        for letter in text.chars() {
            if !field && MARKS.contains(&letter) { shown.extend(letter.escape_unicode()) } else { shown.push(letter) }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    const NAME: &str = "photo\u{202e}gnp.exe";

    #[test]
    fn text_loses_its_marks_and_shows_them() {
        let page = html! { h1 { (NAME) } p { "a < b > " (NAME) } }.into_string();
        let shown = written_out(page);
        assert_eq!(shown, "<h1>photo\\u{202e}gnp.exe</h1><p>a &lt; b &gt; photo\\u{202e}gnp.exe</p>");
    }

    #[test]
    fn what_is_sent_back_stays_as_it_is() {
        let page = html! { input value=(NAME); textarea name="x" { (NAME) } p { (NAME) } a href="/" data-copy=(NAME) { "x>" } }
            .into_string();
        let shown = written_out(page.clone());
        assert_eq!(shown.matches('\u{202e}').count(), 3, "{shown}");
        assert_eq!(shown.replace("\\u{202e}", "\u{202e}"), page);
    }

    #[test]
    fn a_page_without_marks_is_the_same_page() {
        for page in ["", "<p>שלום 👨‍👩‍👧</p>", "no tag", "<", "<p", "a>b"] {
            assert_eq!(written_out(page.to_owned()), page);
        }
        assert_eq!(written_out("\u{200f}<p".to_owned()), "\\u{200f}<p");
    }
}
