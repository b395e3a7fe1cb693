//! The text of a master file, cut into entries and words (RFC 1035 section 5.1): comments, parentheses, quotation marks, escapes.

use super::problem::{ZoneError, ZoneProblem};

/// A word of a line, its escapes undone.
pub(super) struct Word {
    pub(super) bytes: Vec<u8>,
    pub(super) quoted: bool,
    /// Whether any of it was escaped, so that it is not a sign of the syntax whatever it looks like.
    pub(super) escaped: bool,
    pub(super) escaped_dot: bool,
}

impl Word {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(super) fn is(&self, text: &str) -> bool {
        !self.quoted && !self.escaped && self.bytes.eq_ignore_ascii_case(text.as_bytes())
    }
}

/// A record or directive: a line, or several within parentheses.
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) indented: bool,
    pub(super) words: Vec<Word>,
}

/// The text, cut into entries one at a time.
pub(super) struct Cutter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, line: 1 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
        }
        Some(byte)
    }

    /// The next entry that has words; `None` at the end.
    pub(super) fn entry(&mut self) -> Result<Option<Entry>, ZoneError> {
        loop {
            let (start, mut open) = (self.line, None);
            let mut entry = Entry { line: start, indented: matches!(self.peek(), Some(b' ' | b'\t')), words: Vec::new() };
            let fail = |line, problem| Err(ZoneError { line, problem });
            let ended = loop {
                match self.peek() {
                    None => break true,
                    Some(b'\n') if open.is_none() => {
                        self.next();
                        break false;
                    }
                    Some(b' ' | b'\t' | b'\r' | b'\n') => {
                        self.next();
                    }
                    Some(b';') => while self.peek().is_some_and(|byte| byte != b'\n') && self.next().is_some() {},
                    Some(b'(') if open.is_none() => {
                        open = Some(self.line);
                        self.next();
                    }
                    Some(b')') if open.is_some() => {
                        open = None;
                        self.next();
                    }
                    Some(b'(' | b')') => return fail(self.line, ZoneProblem::Parenthesis),
                    Some(_) => {
                        if entry.words.is_empty() {
                            entry.line = self.line;
                        }
                        let line = self.line;
                        entry.words.push(self.word().map_err(|problem| ZoneError { line, problem })?);
                    }
                }
            };
            if let Some(line) = open {
                return fail(line, ZoneProblem::Parenthesis);
            }
            if !entry.words.is_empty() {
                return Ok(Some(entry));
            }
            if ended {
                return Ok(None);
            }
        }
    }

    fn word(&mut self) -> Result<Word, ZoneProblem> {
        let quoted = self.peek() == Some(b'"');
        if quoted {
            self.next();
        }
        let mut word = Word { bytes: Vec::new(), quoted, escaped: false, escaped_dot: false };
        loop {
            match self.peek() {
                Some(b'"') if quoted => {
                    self.next();
                    return Ok(word);
                }
                None | Some(b'\n') if quoted => return Err(ZoneProblem::OpenQuote),
                Some(b'\\') => {
                    self.next();
                    let byte = self.escape()?;
                    word.escaped = true;
                    word.escaped_dot |= byte == b'.';
                    word.bytes.push(byte);
                }
                None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'(' | b')' | b'"') if !quoted => return Ok(word),
                None => return Ok(word),
                Some(byte) => {
                    self.next();
                    word.bytes.push(byte);
                }
            }
        }
    }

    /// What follows a backslash: three digits, or a character that stands for itself.
    fn escape(&mut self) -> Result<u8, ZoneProblem> {
        match self.peek() {
            None | Some(b'\n' | b'\r') => Err(ZoneProblem::Escape),
            Some(b'0'..=b'9') => {
                let digits = self.bytes.get(self.at..self.at.saturating_add(3)).ok_or(ZoneProblem::Escape)?;
                let text = str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let byte = text.and_then(|text| text.parse().ok()).ok_or(ZoneProblem::Escape)?;
                self.at += 3;
                Ok(byte)
            }
            Some(byte) => {
                self.next();
                Ok(byte)
            }
        }
    }
}
