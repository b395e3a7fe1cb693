//! Reads one JSON value from text that is already known to be UTF-8.

use std::borrow::Cow;

use super::{escape, scan};
use crate::field::{Field, Raw};

/// Brackets inside brackets beyond which a value is refused: deeper ones are made to hurt the readers behind us.
pub(crate) const MAX_DEPTH: u32 = 128;

/// Why text is not the JSON that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The text ends between tokens.
    #[error("the JSON breaks off at its end")]
    End,
    /// The text ends inside a string.
    #[error("the JSON breaks off inside a string")]
    EndInString,
    /// Something else stands where this was expected.
    #[error("not JSON: {expected} expected at byte {at}")]
    Expected {
        /// What was expected.
        expected: &'static str,
        /// Byte in the record, from 1.
        at: usize,
    },
    /// Too many brackets.
    #[error("the JSON is nested deeper than {MAX_DEPTH} levels")]
    Depth,
}

/// A reader over one JSON text.
#[derive(Debug)]
pub(crate) struct Tokenizer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokenizer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0 }
    }

    /// The members of the object that is the whole text, in order.
    ///
    /// Where a member `properties` is an object, `inner` gets that object's members: the telemetry of a streamed record
    /// stands there, and is so read once.
    pub(crate) fn object(mut self, fields: &mut Vec<Field<'a>>, inner: &mut Vec<Field<'a>>) -> Result<(), Fault> {
        self.blanks();
        self.expect(b'{', "an object")?;
        self.members(fields, Some(inner))?;
        self.end()
    }

    /// The elements of the array that is the whole text.
    pub(crate) fn array(mut self, mut each: impl FnMut(Raw<'a>)) -> Result<(), Fault> {
        self.blanks();
        self.expect(b'[', "an array")?;
        self.blanks();
        if self.eat(b']') {
            return self.end();
        }
        loop {
            self.blanks();
            each(self.value()?);
            self.blanks();
            if self.eat(b']') {
                return self.end();
            }
            self.expect(b',', "`,` or `]`")?;
        }
    }

    /// The value that is the whole text.
    pub(crate) fn whole(mut self) -> Result<Raw<'a>, Fault> {
        self.blanks();
        let value = self.value()?;
        self.end()?;
        Ok(value)
    }

    fn members(&mut self, fields: &mut Vec<Field<'a>>, mut inner: Option<&mut Vec<Field<'a>>>) -> Result<(), Fault> {
        self.blanks();
        if self.eat(b'}') {
            return Ok(());
        }
        loop {
            self.blanks();
            self.expect(b'"', "a member's name")?;
            let key = match self.string()? {
                Raw::Escaped(body) => {
                    let mut key = String::new();
                    escape::unescape(body, &mut key);
                    Cow::Owned(key)
                }
                Raw::Text(key) => Cow::Borrowed(key),
                _ => Cow::Borrowed(""),
            };
            self.blanks();
            self.expect(b':', "`:`")?;
            self.blanks();
            let value = match inner.as_deref_mut() {
                Some(inner) if key == "properties" && self.peek() == Some(b'{') => {
                    let start = self.at;
                    self.at += 1;
                    inner.clear();
                    self.members(inner, None)?;
                    Raw::Nested { json: self.since(start), compact: false }
                }
                _ => self.value()?,
            };
            fields.push(Field { key, value });
            self.blanks();
            if self.eat(b'}') {
                return Ok(());
            }
            self.expect(b',', "`,` or `}`")?;
        }
    }

    fn value(&mut self) -> Result<Raw<'a>, Fault> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.string()
            }
            Some(b'{' | b'[') => {
                let start = self.at;
                let compact = self.nested()?;
                Ok(Raw::Nested { json: self.since(start), compact })
            }
            Some(b't') => self.word("true", Raw::Bool(true)),
            Some(b'f') => self.word("false", Raw::Bool(false)),
            Some(b'n') => self.word("null", Raw::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.expected("a value")),
            None => Err(Fault::End),
        }
    }

    /// The rest of a string whose opening quote is read.
    #[inline]
    fn string(&mut self) -> Result<Raw<'a>, Fault> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at = scan::special(self.bytes, self.at).ok_or(Fault::EndInString)?;
            match self.bytes[self.at] {
                b'"' => {
                    let body = self.since(start);
                    self.at += 1;
                    return Ok(if escaped { Raw::Escaped(body) } else { Raw::Text(body) });
                }
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.expected("no control character in a string")),
            }
        }
    }

    /// One escape sequence (RFC 8259, section 7).
    fn escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 1..self.at + 5).ok_or(Fault::EndInString)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(self.expected("four hexadecimal digits"));
                }
                self.at += 5;
            }
            Some(_) => return Err(self.expected("an escape sequence")),
            None => return Err(Fault::EndInString),
        }
        Ok(())
    }

    /// Skips an array or object, checking it; true when it has no white space between its tokens.
    ///
    /// A loop with its own stack of bits (1: object), because the text decides how deep it goes.
    fn nested(&mut self) -> Result<bool, Fault> {
        #[derive(Clone, Copy)]
        enum Next {
            Value,
            ValueOrEnd,
            Key,
            KeyOrEnd,
            CommaOrEnd,
        }
        let (mut stack, mut depth) = (0u128, 0u32);
        let mut next = Next::Value;
        let mut compact = true;
        loop {
            compact &= !self.blanks();
            let in_object = stack & 1 == 1;
            next = match (next, self.peek().ok_or(Fault::End)?) {
                (Next::Value | Next::ValueOrEnd, byte @ (b'{' | b'[')) => {
                    if depth == MAX_DEPTH {
                        return Err(Fault::Depth);
                    }
                    depth += 1;
                    stack = stack << 1 | u128::from(byte == b'{');
                    self.at += 1;
                    if byte == b'{' { Next::KeyOrEnd } else { Next::ValueOrEnd }
                }
                (Next::ValueOrEnd, b']') | (Next::KeyOrEnd, b'}') => {
                    self.at += 1;
                    depth -= 1;
                    stack >>= 1;
                    Next::CommaOrEnd
                }
                (Next::CommaOrEnd, byte @ (b']' | b'}')) if in_object == (byte == b'}') => {
                    self.at += 1;
                    depth -= 1;
                    stack >>= 1;
                    Next::CommaOrEnd
                }
                (Next::CommaOrEnd, b',') => {
                    self.at += 1;
                    if in_object { Next::Key } else { Next::Value }
                }
                (Next::Key | Next::KeyOrEnd, b'"') => {
                    self.at += 1;
                    self.string()?;
                    compact &= !self.blanks();
                    self.expect(b':', "`:`")?;
                    Next::Value
                }
                (Next::Value | Next::ValueOrEnd, _) => {
                    self.value()?;
                    Next::CommaOrEnd
                }
                (Next::Key | Next::KeyOrEnd, _) => return Err(self.expected("a member's name")),
                (Next::CommaOrEnd, _) => return Err(self.expected("`,` or a closing bracket")),
            };
            if depth == 0 {
                return Ok(compact);
            }
        }
    }

    fn number(&mut self) -> Result<Raw<'a>, Fault> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(Raw::Number(self.since(start)))
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.expected("a digit")) } else { Ok(()) }
    }

    fn word(&mut self, word: &'static str, value: Raw<'a>) -> Result<Raw<'a>, Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(value)
        } else if word.as_bytes().starts_with(rest) {
            Err(Fault::End)
        } else {
            Err(self.expected(word))
        }
    }

    fn end(mut self) -> Result<(), Fault> {
        self.blanks();
        if self.peek().is_some() { Err(self.expected("nothing more")) } else { Ok(()) }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    #[inline]
    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Fault> {
        if self.eat(byte) {
            Ok(())
        } else if self.peek().is_none() {
            Err(Fault::End)
        } else {
            Err(self.expected(expected))
        }
    }

    /// Skips white space; true when there was some.
    #[inline]
    fn blanks(&mut self) -> bool {
        let start = self.at;
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.at > start
    }

    /// The text from `start` to here; both stand beside ASCII bytes, hence at character boundaries.
    #[inline]
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    #[cold]
    fn expected(&self, expected: &'static str) -> Fault {
        Fault::Expected { expected, at: self.at + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Tokenizer};
    use crate::field::Raw;

    #[test]
    fn members_are_slices_of_the_text() {
        let (mut fields, mut inner) = (Vec::new(), Vec::new());
        let text = r#" {"a" : 1, "b":"x\ny","c":[1, {}],"d":null, "properties":{"e":-1.5e3}} "#;
        assert_eq!(Tokenizer::new(text).object(&mut fields, &mut inner), Ok(()));
        let values: Vec<_> = fields.iter().map(|field| (field.key.as_ref(), field.value)).collect();
        assert_eq!(
            values,
            [
                ("a", Raw::Number("1")),
                ("b", Raw::Escaped(r"x\ny")),
                ("c", Raw::Nested { json: "[1, {}]", compact: false }),
                ("d", Raw::Null),
                ("properties", Raw::Nested { json: r#"{"e":-1.5e3}"#, compact: false }),
            ]
        );
        assert_eq!((inner[0].key.as_ref(), inner[0].value), ("e", Raw::Number("-1.5e3")));
    }

    #[test]
    fn what_is_not_json_is_refused_at_its_place() {
        let fault = |text: &str| Tokenizer::new(text).whole().err();
        assert_eq!(fault("[1,]"), Some(Fault::Expected { expected: "a value", at: 4 }));
        assert_eq!(fault("{\"a\" 1}"), Some(Fault::Expected { expected: "`:`", at: 6 }));
        assert_eq!(fault("[1}"), Some(Fault::Expected { expected: "`,` or a closing bracket", at: 3 }));
        assert_eq!(fault("01"), Some(Fault::Expected { expected: "nothing more", at: 2 }));
        assert_eq!(fault("\"\\x\""), Some(Fault::Expected { expected: "an escape sequence", at: 3 }));
        assert_eq!(fault("tru"), Some(Fault::End));
        assert_eq!(fault("[{"), Some(Fault::End));
        assert_eq!(fault("[\"a"), Some(Fault::EndInString));
        assert_eq!(fault(&"[".repeat(1_000_000)), Some(Fault::Depth));
        assert_eq!(fault(&format!("{}{}", "[".repeat(128), "]".repeat(128))), None);
    }

    #[test]
    fn it_agrees_with_serde_json() {
        for text in [
            "1",
            "-0",
            "-",
            "1.",
            "1e",
            "1e+5",
            ".5",
            "[[],{}]",
            "{\"a\":}",
            "\"\\ud800\"",
            "nulls",
            "[1 2]",
            "{\"a\":1,}",
            "",
            "+1",
        ] {
            // serde_json refuses lone surrogates, which real telemetry holds; everything else is the same.
            let expected = text.contains("ud800") || serde_json::from_str::<serde_json::Value>(text).is_ok();
            assert_eq!(Tokenizer::new(text).whole().is_ok(), expected, "{text}");
        }
    }
}
