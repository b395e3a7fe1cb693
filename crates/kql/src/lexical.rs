//! The words of a text without their grammar: for colours, and for what a line editor needs to know of a text that is not
//! finished.
//!
//! Start with [`words`].

use diag::Span;

use crate::{codes, lexer::lex, token::Kind};

/// What a [`Word`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordKind {
    /// A name or a keyword: which of both its place tells.
    Name,
    /// A number or a timespan.
    Number,
    /// A string.
    Text,
    /// A string whose closing quote is missing.
    OpenText,
    /// `//` and the rest of its line.
    Comment,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// `|`.
    Pipe,
    /// `;`.
    Semicolon,
    /// Any other sign, such as `==` or `,`.
    Sign,
}

/// A word of a text and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// What it is.
    pub kind: WordKind,
    /// Where it stands.
    pub span: Span,
}

/// Every word and comment of a text, in order. What stands between them is white space.
///
/// ```
/// use spoofwatch_kql::lexical::{WordKind, words};
/// let kinds: Vec<WordKind> = words("T | where a == 'b").iter().map(|word| word.kind).collect();
/// assert_eq!(kinds[1..3], [WordKind::Pipe, WordKind::Name]);
/// assert_eq!(kinds.last(), Some(&WordKind::OpenText));
/// ```
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let lexed = lex(text);
    let open = |found: &&diag::Diagnostic| found.code == codes::UNCLOSED_STRING.id;
    let open: Vec<usize> = lexed.diagnostics.iter().filter(open).map(|found| found.span.start).collect();
    let unclosed = |span: Span| open.binary_search(&span.start).is_ok();
    let tokens = lexed.tokens.iter().filter(|token| token.kind != Kind::End).map(|token| Word {
        kind: match token.kind {
            Kind::Name | Kind::Template => WordKind::Name,
            Kind::Integer | Kind::Real | Kind::Timespan => WordKind::Number,
            Kind::Text if unclosed(token.span) => WordKind::OpenText,
            Kind::Text => WordKind::Text,
            Kind::OpenParen | Kind::OpenBracket | Kind::OpenBrace => WordKind::Open,
            Kind::CloseParen | Kind::CloseBracket | Kind::CloseBrace => WordKind::Close,
            Kind::Pipe => WordKind::Pipe,
            Kind::Semicolon => WordKind::Semicolon,
            _ => WordKind::Sign,
        },
        span: token.span,
    });
    let comments = lexed.comments.iter().map(|span| Word { kind: WordKind::Comment, span: *span });
    let mut all: Vec<Word> = tokens.chain(comments).collect();
    all.sort_by_key(|word| word.span.start);
    all
}
