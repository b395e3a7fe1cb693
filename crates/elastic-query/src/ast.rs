//! The syntax tree of both languages. A value list of kuery (`f:(a or b)`) is written out: `f:a or f:b`, as Kibana does.
//!
//! Must not know what a field's type makes of a value. Start with [`NodeKind`].

use diag::Span;

use crate::Language;

/// A query and the language it is written in.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Decides how a value is compared: see the planner.
    pub language: Language,
    /// The condition.
    pub root: Node,
}

/// A condition and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it demands.
    pub kind: NodeKind,
    /// Where, in bytes of the text.
    pub span: Span,
}

/// What a condition demands of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Nothing: the text is empty.
    All,
    /// The text could not be read: matches nothing.
    Unread,
    /// Any of at least two.
    Or(Vec<Node>),
    /// All of at least two.
    And(Vec<Node>),
    /// The contrary.
    Not(Box<Node>),
    /// Lucene's clauses: all that must, none that must not, and, if none must, one of those that should.
    Clauses(Vec<Clause>),
    /// A test of a field, or of any field where none is named.
    Match {
        /// The field; `None` is any.
        field: Option<Field>,
        /// The test.
        test: Test,
    },
    /// One object of a list of objects satisfies a condition, whose fields are named from there: kuery's `path:{ ... }`.
    Nested {
        /// The field that holds the list.
        path: Field,
        /// The condition on one object.
        inner: Box<Node>,
    },
}

/// One of Lucene's clauses.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Whether the condition must hold.
    pub occur: Occur,
    /// The condition.
    pub node: Node,
}

/// Whether a clause must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occur {
    /// `+`, or a side of `AND`.
    Must,
    /// Neither.
    Should,
    /// `-`, `!`, `NOT`.
    MustNot,
}

/// The name of a field, which may hold wildcards.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name.
    pub name: Pattern,
    /// Written in quotes.
    pub quoted: bool,
    /// Where.
    pub span: Span,
}

impl Field {
    /// The name, if it is one and no pattern.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        self.name.plain()
    }
}

/// What is asked of a field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `field:value`. The pattern `*` alone asks whether there is a value.
    Is(Value),
    /// `field >= value`; in Lucene `field:>=value`.
    Compare(Comparison, Value),
    /// Lucene's `[low TO high]`; `None` is no bound, and braces leave the bound itself out.
    Between {
        /// The lower bound.
        low: Option<Bound>,
        /// The upper bound.
        high: Option<Bound>,
    },
    /// Lucene's `/expression/`, which must match the whole value.
    Regex(String),
    /// Lucene's `word~2`: at most so many characters differ.
    Fuzzy {
        /// The word.
        text: String,
        /// How many.
        edits: u8,
    },
    /// Lucene's `"some words"~3`: at most so many other words between.
    Near {
        /// The words.
        text: String,
        /// How many.
        slop: u32,
    },
}

/// A bound of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The value at the bound.
    pub value: Value,
    /// Whether it is in the range itself.
    pub inclusive: bool,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// As it is written.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Written in quotes: a phrase, where the field holds text in words.
    pub quoted: bool,
    /// Where.
    pub span: Span,
}

impl Value {
    /// The text of a value that is no pattern: `null`, `true` and `false` as these words.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Null => Some("null"),
            ValueKind::Bool(true) => Some("true"),
            ValueKind::Bool(false) => Some("false"),
            ValueKind::Text(text) => Some(text),
            ValueKind::Pattern(_) => None,
        }
    }

    /// True for `*` alone.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        matches!(&self.kind, ValueKind::Pattern(pattern) if pattern.is_anything())
    }
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// The unquoted word `null` (kuery).
    Null,
    /// The unquoted word `true` or `false` (kuery).
    Bool(bool),
    /// Everything else without a wildcard, numbers too.
    Text(String),
    /// A text with wildcards.
    Pattern(Pattern),
}

/// A text with wildcards: its pieces in order, no two texts beside each other and none empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Pattern {
    /// The pieces.
    pub pieces: Vec<Piece>,
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// This text.
    Text(String),
    /// `*`: any text, the empty one too.
    Any,
    /// `?`: one character (Lucene).
    One,
}

impl Pattern {
    /// A pattern that is a text.
    #[must_use]
    pub fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { pieces: if text.is_empty() { Vec::new() } else { vec![Piece::Text(text)] } }
    }

    /// Adds a character of text.
    pub(crate) fn push(&mut self, character: char) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(character),
            _ => self.pieces.push(Piece::Text(character.to_string())),
        }
    }

    /// The text, if there is no wildcard in it.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// True for nothing but `*`.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        !self.pieces.is_empty() && self.pieces.iter().all(|piece| *piece == Piece::Any)
    }
}

impl std::fmt::Display for Pattern {
    /// Wildcards as themselves and texts as they are: for people, not for parsing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Any => f.write_str("*")?,
                Piece::One => f.write_str("?")?,
            }
        }
        Ok(())
    }
}

impl Node {
    /// A condition at a place.
    #[must_use]
    pub const fn new(kind: NodeKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// True if every document matches: no text, `*` or `*:*`.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        match &self.kind {
            NodeKind::All => true,
            NodeKind::Match { field, test: Test::Is(value) } => {
                value.is_anything() && field.as_ref().is_none_or(|field| field.name.is_anything())
            }
            _ => false,
        }
    }

    /// The conditions this one is made of.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            NodeKind::Or(nodes) | NodeKind::And(nodes) => nodes.iter().collect(),
            NodeKind::Not(inner) | NodeKind::Nested { inner, .. } => vec![inner],
            NodeKind::Clauses(clauses) => clauses.iter().map(|clause| &clause.node).collect(),
            NodeKind::All | NodeKind::Unread | NodeKind::Match { .. } => Vec::new(),
        }
    }

    /// Calls `visit` for this condition and all within it, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}
