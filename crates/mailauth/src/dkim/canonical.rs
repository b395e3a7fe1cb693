//! The two forms in which header fields are signed (RFC 6376 section 3.4): as they are, or with what relays change on the way evened out.

use std::ops::Range;

use super::body::LINE_END;
use crate::message::Field;

/// How much may change on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Canonicalization {
    /// Nothing.
    Simple,
    /// White space, and the case of names.
    Relaxed,
}

impl Canonicalization {
    /// As `c=` writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Relaxed => "relaxed",
        }
    }

    /// The inverse of [`Canonicalization::as_str`].
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        [Self::Simple, Self::Relaxed].into_iter().find(|it| text.eq_ignore_ascii_case(it.as_str().as_bytes()))
    }

    /// Adds a field, with its line end.
    pub(crate) fn field(self, field: &Field<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Simple => out.extend_from_slice(without_line_end(field.whole)),
            Self::Relaxed => {
                relaxed_name(field.name, out);
                relaxed_value(&[field.value], out);
            }
        }
        out.extend_from_slice(LINE_END);
    }

    /// Adds the field that holds the signature, without what lies in `hole` of its value and without its line end (section 3.7).
    pub(crate) fn signature(self, field: &Field<'_>, hole: &Range<usize>, out: &mut Vec<u8>) {
        let before = field.value.get(..hole.start).unwrap_or_default();
        let after = field.value.get(hole.end..).unwrap_or_default();
        match self {
            Self::Simple => {
                let whole = without_line_end(field.whole);
                let name = whole.len().saturating_sub(field.value.len());
                out.extend_from_slice(&whole[..name]);
                out.extend_from_slice(before);
                out.extend_from_slice(after);
            }
            Self::Relaxed => {
                relaxed_name(field.name, out);
                relaxed_value(&[before, after], out);
            }
        }
    }
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(LINE_END).unwrap_or(bytes)
}

fn relaxed_name(name: &[u8], out: &mut Vec<u8>) {
    let from = out.len();
    out.extend_from_slice(name);
    out[from..].make_ascii_lowercase();
    out.push(b':');
}

/// A value unfolded, every run of white space one space, none at the ends (section 3.4.2).
fn relaxed_value(parts: &[&[u8]], out: &mut Vec<u8>) {
    let start = out.len();
    let mut gap = false;
    for part in parts {
        out.reserve(part.len());
        let mut rest = *part;
        while let Some((&byte, tail)) = rest.split_first() {
            // A bare carriage return is a character like any other; a line end is always followed by white space.
            if matches!(byte, b' ' | b'\t') || byte == b'\r' && tail.first() == Some(&b'\n') || byte == b'\n' {
                gap = true;
                rest = tail;
                continue;
            }
            let word = tail.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(tail.len()) + 1;
            if gap && out.len() > start {
                out.push(b' ');
            }
            gap = false;
            out.extend_from_slice(&rest[..word]);
            rest = &rest[word..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Canonicalization::{self, Relaxed, Simple};
    use crate::message::Message;

    fn field(form: Canonicalization, text: &str) -> String {
        let message = Message::new(text.as_bytes());
        let mut out = Vec::new();
        form.field(&message.fields().next().unwrap(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn simple_changes_nothing() {
        assert_eq!(field(Simple, "SubJect :  a\r\n\tb \r\n\r\n"), "SubJect :  a\r\n\tb \r\n");
    }

    #[test]
    fn relaxed_evens_out_case_folds_and_white_space() {
        assert_eq!(field(Relaxed, "SubJect \t:  a \t b\r\n\tc \t\r\n\r\n"), "subject:a b c\r\n");
        assert_eq!(field(Relaxed, "X:\r\n\r\n"), "x:\r\n");
        assert_eq!(field(Relaxed, "X:a\r\n \r\n b\r\n"), "x:a b\r\n");
    }

    #[test]
    fn a_last_field_without_a_line_end_is_given_one() {
        assert_eq!(field(Simple, "A: b"), "A: b\r\n");
        assert_eq!(field(Relaxed, "A: b"), "a:b\r\n");
    }

    #[test]
    fn a_bare_carriage_return_is_a_character() {
        assert_eq!(field(Relaxed, "A: b\rc \r d\r\n"), "a:b\rc \r d\r\n");
    }

    #[test]
    fn a_signature_is_signed_without_itself() {
        let message = Message::new(b"Sig: v=1; b= ab\r\n cd ; d=x\r\n\r\n");
        let field = message.fields().next().unwrap();
        let hole = 8..17;
        let mut out = Vec::new();
        Simple.signature(&field, &hole, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "Sig: v=1; b=; d=x");
        out.clear();
        Relaxed.signature(&field, &hole, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "sig:v=1; b=; d=x");
    }
}
