//! One value of a document against one test, both of whose types are settled.
//!
//! Must not know queries or columns. Start with [`LeafTest::holds`].

use std::{borrow::Cow, collections::BTreeSet};

use regex::Regex;

use super::{
    address::{Addresses, number},
    date,
    glob::Glob,
    words,
};

/// A value of a document that is neither object nor list nor null.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Leaf<'a> {
    Bool(bool),
    /// A number as JSON writes it.
    Number(&'a str),
    Text(Cow<'a, str>),
}

impl Leaf<'_> {
    /// What a keyword makes of the value.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(text) => text,
            Self::Text(text) => text,
        }
    }
}

/// A bound of a range and whether it is in the range itself.
pub(crate) type Limit<T> = Option<(T, bool)>;

/// A number that can be a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Real(pub(crate) f64);

impl Eq for Real {}

impl std::hash::Hash for Real {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// A regular expression, known by its text.
#[derive(Debug, Clone)]
pub(crate) struct Expression(pub(crate) Regex);

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Expression {}

impl std::hash::Hash for Expression {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

/// What is asked of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum LeafTest {
    /// That it is there.
    Exists,
    /// Nothing satisfies it.
    Never,
    /// One of these texts.
    Terms(BTreeSet<String>),
    /// A text of a pattern.
    Glob(Glob),
    /// A text between two others, by their bytes.
    TextRange(Limit<String>, Limit<String>),
    /// A text of an expression.
    Regex(Expression),
    /// A text that differs in few characters.
    Fuzzy(String, usize),
    /// A number in a range.
    Number(Limit<Real>, Limit<Real>),
    /// This.
    Bool(bool),
    /// A moment in a range of ticks, bounds included.
    Date(Option<i64>, Option<i64>),
    /// An address of these.
    Ip(Vec<Addresses>),
    /// One of these words.
    AnyWord(Vec<String>),
    /// These words one after the other, or so near.
    Phrase(Vec<String>, usize),
    /// A word that passes a test.
    Word(Box<Self>),
}

impl LeafTest {
    /// Whether a value passes.
    pub(crate) fn holds(&self, leaf: &Leaf<'_>) -> bool {
        match self {
            Self::Exists => true,
            Self::Never => false,
            Self::Terms(terms) => terms.contains(leaf.text()),
            Self::Glob(glob) => glob.matches(leaf.text()),
            Self::TextRange(low, high) => within(leaf.text(), low.as_ref(), high.as_ref(), |a, b| a.cmp(b.as_str())),
            Self::Regex(expression) => expression.0.is_match(leaf.text()),
            Self::Fuzzy(text, edits) => words::alike(text, leaf.text(), *edits),
            Self::Number(low, high) => leaf.text().trim().parse::<f64>().is_ok_and(|value| in_range(value, *low, *high)),
            Self::Bool(wanted) => match leaf {
                Leaf::Bool(is) => is == wanted,
                Leaf::Text(text) => match text.as_ref() {
                    "true" => *wanted,
                    "false" | "" => !*wanted,
                    _ => false,
                },
                Leaf::Number(_) => false,
            },
            Self::Date(low, high) => date::stored(leaf.text())
                .is_some_and(|ticks| low.is_none_or(|low| low <= ticks) && high.is_none_or(|high| ticks <= high)),
            Self::Ip(ranges) => number(leaf.text()).is_some_and(|address| ranges.iter().any(|range| range.contains(address))),
            Self::AnyWord(wanted) => words::words(leaf.text()).iter().any(|word| wanted.contains(word)),
            Self::Phrase(wanted, slop) => words::near(&words::words(leaf.text()), wanted, *slop),
            Self::Word(test) => words::words(leaf.text()).into_iter().any(|word| test.holds(&Leaf::Text(Cow::Owned(word)))),
        }
    }
}

fn within<V: ?Sized, B>(
    value: &V,
    low: Option<&(B, bool)>,
    high: Option<&(B, bool)>,
    compare: impl Fn(&V, &B) -> std::cmp::Ordering,
) -> bool {
    low.is_none_or(|(bound, inclusive)| {
        let order = compare(value, bound);
        order.is_gt() || (*inclusive && order.is_eq())
    }) && high.is_none_or(|(bound, inclusive)| {
        let order = compare(value, bound);
        order.is_lt() || (*inclusive && order.is_eq())
    })
}

fn in_range(value: f64, low: Limit<Real>, high: Limit<Real>) -> bool {
    let order = |value: &f64, bound: &Real| value.partial_cmp(&bound.0);
    low.is_none_or(|(bound, inclusive)| order(&value, &bound).is_some_and(|order| order.is_gt() || (inclusive && order.is_eq())))
        && high.is_none_or(|(bound, inclusive)| {
            order(&value, &bound).is_some_and(|order| order.is_lt() || (inclusive && order.is_eq()))
        })
}
