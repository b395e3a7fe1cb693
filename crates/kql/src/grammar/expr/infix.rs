//! Operators between two operands: which one stands at the cursor, and how tight it binds.
//!
//! Must not know what an operator computes. Start with [`infix`].

use crate::{
    ast::{BinaryOp, MatchKind, MatchOp},
    parser::Parser,
    token::Kind,
};

/// How tight operators bind; more is tighter.
pub(crate) mod level {
    /// `==`, `!=`, `in`, `between`.
    pub(crate) const COMPARISON: u8 = 1;
    /// `<`, `<=`, `>`, `>=`.
    pub(crate) const ORDER: u8 = 2;
    /// `+`, `-`.
    pub(crate) const SUM: u8 = 3;
    /// `*`, `/`, `%`.
    pub(crate) const PRODUCT: u8 = 4;
    /// `has`, `contains`, `=~` ...
    pub(crate) const TEXT: u8 = 5;
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Infix {
    /// Arithmetic and comparison.
    Binary(BinaryOp),
    /// String operators and list operators.
    Match(MatchOp),
    /// `between`, `!between`.
    Between {
        /// `!between`.
        negated: bool,
    },
}

impl Infix {
    pub(crate) const fn level(self) -> u8 {
        use BinaryOp as B;
        match self {
            Self::Binary(B::Or | B::And) => 0,
            Self::Binary(B::Equal | B::NotEqual) | Self::Between { .. } => level::COMPARISON,
            Self::Binary(B::Less | B::LessOrEqual | B::Greater | B::GreaterOrEqual) => level::ORDER,
            Self::Binary(B::Add | B::Subtract) => level::SUM,
            Self::Binary(B::Multiply | B::Divide | B::Modulo) => level::PRODUCT,
            Self::Match(op) => match op.kind {
                MatchKind::In | MatchKind::HasAny | MatchKind::HasAll => level::COMPARISON,
                _ => level::TEXT,
            },
        }
    }
}

/// The operator words: spelling, what it compares, negated, case-sensitive. Each can also stand after `!`, but for those
/// negated already.
const WORDS: &[(&str, MatchKind, bool, bool)] = &[
    ("has", MatchKind::Has, false, false),
    ("has_cs", MatchKind::Has, false, true),
    ("hasprefix", MatchKind::HasPrefix, false, false),
    ("hasprefix_cs", MatchKind::HasPrefix, false, true),
    ("hassuffix", MatchKind::HasSuffix, false, false),
    ("hassuffix_cs", MatchKind::HasSuffix, false, true),
    ("has_any", MatchKind::HasAny, false, false),
    ("has_all", MatchKind::HasAll, false, false),
    ("contains", MatchKind::Contains, false, false),
    ("contains_cs", MatchKind::Contains, false, true),
    ("containscs", MatchKind::Contains, false, true),
    ("notcontains", MatchKind::Contains, true, false),
    ("notcontainscs", MatchKind::Contains, true, true),
    ("startswith", MatchKind::StartsWith, false, false),
    ("startswith_cs", MatchKind::StartsWith, false, true),
    ("endswith", MatchKind::EndsWith, false, false),
    ("endswith_cs", MatchKind::EndsWith, false, true),
    ("like", MatchKind::Like, false, false),
    ("likecs", MatchKind::Like, false, true),
    ("notlike", MatchKind::Like, true, false),
    ("notlikecs", MatchKind::Like, true, true),
    ("in", MatchKind::In, false, true),
];

/// The spellings of the operator words, for near misses.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|word| word.0).chain(["between", "matches regex"])
}

/// Whether the word is an operator and so no column name where an operand is expected.
pub(crate) fn is_infix_word(word: &str) -> bool {
    matches!(word, "and" | "or" | "between" | "matches") || WORDS.iter().any(|known| known.0 == word)
}

/// The operator word with the properties it has.
pub(crate) fn word_op(word: &str) -> Option<MatchOp> {
    WORDS.iter().find(|known| known.0 == word).map(|&(_, kind, negated, case_sensitive)| MatchOp {
        kind,
        negated,
        case_sensitive,
    })
}

/// The operator at the cursor and how many tokens it takes. `and` and `or` are not among them.
pub(crate) fn infix(p: &Parser<'_>) -> Option<(Infix, usize)> {
    let binary = |op| Some((Infix::Binary(op), 1));
    let equals = |negated| Some((Infix::Match(MatchOp { kind: MatchKind::Equals, negated, case_sensitive: false }), 1));
    match p.kind() {
        Kind::EqualEqual => binary(BinaryOp::Equal),
        Kind::NotEqual | Kind::LessGreater => binary(BinaryOp::NotEqual),
        Kind::Less => binary(BinaryOp::Less),
        Kind::LessEqual => binary(BinaryOp::LessOrEqual),
        Kind::Greater => binary(BinaryOp::Greater),
        Kind::GreaterEqual => binary(BinaryOp::GreaterOrEqual),
        Kind::Plus => binary(BinaryOp::Add),
        Kind::Minus => binary(BinaryOp::Subtract),
        Kind::Star => binary(BinaryOp::Multiply),
        Kind::Slash => binary(BinaryOp::Divide),
        Kind::Percent => binary(BinaryOp::Modulo),
        Kind::EqualTilde => equals(false),
        Kind::BangTilde => equals(true),
        Kind::Colon => Some((Infix::Match(MatchOp { kind: MatchKind::Term, negated: false, case_sensitive: false }), 1)),
        Kind::Name => word(p, 0, false),
        Kind::Bang if p.nth(1) == Kind::Name && p.joined(1) => word(p, 1, true),
        _ => None,
    }
}

fn word(p: &Parser<'_>, ahead: usize, bang: bool) -> Option<(Infix, usize)> {
    match p.word(ahead) {
        "between" => return Some((Infix::Between { negated: bang }, ahead + 1)),
        "matches" if p.name_word(ahead + 1) == Some("regex") => {
            let op = MatchOp { kind: MatchKind::MatchesRegex, negated: bang, case_sensitive: true };
            return Some((Infix::Match(op), ahead + 2));
        }
        _ => {}
    }
    let mut op = word_op(p.word(ahead)).filter(|op| !(bang && op.negated))?;
    op.negated |= bang;
    let mut tokens = ahead + 1;
    if op.kind == MatchKind::In && p.nth(tokens) == Kind::Tilde && p.joined(tokens) {
        op.case_sensitive = false;
        tokens += 1;
    }
    Some((Infix::Match(op), tokens))
}
