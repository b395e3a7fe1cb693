//! A message of the quarantine as somebody may look at it: nothing of it is run, fetched, clicked or obeyed by a terminal.

use std::fmt::Write as _;

use mail_parser::{MessageParser, MimeHeaders as _, PartType, decoders::html::html_to_text};
use mailauth::{Message, encoded_words::decode};

/// Most fields that are shown, and most letters of one.
const MOST_FIELDS: usize = 100;
const LONGEST_FIELD: usize = 1_000;
/// Most letters of the text that are shown.
const LONGEST_TEXT: usize = 8_000;
/// Most letters of HTML that are made into text: most of it is marks.
const LONGEST_HTML: usize = 256 << 10;
/// Multiparts of an ordinary message, at most; replies and forwards have three to five.
const MOST_MULTIPARTS: usize = 64;
/// Bytes that are taken apart of a message that may lie deep: at thirty bytes a level a few thousand levels.
const MOST_NESTED: usize = 128 << 10;
/// Most attachments that are named.
const MOST_ATTACHMENTS: usize = 100;

/// What is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Name and value of the header fields, in their order.
    pub fields: Vec<(String, String)>,
    /// The text, made of the HTML where there is no other.
    pub text: String,
    /// What its HTML would show, as text; empty where it has none.
    pub html_text: String,
    /// The attachments.
    pub attachments: Vec<Attachment>,
    /// Whether some of it is left out.
    pub cut: bool,
}

/// An attachment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// What it says that it is.
    pub kind: String,
    /// Its size in bytes.
    pub size: usize,
}

impl View {
    /// What may be shown of a message.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let message = Message::new(bytes);
        let mut view = Self { cut: message.fields().len() > MOST_FIELDS, ..Self::default() };
        for field in message.fields().take(MOST_FIELDS) {
            let (value, cut) = plain(&defanged(&decode(&field.text()).text), LONGEST_FIELD, false);
            view.cut |= cut;
            view.fields.push((String::from_utf8_lossy(field.name).into_owned(), value));
        }
        let bounded = bounded(message.bytes());
        view.cut |= bounded.len() < message.bytes().len();
        let Some(parsed) = MessageParser::default().parse(bounded) else { return view };
        if let Some(text) = parsed.body_text(0) {
            let begin: String = text.chars().take(LONGEST_TEXT + 1).collect();
            let (text, cut) = plain(&defanged(&begin), LONGEST_TEXT, true);
            view.cut |= cut;
            view.text = text;
        }
        let html = parsed.html_bodies().find_map(|part| match &part.body {
            PartType::Html(html) => Some(html),
            _ => None,
        });
        if let Some(html) = html {
            let begin: String = html.chars().take(LONGEST_HTML).collect();
            let (text, cut) = plain(&defanged(&html_to_text(&begin)), LONGEST_TEXT, true);
            view.cut |= cut;
            view.html_text = text;
        }
        for part in parsed.attachments().take(MOST_ATTACHMENTS) {
            let kind = part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")));
            view.attachments.push(Attachment {
                name: plain(part.attachment_name().unwrap_or_default(), 200, false).0,
                kind: plain(&kind.unwrap_or_default(), 100, false).0,
                size: part.contents().len(),
            });
        }
        view
    }
}

/// What of a message is taken apart. The parser goes into messages inside messages, and into parts inside parts, as deep as they lie: all of an ordinary
/// message is looked at, and of one with messages inside or very many parts only so much that its depth fits the stack.
fn bounded(bytes: &[u8]) -> &[u8] {
    let count = |needle: &[u8]| bytes.windows(needle.len()).filter(|window| window.eq_ignore_ascii_case(needle)).count();
    let is_ordinary = count(b"message/") == 0 && count(b"multipart/") <= MOST_MULTIPARTS;
    let most = if is_ordinary { bytes.len() } else { bytes.len().min(MOST_NESTED) };
    bytes.get(..most).unwrap_or(bytes)
}

/// A text without what terminals and pages would obey: control characters, and characters that turn its direction around or cannot be seen,
/// are written as their numbers. At most so many letters; whether there were more.
#[must_use]
pub fn plain(text: &str, most: usize, lines: bool) -> (String, bool) {
    let mut out = String::new();
    let mut left = most;
    for char in text.chars() {
        if char == '\r' {
            continue;
        }
        let Some(rest) = left.checked_sub(1) else { return (out, true) };
        left = rest;
        let is_hidden = matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        match char {
            '\n' if lines => out.push('\n'),
            '\t' | '\n' => out.push(' '),
            char if char.is_control() || is_hidden => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    (out, false)
}

/// A text whose addresses cannot be clicked: `hxxps://login.example[.]com/x`.
#[must_use]
pub fn defanged(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at);
        let scheme = before.rfind(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '+' | '-' | '.'));
        let begin = scheme.map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        out.push_str(before.get(..begin).unwrap_or_default());
        out.push_str(&before.get(begin..).unwrap_or_default().replace("tt", "xx").replace("TT", "XX"));
        out.push_str("://");
        let after = after.get(3..).unwrap_or_default();
        let end = after
            .find(|char: char| char.is_whitespace() || matches!(char, '/' | '?' | '#' | '<' | '>' | '"'))
            .unwrap_or(after.len());
        // A colon there is of the next address, and not of a port.
        let end = if after[..end].ends_with(':') { end - 1 } else { end };
        let (host, following) = after.split_at(end);
        out.push_str(&host.replace('.', "[.]"));
        rest = following;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    /// Wherever messages may lie inside messages, no more is taken apart than the stack holds.
    #[test]
    fn a_message_inside_messages_without_end_is_cut() {
        let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(200_000);
        let looked = std::thread::Builder::new().stack_size(128 << 20).spawn(move || super::View::of(deep.as_bytes()));
        assert!(looked.is_ok_and(|looked| looked.join().is_ok_and(|view| view.cut)));
        assert_eq!(super::bounded(b"Content-Type: text/plain\r\n\r\nhello").len(), 33);
    }

    use super::{View, defanged, plain};

    #[test]
    fn headers_and_text_are_shown_and_nothing_obeys_them() {
        let view = View::of(
            b"From: =?utf-8?q?=1B[31mred?= <a@example.com>\r\nSubject: invo\xe2\x80\xaeice\r\nContent-Type: text/html\r\n\r\n<p>Pay <a href='https://login.example.com/x'>now</a></p><script>alert(1)</script> https://login.example.com/x \x1b[2J",
        );
        assert_eq!(view.fields[0], ("From".to_owned(), "\\u{1b}[31mred <a@example.com>".to_owned()));
        assert_eq!(view.fields[1].1, "invo\\u{202e}ice");
        assert!(view.text.contains("hxxps://login[.]example[.]com/x"), "{}", view.text);
        assert!(!view.text.contains(['<', '\x1b']), "{}", view.text);
        assert!(!view.cut);
    }

    #[test]
    fn attachments_are_named_and_not_opened() {
        let text = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: application/zip; name=\"a.zip\"\r\nContent-Disposition: attachment; filename=\"a.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n--b--\r\n";
        let view = View::of(text.as_bytes());
        assert_eq!(view.text.trim(), "hello");
        let attachment = &view.attachments[0];
        assert_eq!((attachment.name.as_str(), attachment.kind.as_str(), attachment.size), ("a.zip", "application/zip", 4));
    }

    #[test]
    fn what_is_long_is_cut_and_said_so() {
        let view = View::of(format!("Subject: {}\r\n\r\n{}", "x".repeat(5_000), "y".repeat(100_000)).as_bytes());
        assert!(view.cut && view.fields[0].1.len() == 1_000 && view.text.len() == 8_000);
        assert_eq!(plain("ab", 2, false), ("ab".to_owned(), false));
    }

    #[test]
    fn no_address_can_be_clicked() {
        assert_eq!(defanged("see http://a.example.com/b.html and é://x.y"), "see hxxp://a[.]example[.]com/b.html and é://x[.]y");
        assert_eq!(defanged("(HTTPS://A.example)"), "(HXXPS://A[.]example)");
        assert_eq!(defanged("ftp://a.b://c.d plain.text"), "ftp://a[.]b://c[.]d plain.text");
        assert_eq!(defanged(""), "");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_stop_the_view_or_get_a_control_character_through(bytes: Vec<u8>, text in "(https?://|[a-z.:/<>\\x00-\\x20]){0,40}") {
            let view = View::of(&[b"Content-Type: text/html\r\n\r\n", bytes.as_slice(), text.as_bytes()].concat());
            proptest::prop_assert!(!view.text.chars().any(|char| char.is_control() && char != '\n'));
            proptest::prop_assert!(!defanged(&text).contains("http://a."));
        }
    }
}
