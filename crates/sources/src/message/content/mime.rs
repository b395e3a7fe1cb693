//! A message cut into its parts (RFC 2046), whatever it claims: no deeper and no more of them than the limits say.
//!
//! `mail-parser` reads fields and charsets; the cutting is done here, because its nesting is bounded by nothing but the message, and a
//! message that is a thousand messages deep would end the program. Start with [`cut`].

use std::ops::Range;

use mail_parser::ContentType;
use mailauth::Message;
use memchr::memmem;

use super::transfer::{Transfer, structured};
use crate::message::notes::{Note, Notes};

/// Multiparts inside each other that are opened; what is deeper is one part. Mail programs make four at most.
const MOST_NESTED: usize = 20;
/// Parts that are looked at. A long newsletter has a hundred pictures.
const MOST_PARTS: usize = 2_000;

/// A part without parts in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it is, as in `1.2`, counted from 1; empty for a message that is one part.
    pub(crate) path: String,
    /// Its media type in lower case, such as `text/plain`.
    pub(crate) media_type: String,
    /// What it says of its charset.
    pub(crate) charset: Option<String>,
    /// The name of the file, decoded.
    pub(crate) name: Option<String>,
    /// What Content-Disposition says: `attachment`, `inline` or another word, in lower case.
    pub(crate) disposition: Option<String>,
    /// Whether it has a Content-ID, by which a page shows it.
    pub(crate) content_id: bool,
    pub(crate) transfer: Transfer,
    /// Where its bytes lie, as they were sent.
    pub(crate) body: Range<usize>,
}

impl Part {
    /// Whether it is text of the message itself: not put apart, and without the name of a file.
    pub(crate) fn is_body(&self) -> bool {
        let text = matches!(
            self.media_type.as_str(),
            "text/plain" | "text/html" | "text/enriched" | "text/richtext" | "text/x-amp-html"
        );
        text && self.disposition.as_deref() != Some("attachment") && self.name.is_none()
    }
}

/// The parts of a message in their order.
pub(crate) fn cut(message: &Message<'_>, notes: &mut Notes) -> Vec<Part> {
    let bytes = message.bytes();
    let mut cutter = Cutter { bytes, parts: Vec::new(), notes };
    cutter.entity(0..bytes.len(), String::new(), 0, false);
    cutter.parts
}

struct Cutter<'a, 'n> {
    bytes: &'a [u8],
    parts: Vec<Part>,
    notes: &'n mut Notes,
}

impl Cutter<'_, '_> {
    /// A message or part: its fields, and what they say the rest is.
    fn entity(&mut self, range: Range<usize>, path: String, depth: usize, in_digest: bool) {
        if self.parts.len() >= MOST_PARTS {
            return self.notes.add(Note::Parts);
        }
        let entity = Message::new(self.bytes.get(range.clone()).unwrap_or_default());
        let body = range.end.saturating_sub(entity.body().len())..range.end;
        let field = |name: &str| entity.first(name).map(|field| field.value.to_vec());
        let content_type = field("Content-Type").and_then(|value| structured(&value));
        let media_type = media_type(content_type.as_ref(), in_digest);
        if media_type.starts_with("multipart/")
            && let Some(boundary) = content_type.as_ref().and_then(|found| found.attribute("boundary"))
        {
            let children = between(self.bytes, body.clone(), boundary.as_bytes());
            if depth >= MOST_NESTED {
                self.notes.add(Note::Nested);
            } else if !children.is_empty() {
                let digest = media_type == "multipart/digest";
                for (number, child) in (1..).zip(children) {
                    let path = if path.is_empty() { number.to_string() } else { format!("{path}.{number}") };
                    self.entity(child, path, depth + 1, digest);
                }
                return;
            } else {
                self.notes.add(Note::Boundary);
            }
        }
        let disposition = field("Content-Disposition").and_then(|value| structured(&value));
        let attribute = |of: &Option<ContentType<'_>>, name: &str| of.as_ref()?.attribute(name).map(str::to_owned);
        let name = attribute(&disposition, "filename").or_else(|| attribute(&content_type, "name"));
        let transfer = field("Content-Transfer-Encoding").map(|value| Transfer::named(&value));
        let is_multipart = media_type.starts_with("multipart/");
        self.parts.push(Part {
            path,
            // A multipart that is none is shown as text.
            media_type: if is_multipart { "text/plain".to_owned() } else { media_type },
            charset: attribute(&content_type, "charset"),
            name: name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
            disposition: disposition.map(|found| found.c_type.to_ascii_lowercase()),
            content_id: entity.first("Content-ID").is_some(),
            // A multipart is never encoded (RFC 2045 section 6.4), whatever it says.
            transfer: if is_multipart { Transfer::Plain } else { transfer.unwrap_or_default() },
            body,
        });
    }
}

/// The media type of RFC 2045 section 5.2: text where nothing is said, a message in a digest.
fn media_type(content_type: Option<&ContentType<'_>>, in_digest: bool) -> String {
    match content_type.map(|found| (found.c_type.as_ref(), found.c_subtype.as_deref())) {
        Some((kind, Some(subtype))) => format!("{kind}/{subtype}").to_ascii_lowercase(),
        Some((kind, None)) if kind.eq_ignore_ascii_case("multipart") => "multipart/mixed".to_owned(),
        _ if in_digest => "message/rfc822".to_owned(),
        _ => "text/plain".to_owned(),
    }
}

/// What lies between the lines of a boundary (RFC 2046 section 5.1.1); without the last of them, up to the end.
fn between(bytes: &[u8], range: Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
    let body = bytes.get(range.clone()).unwrap_or_default();
    let line = [b"--", boundary.trim_ascii_end()].concat();
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for at in memmem::find_iter(body, &line) {
        if at > 0 && body.get(at - 1) != Some(&b'\n') {
            continue;
        }
        let after = body.get(at + line.len()..).unwrap_or_default();
        let (last, after) = after.strip_prefix(b"--").map_or((false, after), |after| (true, after));
        let end = memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1);
        // A longer boundary that begins like this one is another's.
        if !after.get(..end).unwrap_or_default().trim_ascii().is_empty() {
            continue;
        }
        if let Some(start) = open.take() {
            found.push(range.start + start..range.start + before_line_end(body, start, at));
        }
        if last {
            return found;
        }
        open = Some(body.len() - after.len() + end);
    }
    found.extend(open.map(|start| range.start + start..range.end));
    found
}

/// The line end before a boundary belongs to the boundary.
fn before_line_end(body: &[u8], start: usize, at: usize) -> usize {
    let part = body.get(start..at).unwrap_or_default();
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    start + part.strip_suffix(b"\r").unwrap_or(part).len()
}

#[cfg(test)]
mod tests {
    use mailauth::Message;

    use super::{MOST_NESTED, MOST_PARTS, Part, cut};
    use crate::message::notes::{Note, Notes};

    fn parts(text: &str) -> (Vec<(Part, String)>, Notes) {
        let mut notes = Notes::default();
        let message = Message::new(text.as_bytes());
        let parts = cut(&message, &mut notes);
        let body = |part: &Part| String::from_utf8_lossy(&message.bytes()[part.body.clone()]).into_owned();
        (parts.iter().map(|part| (part.clone(), body(part))).collect(), notes)
    }

    fn told(text: &str) -> Vec<String> {
        parts(text).0.iter().map(|(part, body)| format!("{} {} {body:?}", part.path, part.media_type)).collect()
    }

    #[test]
    fn a_message_is_one_part_or_several() {
        assert_eq!(told("Subject: s\n\nhello\n"), [" text/plain \"hello\\r\\n\""]);
        assert_eq!(
            told(
                "Content-Type: multipart/mixed; boundary=b\n\nbefore\n--b\nContent-Type: TEXT/HTML\n\n<p>\n--b\n\nx\n--b--\nafter\n"
            ),
            ["1 text/html \"<p>\"", "2 text/plain \"x\""]
        );
    }

    #[test]
    fn an_outer_boundary_ends_what_is_inside() {
        assert_eq!(
            told(
                "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n\
                 --bb\n\none\n--bb\n\ntwo\n--b\n\nthree\n--b--\n"
            ),
            ["1.1 text/plain \"one\"", "1.2 text/plain \"two\"", "2 text/plain \"three\""]
        );
    }

    #[test]
    fn what_has_no_boundary_is_text_and_said_so() {
        let (parts, notes) = parts("Content-Type: multipart/mixed; boundary=b\n\nhello\n");
        assert_eq!(parts[0].1, "hello\r\n");
        assert_eq!(notes.list(), [Note::Boundary]);
        assert_eq!(told("Content-Type: multipart/mixed\n\nhello"), [" text/plain \"hello\""]);
    }

    #[test]
    fn a_last_boundary_may_be_missing() {
        assert_eq!(told("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n"), ["1 text/plain \"hello\\r\\n\""]);
    }

    #[test]
    fn messages_of_a_digest_are_messages() {
        assert_eq!(
            told("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\n--b--\n"),
            ["1 message/rfc822 \"Subject: x\\r\\n\""]
        );
    }

    #[test]
    fn nesting_and_numbers_have_limits() {
        let mut deep = String::new();
        for level in 0..10_000 {
            deep.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
        }
        let (parts_of_deep, notes) = parts(&deep);
        assert_eq!((parts_of_deep.len(), notes.list()), (1, [Note::Nested].as_slice()));
        assert_eq!(parts_of_deep[0].0.path.split('.').count(), MOST_NESTED);
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(10_000));
        let (parts_of_many, notes) = parts(&many);
        assert_eq!((parts_of_many.len(), notes.list()), (MOST_PARTS, [Note::Parts].as_slice()));
    }
}
