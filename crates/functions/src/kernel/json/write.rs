//! Foreign text into compact JSON, in one pass that also says whether it is JSON at all.

use std::borrow::Cow;

use schema::text;

use super::{MAX_DEPTH, unescape};

/// `text` as compact JSON: no white space outside strings, escapes only where JSON demands them. `None` if it is not one JSON
/// value (RFC 8259) or is nested deeper than [`MAX_DEPTH`].
#[must_use]
pub fn compacted(text: &str) -> Option<Cow<'_, str>> {
    let mut reader = Reader { text, at: 0, kept: 0, out: String::new() };
    if !reader.document() {
        return None;
    }
    if reader.out.is_empty() {
        return text.get(reader.kept..reader.at).map(Cow::Borrowed);
    }
    reader.flush();
    Some(Cow::Owned(reader.out))
}

/// Appends `text` as a JSON string with its quotes.
pub fn quote(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0x00..=0x1f => "\\u00",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or(""));
        out.push_str(escape);
        if escape.len() > 2 {
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out.push('"');
}

/// Appends an array of JSON values.
pub fn write_array(values: impl IntoIterator<Item: AsRef<str>>, out: &mut String) {
    out.push('[');
    for (number, value) in values.into_iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        out.push_str(value.as_ref());
    }
    out.push(']');
}

/// Appends a property bag of keys, as they stand between their quotes, and JSON values.
pub fn write_bag<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>, out: &mut String) {
    out.push('{');
    for (number, (key, value)) in members.into_iter().enumerate() {
        out.push_str(if number > 0 { ",\"" } else { "\"" });
        out.push_str(key);
        out.push_str("\":");
        out.push_str(value);
    }
    out.push('}');
}

/// Appends a real as Kusto writes it inside JSON: always with a point or exponent; NaN and the infinities as JSON strings.
pub fn write_real(value: f64, out: &mut String) {
    if !value.is_finite() {
        out.push('"');
        text::real::write(value, out);
        out.push('"');
        return;
    }
    let start = out.len();
    text::real::write(value, out);
    if !out.get(start..).is_some_and(|written| written.contains(['.', 'E'])) {
        out.push_str(".0");
    }
}

/// What is read is kept as it stands in the text, and copied only when something in it has to change.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Where the text begins that is not copied yet; it ends at `at`.
    kept: usize,
    out: String,
}

/// What stands open around the value being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Array,
    Bag,
}

impl Reader<'_> {
    fn document(&mut self) -> bool {
        let mut open: Vec<Open> = Vec::new();
        loop {
            // A value begins here.
            self.space();
            match self.peek() {
                Some(b'[') if open.len() < MAX_DEPTH => {
                    self.keep();
                    self.space();
                    if self.peek() != Some(b']') {
                        open.push(Open::Array);
                        continue;
                    }
                    self.keep();
                }
                Some(b'{') if open.len() < MAX_DEPTH => {
                    self.keep();
                    self.space();
                    if self.peek() != Some(b'}') {
                        open.push(Open::Bag);
                        if !self.key() {
                            return false;
                        }
                        continue;
                    }
                    self.keep();
                }
                Some(b'"') if self.string() => {}
                Some(b'-' | b'0'..=b'9') if self.number() => {}
                Some(b't') if self.word("true") => {}
                Some(b'f') if self.word("false") => {}
                Some(b'n') if self.word("null") => {}
                _ => return false,
            }
            // A value ended here: close what ends with it, go on to what follows.
            if !self.after_value(&mut open) {
                return false;
            }
            if open.is_empty() {
                let rest = self.text.get(self.at..).unwrap_or("");
                return rest.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
            }
        }
    }

    /// Steps to the next value of what is open, closing what ends; false where neither a comma nor a bracket follows.
    fn after_value(&mut self, open: &mut Vec<Open>) -> bool {
        while let Some(&innermost) = open.last() {
            self.space();
            match (innermost, self.peek()) {
                (Open::Array, Some(b',')) => {
                    self.keep();
                    return true;
                }
                (Open::Bag, Some(b',')) => {
                    self.keep();
                    self.space();
                    return self.key();
                }
                (Open::Array, Some(b']')) | (Open::Bag, Some(b'}')) => {
                    self.keep();
                    open.pop();
                }
                _ => return false,
            }
        }
        true
    }

    /// A key and its colon.
    fn key(&mut self) -> bool {
        if self.peek() != Some(b'"') || !self.string() {
            return false;
        }
        self.space();
        let colon = self.peek() == Some(b':');
        if colon {
            self.keep();
        }
        colon
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Keeps one ASCII character.
    fn keep(&mut self) {
        self.at += 1;
    }

    /// Copies what is kept.
    fn flush(&mut self) {
        self.out.push_str(self.text.get(self.kept..self.at).unwrap_or(""));
        self.kept = self.at;
    }

    fn space(&mut self) {
        if !matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            return;
        }
        self.flush();
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.kept = self.at;
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if found {
            self.at += word.len();
        }
        found
    }

    fn string(&mut self) -> bool {
        let from = self.at + 1;
        let Some(rest) = self.text.as_bytes().get(from..) else { return false };
        let mut escaped = false;
        let mut length = 0;
        loop {
            match rest.get(length) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    length += 2;
                }
                Some(0x20..) => length += 1,
                Some(_) | None => return false,
            }
        }
        if escaped {
            let Some(inner) = self.text.get(from..from + length) else { return false };
            if !escapes_hold(inner) {
                return false;
            }
            self.flush();
            quote(&unescape(inner), &mut self.out);
            self.kept = from + length + 1;
        }
        self.at = from + length + 1;
        true
    }

    fn number(&mut self) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
        let digits = |from: usize| rest.get(from..).unwrap_or(&[]).iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut length = usize::from(rest.first() == Some(&b'-'));
        let whole = digits(length);
        if whole == 0 || (whole > 1 && rest.get(length) == Some(&b'0')) {
            return false;
        }
        length += whole;
        if rest.get(length) == Some(&b'.') {
            let fraction = digits(length + 1);
            if fraction == 0 {
                return false;
            }
            length += 1 + fraction;
        }
        if matches!(rest.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
            let exponent = digits(length + 1 + sign);
            if exponent == 0 {
                return false;
            }
            length += 1 + sign + exponent;
        }
        self.at += length;
        true
    }
}

/// Whether every backslash begins an escape of JSON.
fn escapes_hold(inner: &str) -> bool {
    let bytes = inner.as_bytes();
    let mut at = 0;
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += step + 1;
        match bytes.get(at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 1,
            Some(b'u') => {
                let digits = bytes.get(at + 1..at + 5).unwrap_or(&[]);
                if digits.len() != 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return false;
                }
                at += 5;
            }
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{MAX_DEPTH, compacted, quote};

    #[test]
    fn white_space_goes_and_everything_else_stays() {
        let table = [
            (" { \"a\" : [ 1 , 2.50 , -0 , 1e5 ] , \"b c\" : { } , \"d\" : [ ] } ", r#"{"a":[1,2.50,-0,1e5],"b c":{},"d":[]}"#),
            ("true", "true"),
            (" null ", "null"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            (r#""a\/b\u0041\u00e9\n""#, "\"a/bAé\\n\""),
            (r#"[[[]],{"a":{"b":[]}}]"#, r#"[[[]],{"a":{"b":[]}}]"#),
            ("[1,2]\n", "[1,2]"),
        ];
        for (text, expected) in table {
            assert_eq!(compacted(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            " ",
            "abc",
            "{",
            "}",
            "[1",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "'a'",
            "\"a",
            "\"a\\\"",
            "\"\\x\"",
            "\"\\u12\"",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "-",
            "NaN",
            "[1]]",
            "1 2",
            "tru",
            "\"a\nb\"",
            "[1}",
            "{\"a\":1]",
            "é",
            "\"é",
            "[1 2]",
        ] {
            assert_eq!(compacted(text), None, "{text}");
        }
    }

    #[test]
    fn text_that_is_compact_already_is_not_copied() {
        for text in [r#"{"SPF":"pass","n":[1,null,true]}"#, " 12 ", "\n[]"] {
            assert!(matches!(compacted(text), Some(Cow::Borrowed(json)) if json == text.trim()), "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(compacted(&nested(MAX_DEPTH)).is_some());
        assert!(compacted(&nested(MAX_DEPTH + 1)).is_none());
        assert!(compacted(&"[".repeat(1_000_000)).is_none());
    }

    #[test]
    fn quoting_escapes_what_json_demands() {
        let mut out = String::new();
        quote("a\"b\\c\n\u{1}\u{1f}é/", &mut out);
        assert_eq!(out, "\"a\\\"b\\\\c\\n\\u0001\\u001fé/\"");
    }
}
