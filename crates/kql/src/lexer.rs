//! Text to tokens. Every byte belongs to a token, a comment or white space; nothing stops the lexer.
//!
//! Must not know the grammar. Start with [`lex`].

use diag::{Diagnostic, Span};

use crate::{
    codes,
    token::{Kind, Lexed, Token},
};

/// The suffixes of timespan literals, such as `5m`: reference page `timespan` data type.
const TIMESPAN_SUFFIXES: [&str; 34] = [
    "d",
    "day",
    "days",
    "h",
    "hr",
    "hrs",
    "hour",
    "hours",
    "m",
    "min",
    "minute",
    "minutes",
    "s",
    "sec",
    "second",
    "seconds",
    "ms",
    "milli",
    "millis",
    "millisec",
    "millisecond",
    "milliseconds",
    "micro",
    "micros",
    "microsec",
    "microsecond",
    "microseconds",
    "nano",
    "nanos",
    "nanosec",
    "nanosecond",
    "nanoseconds",
    "tick",
    "ticks",
];

/// Cuts `text` into tokens and comments.
pub(crate) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, out: Lexed::default() };
    while lexer.skip_blank() {
        let start = lexer.at;
        let kind = lexer.token();
        debug_assert!(lexer.at > start, "each token takes at least one byte");
        lexer.out.tokens.push(Token { kind, span: Span::new(start, lexer.at) });
    }
    lexer.out.tokens.push(Token { kind: Kind::End, span: Span::new(text.len(), text.len()) });
    lexer.out
}

/// Whether `text` is a timespan literal by itself, such as `5m`.
pub(crate) fn is_timespan(text: &str) -> bool {
    matches!(lex(text).tokens.as_slice(), [token, _] if token.kind == Kind::Timespan && token.span.end == text.len())
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    out: Lexed,
}

/// Whether the text is one name, such as `3rdParty`, as it stands.
pub(crate) fn is_name(text: &str) -> bool {
    let lexed = lex(text);
    matches!(lexed.tokens.as_slice(), [name, end] if name.kind == Kind::Name && name.span.end == text.len() && end.kind == Kind::End)
}

/// Whether a name can begin with the character.
pub(crate) fn begins_name(c: char) -> bool {
    c == '_' || c == '$' || c.is_alphabetic()
}

/// Whether a name can go on with the character.
pub(crate) fn continues_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn char(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    /// Steps over white space and comments; whether a token follows.
    fn skip_blank(&mut self) -> bool {
        while let Some(c) = self.char() {
            if c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{180e}') {
                self.at += c.len_utf8();
            } else if c == '/' && self.byte(1) == b'/' {
                let start = self.at;
                self.skip_line();
                self.out.comments.push(Span::new(start, self.at));
            } else if c == '#' && self.out.tokens.is_empty() {
                // A directive of Kusto.Explorer (`#connect ...`): lines before the query, for the tool that sends it.
                let start = self.at;
                self.skip_line();
                self.out.comments.push(Span::new(start, self.at));
            } else {
                return true;
            }
        }
        false
    }

    fn skip_line(&mut self) {
        while !matches!(self.byte(0), b'\n' | b'\r') && self.at < self.bytes.len() {
            self.at += 1;
        }
    }

    fn token(&mut self) -> Kind {
        let Some(c) = self.char() else { return Kind::End };
        match c {
            '"' | '\'' => self.quoted(0),
            '@' if matches!(self.byte(1), b'"' | b'\'') => self.verbatim(1),
            'h' | 'H' if matches!(self.byte(1), b'"' | b'\'') => self.quoted(1),
            'h' | 'H' if self.byte(1) == b'@' && matches!(self.byte(2), b'"' | b'\'') => self.verbatim(2),
            'h' | 'H' if self.fence(1) => self.fenced(1),
            '`' | '~' if self.fence(0) => self.fenced(0),
            '0'..='9' => self.number(),
            _ if begins_name(c) => self.name(),
            '{' if self.byte(1) == b'{' => self.template(),
            _ => self.punctuation(c),
        }
    }

    fn fence(&self, ahead: usize) -> bool {
        let mark = self.byte(ahead);
        matches!(mark, b'`' | b'~') && self.byte(ahead + 1) == mark && self.byte(ahead + 2) == mark
    }

    /// `"..."` and `'...'`, whose quote stands `prefix` bytes ahead: a backslash takes the next character along.
    fn quoted(&mut self, prefix: usize) -> Kind {
        let quote = self.byte(prefix);
        let start = self.at;
        self.at += prefix + 1;
        while self.at < self.bytes.len() {
            match self.byte(0) {
                b'\\' if !matches!(self.byte(1), b'\n' | b'\r' | 0) => self.at += 2,
                b'\n' | b'\r' => break,
                found => {
                    self.at += 1;
                    if found == quote {
                        return Kind::Text;
                    }
                }
            }
        }
        self.unclosed(start, prefix + 1)
    }

    /// `@"..."`: a doubled quote is a quote, a backslash is a backslash.
    fn verbatim(&mut self, prefix: usize) -> Kind {
        let quote = self.byte(prefix);
        let start = self.at;
        self.at += prefix + 1;
        while self.at < self.bytes.len() && !matches!(self.byte(0), b'\n' | b'\r') {
            if self.byte(0) == quote {
                self.at += 1;
                if self.byte(0) != quote {
                    return Kind::Text;
                }
            }
            self.at += 1;
        }
        self.unclosed(start, prefix + 1)
    }

    /// Three backticks or tildes up to the next three.
    fn fenced(&mut self, prefix: usize) -> Kind {
        let start = self.at;
        let fence = if self.byte(prefix) == b'`' { "```" } else { "~~~" };
        self.at += prefix + fence.len();
        match self.text.get(self.at..).and_then(|rest| rest.find(fence)) {
            Some(length) => {
                self.at += length + fence.len();
                Kind::Text
            }
            None => {
                self.at = self.bytes.len();
                self.unclosed(start, prefix + fence.len())
            }
        }
    }

    fn unclosed(&mut self, start: usize, opening: usize) -> Kind {
        // A backslash may have taken the first byte of a longer character along.
        self.at = self.at.min(self.bytes.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let code = codes::UNCLOSED_STRING;
        self.out.diagnostics.push(Diagnostic::error(code.id, code.form, Span::new(start, start + opening)).with_help(code.help));
        Kind::Text
    }

    /// Numbers, timespans and names that begin with a digit, such as `7zip`.
    fn number(&mut self) -> Kind {
        let start = self.at;
        self.digits();
        if self.byte(0) == b'.' && self.byte(1).is_ascii_digit() {
            self.at += 1;
            self.digits();
            return self.number_end(start, Kind::Real);
        }
        if self.byte(0) == b'.' && self.byte(1) != b'.' && !begins_name(char::from(self.byte(1))) && self.byte(1).is_ascii() {
            self.at += 1;
            return Kind::Real;
        }
        self.number_end(start, Kind::Integer)
    }

    /// What follows the digits of a number: nothing, a timespan suffix, an exponent, or the rest of a name.
    fn number_end(&mut self, start: usize, plain: Kind) -> Kind {
        let suffix = self.at;
        self.name();
        let word = self.text.get(suffix..self.at).unwrap_or("");
        if word.is_empty() {
            return plain;
        }
        if TIMESPAN_SUFFIXES.contains(&word) {
            return Kind::Timespan;
        }
        let exponent = word.strip_prefix(['e', 'E']);
        if exponent == Some("") && matches!(self.byte(0), b'+' | b'-') && self.byte(1).is_ascii_digit() {
            self.at += 1;
            self.digits();
            return Kind::Real;
        }
        if exponent.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())) {
            return Kind::Real;
        }
        let whole = self.text.get(start..self.at).unwrap_or("");
        let hex = whole.strip_prefix("0x").or_else(|| whole.strip_prefix("0X"));
        match hex {
            Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()) => Kind::Integer,
            _ if plain == Kind::Integer => Kind::Name,
            _ => {
                // `1.5abc`: the number ends, the name begins.
                self.at = suffix;
                Kind::Real
            }
        }
    }

    fn digits(&mut self) {
        while self.byte(0).is_ascii_digit() {
            self.at += 1;
        }
    }

    fn name(&mut self) -> Kind {
        while let Some(c) = self.char() {
            if !(continues_name(c) || c == '$') {
                break;
            }
            self.at += c.len_utf8();
        }
        Kind::Name
    }

    /// `{{name}}` on one line; otherwise a brace.
    fn template(&mut self) -> Kind {
        let rest = self.text.get(self.at + 2..).unwrap_or("");
        let inner = rest.find(['}', '{', '\n', ';', '|']).unwrap_or(rest.len());
        if inner > 0 && rest.get(inner..).is_some_and(|end| end.starts_with("}}")) {
            self.at += 2 + inner + 2;
            return Kind::Template;
        }
        self.at += 1;
        Kind::OpenBrace
    }

    fn punctuation(&mut self, c: char) -> Kind {
        let (kind, length) = match (c, self.byte(1)) {
            ('=', b'=') => (Kind::EqualEqual, 2),
            ('=', b'~') => (Kind::EqualTilde, 2),
            ('=', b'>') => (Kind::Arrow, 2),
            ('=', _) => (Kind::Equal, 1),
            ('!', b'=') => (Kind::NotEqual, 2),
            ('!', b'~') => (Kind::BangTilde, 2),
            ('!', _) => (Kind::Bang, 1),
            ('<', b'>') => (Kind::LessGreater, 2),
            ('<', b'=') => (Kind::LessEqual, 2),
            ('<', _) => (Kind::Less, 1),
            ('>', b'=') => (Kind::GreaterEqual, 2),
            ('>', _) => (Kind::Greater, 1),
            ('.', b'.') => (Kind::DotDot, 2),
            ('.', _) => (Kind::Dot, 1),
            ('|', b'|') => (Kind::PipePipe, 2),
            ('|', _) => (Kind::Pipe, 1),
            ('&', b'&') => (Kind::AndAnd, 2),
            ('(', _) => (Kind::OpenParen, 1),
            (')', _) => (Kind::CloseParen, 1),
            ('[', _) => (Kind::OpenBracket, 1),
            (']', _) => (Kind::CloseBracket, 1),
            ('{', _) => (Kind::OpenBrace, 1),
            ('}', _) => (Kind::CloseBrace, 1),
            (',', _) => (Kind::Comma, 1),
            (';', _) => (Kind::Semicolon, 1),
            (':', _) => (Kind::Colon, 1),
            ('+', _) => (Kind::Plus, 1),
            ('-', _) => (Kind::Minus, 1),
            ('*', _) => (Kind::Star, 1),
            ('/', _) => (Kind::Slash, 1),
            ('%', _) => (Kind::Percent, 1),
            ('~', _) => (Kind::Tilde, 1),
            _ => (Kind::Unknown, c.len_utf8()),
        };
        self.at += length;
        kind
    }
}
