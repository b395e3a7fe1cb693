//! Transfer encodings and charsets of a part (RFC 2045 section 6), read as mail programs read them: what is broken is passed over, and
//! everything that can be read is.

use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};

/// How the bytes of a part were made fit for the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Transfer {
    /// Not at all: `7bit`, `8bit`, `binary`, and what nobody knows.
    #[default]
    Plain,
    /// RFC 2045 section 6.8.
    Base64,
    /// RFC 2045 section 6.7.
    QuotedPrintable,
}

impl Transfer {
    /// The encoding a Content-Transfer-Encoding field names.
    pub(crate) fn named(value: &[u8]) -> Self {
        let value = value.trim_ascii();
        let word = value.split(|byte| byte.is_ascii_whitespace() || matches!(byte, b';' | b'(')).next().unwrap_or_default();
        if word.eq_ignore_ascii_case(b"base64") {
            Self::Base64
        } else if word.eq_ignore_ascii_case(b"quoted-printable") {
            Self::QuotedPrintable
        } else {
            Self::Plain
        }
    }

    /// The bytes that were sent.
    pub(crate) fn decode(self, bytes: &[u8]) -> std::borrow::Cow<'_, [u8]> {
        match self {
            Self::Plain => bytes.into(),
            Self::Base64 => base64(bytes).into(),
            Self::QuotedPrintable => quoted_printable(bytes).into(),
        }
    }
}

/// Base64 without its line ends and whatever else is none of its characters. `=` ends a group, and more may follow: parts put together
/// from several encoded ones exist.
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut group, mut held) = (0_u32, 0_u32);
    for &byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                (group, held) = (0, 0);
                continue;
            }
            _ => continue,
        };
        group = (group << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            // The bits above the byte are cut off on purpose.
            out.push((group >> held) as u8);
            group &= (1 << held) - 1;
        }
    }
    out
}

/// Quoted-printable; `=` before anything else than two digits or a line end stands for itself, as mail programs show it.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr2(b'=', b'\n', rest) {
        let (before, after) = rest.split_at(at);
        let (mark, after) = after.split_first().unwrap_or((&b'\n', &[]));
        out.extend_from_slice(before);
        rest = after;
        if *mark == b'\n' {
            // White space at the end of a line came into being on the way.
            let kept = out.trim_ascii_end().len();
            let line_end = out.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            out.truncate(kept.max(line_end));
            out.extend_from_slice(b"\r\n");
            continue;
        }
        let blank = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        match (after, after.get(blank)) {
            ([high, low, tail @ ..], _) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(digit(*high) << 4 | digit(*low));
                rest = tail;
            }
            (_, Some(b'\n')) => rest = after.get(blank + 1..).unwrap_or_default(),
            (_, None) => rest = &[],
            _ => out.push(b'='),
        }
    }
    out.extend_from_slice(rest);
    out
}

fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => byte.saturating_sub(b'A') + 10,
    }
}

/// Text of a charset. One that is not named, not known or not true gives way to UTF-16 with its mark, to UTF-8, and to Windows-1252,
/// which reads any bytes.
pub(crate) fn text(bytes: &[u8], charset: Option<&str>) -> String {
    match bytes {
        [0xff, 0xfe, ..] => return named(bytes, "utf-16le"),
        [0xfe, 0xff, ..] => return named(bytes, "utf-16be"),
        _ => {}
    }
    let charset = charset.map(str::trim).filter(|charset| !charset.is_empty() && !is_utf8(charset));
    match (charset.and_then(|charset| charset_decoder(charset.as_bytes())), std::str::from_utf8(bytes)) {
        (Some(decoder), _) => decoder(bytes),
        (None, Ok(text)) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        (None, Err(_)) => named(bytes, "windows-1252"),
    }
}

/// US-ASCII is a part of UTF-8, and what says that it is ASCII and is not is UTF-8 more often than anything else.
fn is_utf8(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| name.eq_ignore_ascii_case(charset))
}

fn named(bytes: &[u8], charset: &str) -> String {
    charset_decoder(charset.as_bytes()).map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |decoder| decoder(bytes))
}

/// A Content-Type or Content-Disposition field, with the forms of RFC 2231 and the encoded words that are written instead of them.
pub(crate) fn structured(value: &[u8]) -> Option<ContentType<'static>> {
    let line = [value, b"\r\n"].concat();
    match MessageStream::new(&line).parse_content_type() {
        parsed @ HeaderValue::ContentType(_) => owned(parsed),
        _ => None,
    }
}

fn owned(value: HeaderValue<'_>) -> Option<ContentType<'static>> {
    match value.into_owned() {
        HeaderValue::ContentType(parsed) => Some(parsed),
        _ => None,
    }
}

/// A field of free text, its encoded words (RFC 2047) decoded.
pub(crate) fn unstructured(value: &[u8]) -> String {
    let line = match std::str::from_utf8(value) {
        Ok(_) => [value, b"\r\n"].concat(),
        Err(_) => [named(value, "windows-1252").as_bytes(), b"\r\n"].concat(),
    };
    match MessageStream::new(&line).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Transfer, structured, text, unstructured};

    #[test]
    fn base64_is_read_past_what_is_broken_in_it() {
        for (written, sent) in [
            ("aGVsbG8=", "hello"),
            ("aGVs\r\nbG8=\r\n", "hello"),
            ("aGVsbG8", "hello"),
            ("aGVs*bG8=!", "hello"),
            ("aGk=aGk=", "hihi"),
            ("", ""),
            ("====", ""),
        ] {
            assert_eq!(Transfer::Base64.decode(written.as_bytes()).as_ref(), sent.as_bytes(), "{written}");
        }
    }

    #[test]
    fn quoted_printable_is_read_past_what_is_broken_in_it() {
        for (written, sent) in [
            ("a=3Db", "a=b"),
            ("one=\r\ntwo", "onetwo"),
            ("one= \t\r\ntwo", "onetwo"),
            ("trailing \t\r\nnext", "trailing\r\nnext"),
            ("=c3=a9", "é"),
            ("1=2=zz=", "1=2=zz"),
            ("=", ""),
            ("a\n\n  \nb", "a\r\n\r\n\r\nb"),
        ] {
            assert_eq!(Transfer::QuotedPrintable.decode(written.as_bytes()).as_ref(), sent.as_bytes(), "{written}");
        }
    }

    #[test]
    fn text_is_read_in_its_charset_or_in_the_one_it_must_be() {
        assert_eq!(text(b"caf\xe9", Some("iso-8859-1")), "café");
        assert_eq!(text("café".as_bytes(), None), "café");
        assert_eq!(text("café".as_bytes(), Some("us-ascii")), "café");
        assert_eq!(text(b"caf\xe9", None), "café");
        assert_eq!(text(b"caf\xe9", Some("utf-8")), "café");
        assert_eq!(text(b"caf\xe9", Some("no-such-charset")), "café");
        assert_eq!(text(b"\xff\xfeh\0i\0", None).trim_start_matches('\u{feff}'), "hi");
        assert_eq!(text(b"\x82\xb1", Some("shift_jis")), "こ");
    }

    #[test]
    fn names_of_files_are_read_in_every_form() {
        let name = |value: &str| structured(value.as_bytes()).and_then(|parsed| parsed.attribute("filename").map(str::to_owned));
        assert_eq!(name("attachment; filename=\"a b.txt\"").as_deref(), Some("a b.txt"));
        assert_eq!(name("attachment; filename*=utf-8''%e2%82%ac.txt").as_deref(), Some("€.txt"));
        assert_eq!(name("attachment; filename*0=one; filename*1=two.txt").as_deref(), Some("onetwo.txt"));
        assert_eq!(name("attachment; filename=\"=?utf-8?Q?=E2=82=AC.txt?=\"").as_deref(), Some("€.txt"));
    }

    #[test]
    fn a_subject_is_decoded_whatever_it_is_written_in() {
        assert_eq!(unstructured(b" =?utf-8?B?w6k=?= =?utf-8?Q?t=C3=A9?="), "été");
        assert_eq!(unstructured(b" caf\xe9"), "café");
        assert_eq!(unstructured(b""), "");
    }
}
