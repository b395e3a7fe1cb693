//! JSON strings to text and back.

/// Appends the text that the body of a valid JSON string stands for.
///
/// Half of a surrogate pair stands for no character; it becomes U+FFFD, as a subject line may hold one and Arrow's text may not.
pub(crate) fn unescape(body: &str, out: &mut String) {
    let mut rest = body;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let escape = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        let mut taken = at + 2;
        match escape {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let (character, length) = unicode(rest.get(at..).unwrap_or_default());
                out.push(character);
                taken = at + length;
            }
            other => out.push(char::from(other)),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// The character of `\uXXXX` or of a surrogate pair at the start of `text`, and the bytes it takes.
fn unicode(text: &str) -> (char, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(0).unwrap_or(0xfffd);
    if let Some(character) = char::from_u32(u32::from(first)) {
        return (character, 6);
    }
    let pair = unit(6).and_then(|second| char::decode_utf16([first, second]).next()?.ok());
    pair.map_or((char::REPLACEMENT_CHARACTER, 6), |character| (character, 12))
}

/// Appends `text` as a JSON string with its quotes.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(text.get(start..at).unwrap_or_default());
        if short.is_empty() {
            out.push_str("\\u00");
            out.push(if byte < 0x10 { '0' } else { '1' });
            out.extend(char::from_digit(u32::from(byte % 16), 16));
        } else {
            out.push_str(short);
        }
        start = at + 1;
    }
    out.push_str(text.get(start..).unwrap_or_default());
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::{quote, unescape};

    fn unescaped(body: &str) -> String {
        let mut out = String::new();
        unescape(body, &mut out);
        out
    }

    #[test]
    fn every_escape_has_its_character() {
        assert_eq!(unescaped(r#"a\"\\\/\b\f\n\r\tz"#), "a\"\\/\u{8}\u{c}\n\r\tz");
        assert_eq!(unescaped(r"\u00e9\ud83d\ude00!"), "\u{e9}\u{1f600}!");
        assert_eq!(unescaped(r"\ud83d-\ude00"), "\u{fffd}-\u{fffd}");
        assert_eq!(unescaped(r"\ud83d\u0041"), "\u{fffd}A");
    }

    #[test]
    fn quoting_is_what_serde_json_reads_back() -> Result<(), serde_json::Error> {
        for text in ["", "plain", "a\"b\\c\n\r\t\u{0}\u{1f}\u{7f}é😀"] {
            let mut quoted = String::new();
            quote(text, &mut quoted);
            assert_eq!(serde_json::from_str::<String>(&quoted)?, text);
        }
        Ok(())
    }
}
