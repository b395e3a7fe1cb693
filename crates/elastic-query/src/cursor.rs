//! A place in the text: looking ahead, taking characters, reporting what was not expected.
//!
//! Must not know either language. Start with [`Cursor`].

use diag::{Diagnostic, Span};

use crate::{
    Language, Parsed,
    ast::{Node, NodeKind, Query},
    codes::{self, Code},
};

/// Brackets inside one another. Everything that walks a tree may recurse as deep as a few times this.
pub const MAX_NESTING: usize = 100;

/// Why reading stopped: there is one error a text.
pub(crate) type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// The state of a parse.
pub(crate) struct Cursor<'t> {
    pub(crate) text: &'t str,
    pub(crate) at: usize,
    depth: usize,
    pub(crate) warnings: Vec<Diagnostic>,
}

impl<'t> Cursor<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, warnings: Vec::new() }
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(crate) fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    pub(crate) fn eat(&mut self, character: char) -> bool {
        let found = self.peek() == Some(character);
        if found {
            self.at += character.len_utf8();
        }
        found
    }

    pub(crate) fn eat_text(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Takes characters while they are of a kind; how many bytes that was.
    pub(crate) fn skip(&mut self, of_kind: impl Fn(char) -> bool) -> usize {
        let rest = self.rest();
        let length = rest.find(|character| !of_kind(character)).unwrap_or(rest.len());
        self.at += length;
        length
    }

    /// From `start` to here.
    pub(crate) fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.at.max(start))
    }

    /// Goes a bracket deeper; `open` is where it stands.
    pub(crate) fn deeper<T>(&mut self, open: usize, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_NESTING {
            let message = format!("nested more than {MAX_NESTING} levels deep");
            return fail(codes::TOO_DEEP, message, Span::new(open, open + 1));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Takes the closing bracket of the one at `open`.
    pub(crate) fn close(&mut self, open: usize, bracket: char, what: &str) -> Result<()> {
        if self.eat(bracket) {
            return Ok(());
        }
        if self.is_done() {
            let opening = self.text.get(open..).and_then(|rest| rest.chars().next()).unwrap_or('(');
            return fail(codes::UNCLOSED_BRACKET, format!("this `{opening}` is never closed"), Span::new(open, open + 1));
        }
        Err(self.unexpected(&format!("{what} or `{bracket}`")))
    }

    /// Something else stands here than `what`.
    pub(crate) fn unexpected(&self, what: &str) -> Box<Diagnostic> {
        match self.peek() {
            None => Box::new(Diagnostic::error(
                codes::ENDS_EARLY.id,
                format!("the query ends where {what} was expected"),
                Span::new(self.text.len(), self.text.len()),
            )),
            Some(first) => {
                let more = self.rest().chars().skip(1).take_while(|character| !character.is_whitespace()).take(40);
                let found: String = std::iter::once(first).chain(more).collect();
                let end = self.at + found.len();
                Box::new(Diagnostic::error(
                    codes::EXPECTED.id,
                    format!("expected {what}, found `{found}`"),
                    Span::new(self.at, end),
                ))
            }
        }
    }

    /// Something stands behind a whole condition.
    pub(crate) fn left_over(&self, what: &str) -> Box<Diagnostic> {
        match self.peek() {
            Some(bracket @ (')' | '}' | ']')) => {
                let message = format!("this `{bracket}` closes nothing");
                Box::new(Diagnostic::error(codes::STRAY_BRACKET.id, message, Span::new(self.at, self.at + 1)))
            }
            _ => self.unexpected(what),
        }
    }

    /// The tree and the findings of a text that was read.
    pub(crate) fn finish(self, language: Language, root: Result<Node>) -> Parsed {
        let mut diagnostics = self.warnings;
        let root = root.unwrap_or_else(|error| {
            diagnostics.push(*error);
            Node::new(NodeKind::Unread, Span::new(0, self.text.len()))
        });
        Parsed { query: Query { language, root }, diagnostics }
    }
}

/// An error with the advice of its code.
pub(crate) fn fail<T>(code: Code, message: impl Into<String>, span: Span) -> Result<T> {
    Err(Box::new(Diagnostic::error(code.id, message, span).with_help(code.help)))
}

/// Four hexadecimal digits at the start of a text.
fn unit(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) { u32::from_str_radix(digits, 16).ok() } else { None }
}

/// The character of `uXXXX`, or of two of them that make a pair, behind a backslash; and how many bytes it takes. Half a pair
/// is the replacement character, as a text here holds no halves.
pub(crate) fn unicode(rest: &str) -> Option<(char, usize)> {
    let first = unit(rest.strip_prefix('u')?)?;
    if (0xD800..0xDC00).contains(&first)
        && let Some(second @ 0xDC00..=0xDFFF) = rest.get(5..).and_then(|rest| rest.strip_prefix("\\u")).and_then(unit)
    {
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 5))
}
