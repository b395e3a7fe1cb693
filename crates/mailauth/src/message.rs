//! A message cut into header fields and body (RFC 5322 section 2), byte for byte as it came. No MIME, no decoding: signatures are over bytes.

use std::{borrow::Cow, ops::Range};

/// A message, its fields found. Lines end in CR LF: a file that has bare line feeds, as mbox and Maildir do, is given them
/// when it is cut, because that is how it was signed.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    bytes: Cow<'a, [u8]>,
    fields: Vec<Span>,
    body: usize,
    cut: Option<Cut>,
}

/// Where a field lies: its name, its value, and all of it with the line end.
#[derive(Debug, Clone)]
struct Span {
    name: Range<usize>,
    whole: Range<usize>,
    value: usize,
}

/// What of a message was not looked at, because there was too much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// More header fields than [`Message::MOST_FIELDS`].
    Fields,
    /// More bytes of header than [`Message::MOST_HEADER`].
    Header,
}

/// One header field as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name as written, without white space before the colon.
    pub name: &'a [u8],
    /// What follows the colon, folded as it came, without the last line end.
    pub value: &'a [u8],
    /// All of it: name, colon, value, line end.
    pub whole: &'a [u8],
}

impl Field<'_> {
    /// Whether the field has this name, in whatever case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value unfolded, without white space at its ends; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        unfold(self.value)
    }
}

impl<'a> Message<'a> {
    /// Most header fields that are looked at.
    pub const MOST_FIELDS: usize = 10_000;
    /// Most bytes of header that are looked at.
    pub const MOST_HEADER: usize = 4 << 20;

    /// Cuts a message. Never fails: what has no colon is passed over, and what has no empty line has no body. A line `From ` at the start, as
    /// mbox has it, is no field.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let bytes = network_lines(bytes);
        let (mut fields, mut at, mut cut) = (Vec::new(), 0, None);
        let mut body = bytes.len();
        while at < bytes.len() {
            let end = line_end(&bytes, at);
            if &bytes[at..end] == b"\r\n" {
                body = end;
                break;
            }
            if cut.is_none() {
                cut = Self::limit(&fields, end);
            }
            let goes_on = matches!(bytes[at], b' ' | b'\t');
            match fields.last_mut() {
                Some(last) if goes_on && last.whole.end == at => last.whole.end = end,
                _ if cut.is_some() => {}
                _ => fields.extend(Span::of(&bytes, at, end)),
            }
            at = end;
        }
        Self { bytes, fields, body, cut }
    }

    fn limit(fields: &[Span], end: usize) -> Option<Cut> {
        if fields.len() >= Self::MOST_FIELDS {
            Some(Cut::Fields)
        } else if end > Self::MOST_HEADER {
            Some(Cut::Header)
        } else {
            None
        }
    }

    /// The fields in the order in which they stand, the latest trace first.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = Field<'_>> + ExactSizeIterator {
        self.fields.iter().map(|span| Field {
            name: &self.bytes[span.name.clone()],
            value: trim_line_end(&self.bytes[span.value..span.whole.end]),
            whole: &self.bytes[span.whole.clone()],
        })
    }

    /// The fields of a name, in whatever case, from the top.
    pub fn all<'m>(&'m self, name: &'m str) -> impl DoubleEndedIterator<Item = Field<'m>> {
        self.fields().filter(move |field| field.is(name))
    }

    /// The topmost field of a name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<Field<'_>> {
        self.fields().find(|field| field.is(name))
    }

    /// All bytes, with network line ends.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What follows the first empty line.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }

    /// What was too much to be looked at, if anything.
    #[must_use]
    pub fn cut(&self) -> Option<Cut> {
        self.cut
    }
}

impl Span {
    /// A field that begins at `at`; `None` if the line is not one.
    fn of(bytes: &[u8], at: usize, end: usize) -> Option<Self> {
        let colon = at + memchr::memchr(b':', &bytes[at..end])?;
        let name = bytes[at..colon].trim_ascii_end();
        let is_name = !name.is_empty() && name.iter().all(|byte| (33..=126).contains(byte));
        is_name.then(|| Self { name: at..at + name.len(), whole: at..end, value: colon + 1 })
    }
}

/// Bytes whose every line ends in CR LF.
fn network_lines(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bare = |at: usize| at == 0 || bytes[at - 1] != b'\r';
    if !memchr::memchr_iter(b'\n', bytes).any(bare) {
        return Cow::Borrowed(bytes);
    }
    let mut whole = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut from = 0;
    for at in memchr::memchr_iter(b'\n', bytes).filter(|at| bare(*at)) {
        whole.extend_from_slice(&bytes[from..at]);
        whole.extend_from_slice(b"\r\n");
        from = at + 1;
    }
    whole.extend_from_slice(&bytes[from..]);
    Cow::Owned(whole)
}

/// Just after the line that begins at `at`.
fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found + 1)
}

fn trim_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// A folded value as one line (RFC 5322 section 2.2.3), without white space at its ends.
#[must_use]
pub fn unfold(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    if text.contains(['\r', '\n']) { text.replace(['\r', '\n'], "") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Cut, Message};

    #[test]
    fn fields_and_body_are_the_bytes_that_came() {
        let message = Message::new(b"From: a\r\nSubject : two\r\n\tlines\r\n\r\nbody\r\n");
        let fields: Vec<_> = message.fields().collect();
        assert_eq!(fields[0].value, b" a");
        assert_eq!(fields[1].name, b"Subject");
        assert_eq!(fields[1].whole, b"Subject : two\r\n\tlines\r\n");
        assert_eq!(fields[1].text(), "two\tlines");
        assert_eq!(message.body(), b"body\r\n");
    }

    #[test]
    fn bare_line_feeds_become_network_lines() {
        let message = Message::new(b"A: 1\nB: 2\n\nx\ny");
        assert_eq!(message.bytes(), b"A: 1\r\nB: 2\r\n\r\nx\r\ny");
        assert_eq!(message.body(), b"x\r\ny");
    }

    #[test]
    fn a_line_of_an_mbox_and_a_line_without_a_name_are_no_fields() {
        let message = Message::new(b"From a@example.com Thu Nov 19 10:00:00 2026\r\nTo: b\r\nno field here\r\n: empty\r\n\r\n");
        let names: Vec<_> = message.fields().map(|field| field.name.to_vec()).collect();
        assert_eq!(names, [b"To"]);
    }

    #[test]
    fn a_message_may_be_all_header_or_nothing() {
        assert_eq!(Message::new(b"A: 1").body(), b"");
        assert_eq!(Message::new(b"").fields().count(), 0);
        assert_eq!(Message::new(b"\r\nonly a body").body(), b"only a body");
    }

    #[test]
    fn too_much_header_is_cut_and_said_so() {
        let many = "A: 1\r\n".repeat(Message::MOST_FIELDS + 5) + "\r\nbody";
        let message = Message::new(many.as_bytes());
        assert_eq!(message.fields().len(), Message::MOST_FIELDS);
        assert_eq!(message.cut(), Some(Cut::Fields));
        assert_eq!(message.body(), b"body");
    }
}
