//! What an input is, by its first bytes; names and extensions are not asked.

pub(crate) use super::container::Container;
use super::envelope;
use crate::json::{Fault, Tokenizer};
use crate::message::sniff;
use crate::report::{self, Form};
use crate::route;

/// The byte order mark of UTF-8.
pub(crate) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// What text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing but white space.
    Empty,
    /// A JSON object a line.
    Lines,
    /// One JSON value over any number of lines, or several one after another.
    Document,
    /// Fields separated by commas, semicolons or tabs, under a header.
    Separated,
    /// What a receiver of mail reports.
    Report(Form),
    /// None of these.
    Unknown,
}

/// The compression or archive around the input. Numbers: RFC 1952, RFC 8878 (section 3.1.1 and skippable frames), PKWARE's APPNOTE.
pub(crate) fn container(head: &[u8]) -> Option<Container> {
    match head {
        [0x1f, 0x8b, 8, ..] => Some(Container::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Container::Zstd),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Container::Zip),
        _ if sniff::is_tar(head) => Some(Container::Tar),
        _ => None,
    }
}

/// For UTF-16: the length of its mark and whether the high byte comes first. Without a mark, an ASCII character in front tells.
pub(crate) fn utf16(head: &[u8]) -> Option<(u64, bool)> {
    match head {
        [0xff, 0xfe, ..] => Some((2, false)),
        [0xfe, 0xff, ..] => Some((2, true)),
        [0x09..0x7f, 0, 0x09..0x7f, 0, ..] => Some((0, false)),
        [0, 0x09..0x7f, 0, 0x09..0x7f, ..] => Some((0, true)),
        _ => None,
    }
}

/// What text is, given its beginning and the table that the user says it is of.
pub(super) fn kind(head: &[u8], table: Option<&str>) -> Kind {
    if let Some(form) = report::form(head).filter(|form| table.is_none_or(|table| table == form.table())) {
        return Kind::Report(form);
    }
    let text = head.trim_ascii_start();
    match text.first() {
        None => Kind::Empty,
        Some(b'[') => Kind::Document,
        Some(b'{') => braced(text),
        Some(_) if is_separated(text) => Kind::Separated,
        Some(_) if lines(text).take(4).any(is_object) => Kind::Lines,
        Some(_) => Kind::Unknown,
    }
}

/// Lines or a document: a first line that is a whole object, or broken in itself, is a line; one that goes on in the next is not.
fn braced(text: &[u8]) -> Kind {
    let Some(end) = memchr::memchr(b'\n', text) else { return Kind::Document };
    let Ok(first) = std::str::from_utf8(&text[..end]) else { return Kind::Lines };
    match Tokenizer::new(first).whole() {
        Err(Fault::End) => Kind::Document,
        // Lines behind a reply in one line are not told from lines of replies, and both are read.
        Ok(_) if envelope::may_open(first) && text[end..].trim_ascii().is_empty() => Kind::Document,
        _ => Kind::Lines,
    }
}

fn is_object(line: &[u8]) -> bool {
    line.starts_with(b"{") && std::str::from_utf8(line).is_ok_and(|line| Tokenizer::new(line).whole().is_ok())
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii)
}

/// Whether the first line is a header: at least one name of it is a documented column, and no byte is a control character.
fn is_separated(text: &[u8]) -> bool {
    let mut lines = lines(text);
    let mut first = lines.next().unwrap_or_default();
    if super::csv::announced(first).is_some() {
        first = lines.next().unwrap_or_default();
    }
    if first.iter().any(|&byte| byte < 0x20 && byte != b'\t') {
        return false;
    }
    let separators = [b',', b';', b'\t'];
    let names: Vec<String> = first
        .split(|byte| separators.contains(byte))
        .map(|name| super::csv::plain_name(String::from_utf8_lossy(name).trim().trim_matches('"')).to_owned())
        .collect();
    names.iter().any(|name| route::is_known_column(name)) || (names.len() > 1 && names.iter().all(|name| is_name(name)))
}

/// A name as headers hold: letters first, short.
fn is_name(name: &str) -> bool {
    name.len() <= 128 && name.starts_with(|c: char| c.is_alphabetic() || "_@$".contains(c))
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};
    use crate::report::Form;

    #[test]
    fn the_first_bytes_tell_the_kind() {
        for (text, expected) in [
            ("", Kind::Empty),
            (" \r\n\n", Kind::Empty),
            ("{\"a\":1}\n{\"a\":2}\n", Kind::Lines),
            ("\n{\"a\":1,,}\n{\"a\":2}\n", Kind::Lines),
            ("{\"a\":\"cut off\n{\"a\":2}\n", Kind::Lines),
            ("d off\"}\n{\"a\":2}\n", Kind::Lines),
            ("{\"records\":[\n{\"a\":1},\n{\"a\":2}\n]}", Kind::Document),
            ("{\n  \"a\": 1\n}", Kind::Document),
            ("{\"a\":1}", Kind::Document),
            ("[{\"a\":1}]", Kind::Document),
            ("Timestamp,Subject\n", Kind::Separated),
            ("sep=;\r\n\"TimeGenerated [UTC]\";\"X\"\r\n", Kind::Separated),
            ("Name\tOther\n1\t2\n", Kind::Separated),
            ("<?xml version=\"1.0\"?>\n<!-- x -->\n<feedback>", Kind::Report(Form::Aggregate)),
            (" <d:Feedback xmlns:d='urn:x'>", Kind::Report(Form::Aggregate)),
            ("<html><body><feedback>", Kind::Unknown),
            ("{\n \"report-id\": 1, \"policies\": []}", Kind::Report(Form::Tls)),
            ("{\"report-id\":1}", Kind::Document),
            ("hello world\n", Kind::Unknown),
            ("\u{7f}ELF\u{2}\u{1}", Kind::Unknown),
        ] {
            assert_eq!(kind(text.as_bytes(), None), expected, "{text:?}");
        }
    }
}
