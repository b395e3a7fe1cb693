//! What the lexer yields: kinds of tokens and their places.
//!
//! Must not know the grammar: whether `by` is a keyword or a column is decided where it stands. Start with [`Kind`].

use diag::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword; the grammar tells them apart by their place.
    Name,
    /// `42`, `0x1F`.
    Integer,
    /// `1.5`, `1e3`.
    Real,
    /// `1d`, `1.5h`.
    Timespan,
    /// Any form of string literal.
    Text,
    /// `{{name}}`: a placeholder of a templating tool that was not filled in.
    Template,
    /// `(`.
    OpenParen,
    /// `)`.
    CloseParen,
    /// `[`.
    OpenBracket,
    /// `]`.
    CloseBracket,
    /// `{`.
    OpenBrace,
    /// `}`.
    CloseBrace,
    /// `,`.
    Comma,
    /// `;`.
    Semicolon,
    /// `:`.
    Colon,
    /// `.`.
    Dot,
    /// `..`.
    DotDot,
    /// `|`.
    Pipe,
    /// `||`, which no operator is: an error names `or`.
    PipePipe,
    /// `&&`, which no operator is: an error names `and`.
    AndAnd,
    /// `=`.
    Equal,
    /// `==`.
    EqualEqual,
    /// `!=`.
    NotEqual,
    /// `<>`.
    LessGreater,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `=~`.
    EqualTilde,
    /// `!~`.
    BangTilde,
    /// `=>`.
    Arrow,
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// `*`.
    Star,
    /// `/`.
    Slash,
    /// `%`.
    Percent,
    /// `!`.
    Bang,
    /// `~`.
    Tilde,
    /// A character that begins nothing in the language.
    Unknown,
    /// The end of the text; always the last token.
    End,
}

impl Kind {
    /// The bracket that closes this one.
    pub(crate) const fn closing(self) -> Option<Self> {
        match self {
            Self::OpenParen => Some(Self::CloseParen),
            Self::OpenBracket => Some(Self::CloseBracket),
            Self::OpenBrace => Some(Self::CloseBrace),
            _ => None,
        }
    }

    /// Whether it closes a bracket.
    pub(crate) const fn closes(self) -> bool {
        matches!(self, Self::CloseParen | Self::CloseBracket | Self::CloseBrace)
    }

    /// How a message calls it.
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::Name => "a name",
            Self::Integer | Self::Real => "a number",
            Self::Timespan => "a timespan",
            Self::Text => "a string",
            Self::Template => "a placeholder",
            Self::OpenParen => "`(`",
            Self::CloseParen => "`)`",
            Self::OpenBracket => "`[`",
            Self::CloseBracket => "`]`",
            Self::OpenBrace => "`{`",
            Self::CloseBrace => "`}`",
            Self::Comma => "`,`",
            Self::Semicolon => "`;`",
            Self::Colon => "`:`",
            Self::Dot => "`.`",
            Self::DotDot => "`..`",
            Self::Pipe => "`|`",
            Self::PipePipe => "`||`",
            Self::AndAnd => "`&&`",
            Self::Equal => "`=`",
            Self::EqualEqual => "`==`",
            Self::NotEqual => "`!=`",
            Self::LessGreater => "`<>`",
            Self::Less => "`<`",
            Self::LessEqual => "`<=`",
            Self::Greater => "`>`",
            Self::GreaterEqual => "`>=`",
            Self::EqualTilde => "`=~`",
            Self::BangTilde => "`!~`",
            Self::Arrow => "`=>`",
            Self::Plus => "`+`",
            Self::Minus => "`-`",
            Self::Star => "`*`",
            Self::Slash => "`/`",
            Self::Percent => "`%`",
            Self::Bang => "`!`",
            Self::Tilde => "`~`",
            Self::Unknown => "a character",
            Self::End => "the end of the query",
        }
    }
}

/// A token and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it stands.
    pub(crate) span: Span,
}

/// A text cut into tokens.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    /// Every token in order; the last is [`Kind::End`].
    pub(crate) tokens: Vec<Token>,
    /// Every `//` comment, without its line break.
    pub(crate) comments: Vec<Span>,
    /// Unclosed strings.
    pub(crate) diagnostics: Vec<diag::Diagnostic>,
}
