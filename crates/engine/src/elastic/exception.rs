//! Exceptions of a rule as conditions: what a list holds is not raised.
//!
//! Authority: <https://www.elastic.co/docs/solutions/security/detect-and-alert/add-manage-exceptions>: the entries of an item
//! must all be true, one item is enough, and the whole is taken away from what the rule matches. Case-sensitive where the
//! field is.

use diag::Span;
use elastic_query::ast::{Node, NodeKind, Pattern, Piece, Test, Value, ValueKind};

use super::{condition::named, test::pattern};

/// An item of an exception list: all of its entries must be true.
#[derive(Debug, Clone, PartialEq)]
pub struct Exception {
    /// The entries, at least one.
    pub entries: Vec<Entry>,
}

/// An entry of an exception.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The field; within `nested` its name there.
    pub field: String,
    /// False for `excluded`: the contrary must hold.
    pub included: bool,
    /// What is asked of the field.
    pub test: EntryTest,
}

/// What an entry asks of its field.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryTest {
    /// `match`: this value.
    Match(String),
    /// `match_any`: one of these.
    MatchAny(Vec<String>),
    /// `exists`: any value.
    Exists,
    /// `wildcard`: a value of this pattern, `*` and `?`.
    Wildcard(String),
    /// `list`: one of the values of a value list, in which addresses may be networks and stretches.
    List(Vec<String>),
    /// `nested`: one object of the list at the field for which all of these hold.
    Nested(Vec<Entry>),
}

impl Exception {
    /// The documents it is for; none without entries.
    pub(super) fn condition(&self) -> Node {
        if self.entries.is_empty() { node(NodeKind::Unread) } else { conjunction(&self.entries) }
    }
}

fn node(kind: NodeKind) -> Node {
    Node::new(kind, Span::default())
}

fn conjunction(entries: &[Entry]) -> Node {
    node(NodeKind::And(entries.iter().map(condition).collect()))
}

fn condition(entry: &Entry) -> Node {
    let value = |kind: ValueKind, quoted: bool| Test::Is(Value { kind, quoted, span: Span::default() });
    let is = |test: Test| node(NodeKind::Match { field: Some(named(&entry.field)), test });
    let one_of = |texts: &[String]| {
        let each = texts.iter().map(|text| is(value(ValueKind::Text(text.clone()), true)));
        node(NodeKind::Or(each.collect()))
    };
    let found = match &entry.test {
        EntryTest::Match(text) => is(value(ValueKind::Text(text.clone()), true)),
        EntryTest::MatchAny(texts) | EntryTest::List(texts) => one_of(texts),
        EntryTest::Exists => is(value(ValueKind::Pattern(Pattern { pieces: vec![Piece::Any] }), false)),
        EntryTest::Wildcard(text) => {
            let pattern = pattern(text);
            match pattern.plain() {
                Some(text) => is(value(ValueKind::Text(text.to_owned()), true)),
                None => is(value(ValueKind::Pattern(pattern), false)),
            }
        }
        EntryTest::Nested(entries) => node(NodeKind::Nested { path: named(&entry.field), inner: Box::new(conjunction(entries)) }),
    };
    if entry.included { found } else { node(NodeKind::Not(Box::new(found))) }
}
