//! Text of users made safe and fitting: one line, without control characters, measured, elided, escaped.
//!
//! Must not know charts. Start with [`clean`].

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// No text is longer than this after [`clean`]: a tooltip's worth.
const LONGEST: usize = 240;

/// Combining marks that may follow each other. More is no orthography, but text that climbs over its neighbours.
const MARKS: usize = 3;

/// `text` on one line, without what could steer a terminal, a browser or the direction of its neighbours:
/// controls, bidirectional marks and overrides (UAX #9), byte order marks, tags, and characters XML 1.0 does not allow.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::new();
    let mut marks = 0;
    for (count, c) in text.chars().filter_map(allowed).enumerate() {
        if count == LONGEST {
            out.push('…');
            break;
        }
        if c == ' ' && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        if marks <= MARKS {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The character itself, a space for white space, nothing for what must not be shown.
fn allowed(c: char) -> Option<char> {
    match c {
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() => None,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => None,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}' => None,
        c => Some(c),
    }
}

/// `text` for a terminal: [`clean`], and without the joiners and selectors whose width terminals disagree on.
pub(crate) fn plain(text: &str) -> String {
    clean(text).chars().filter(|c| !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')).collect()
}

/// Terminal cells of `text`.
pub(crate) fn cells(text: &str) -> usize {
    text.width()
}

/// Pixels of `text` at `size` pixels: a generous estimate, because the reader's font is not known. It is near the wider
/// ones of the usual sans-serif fonts (DejaVu Sans, Verdana), so that what is laid out with it never overlaps.
pub(crate) fn pixels(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// Width of a character in parts of the font size.
fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' | ' ' => 0.33,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '\\' | '-' | '"' | '`' | 'J' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 1.0,
        '0'..='9' | 'a'..='z' | '−' | '+' | '_' => 0.62,
        'A'..='Z' | '&' | '<' | '>' | '=' => 0.74,
        c => match c.width() {
            Some(0) | None => 0.0,
            Some(1) => 0.85,
            Some(_) => 1.35,
        },
    }
}

/// `text` in at most `room` pixels at `size` pixels, with `…` for its middle if it is longer: both ends of a name matter,
/// the end of a domain most. Empty if not even two characters fit.
pub(crate) fn elide(text: &str, size: f64, room: f64) -> String {
    elided(text, room / size, em)
}

/// `text` in at most `room` terminal cells, with `…` for its middle if it is longer.
pub(crate) fn elide_cells(text: &str, room: usize) -> String {
    if cells(text) <= room {
        return text.to_owned();
    }
    elided(text, room as f64, |c| c.width().unwrap_or(0) as f64)
}

fn elided(text: &str, room: f64, width: impl Fn(char) -> f64) -> String {
    if text.chars().map(&width).sum::<f64>() <= room {
        return text.to_owned();
    }
    let room = room - width('…');
    let head = fitting(text.chars(), room * 0.6, &width);
    let used: f64 = text.chars().take(head).map(&width).sum();
    let mut tail = fitting(text.chars().rev(), room - used, &width);
    // A mark without its letter would stand on the dots.
    while tail > 0 && text.chars().rev().nth(tail - 1).is_some_and(|c| c.width() == Some(0)) {
        tail -= 1;
    }
    if head == 0 || head + tail < 2 {
        return String::new();
    }
    let start: String = text.chars().take(head).collect();
    let skipped = text.chars().count().saturating_sub(tail);
    let end: String = text.chars().skip(skipped).collect();
    format!("{}…{}", start.trim_end(), end.trim_start())
}

/// How many characters from the front fit in `room`.
fn fitting(chars: impl Iterator<Item = char>, room: f64, width: &impl Fn(char) -> f64) -> usize {
    let mut used = 0.0;
    chars
        .take_while(|c| {
            used += width(*c);
            used <= room
        })
        .count()
}

/// `text` as XML character data or attribute value.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_one_line_without_controls() {
        assert_eq!(clean(" a\r\n\tb\u{1b}[31m c\0 "), "a b[31m c");
    }

    #[test]
    fn direction_cannot_be_overridden() {
        assert_eq!(clean("invoice\u{202e}fdp.exe\u{2066}"), "invoicefdp.exe");
    }

    #[test]
    fn piled_marks_are_cut() {
        assert_eq!(clean(&format!("z{}algo", "\u{301}".repeat(50))).chars().count(), 1 + MARKS + 4);
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(clean(&"x".repeat(10_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_terminal_gets_no_joiners() {
        assert_eq!(plain("👩\u{200d}💻 ❤\u{fe0f}"), "👩💻 ❤");
    }

    #[test]
    fn elision_keeps_both_ends() {
        assert_eq!(elide_cells("newsletter.contoso.example", 15), "newslett…xample");
        assert_eq!(elide_cells("short", 5), "short");
        assert_eq!(elide_cells("short", 1), "");
    }

    #[test]
    fn elision_counts_wide_characters_twice() {
        let short = elide_cells("電子郵件驗證失敗", 9);
        assert_eq!(short, "電子…失敗");
        assert_eq!(cells(&short), 9);
    }

    #[test]
    fn elided_text_fits() {
        for room in 0..300 {
            let short = elide("dkim=fail (body hash did not verify)", 12.0, f64::from(room));
            assert!(pixels(&short, 12.0) <= f64::from(room), "{short} in {room}");
        }
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("<a href=\"x\">'&'"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    }
}
