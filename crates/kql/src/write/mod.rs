//! Tree to text on one line, in one canonical spelling: for messages, and to prove that the tree says all that was written.
//!
//! Must not know the source text; what keeps comments and spelling is [`crate::format`]. Start with [`write_expr`].

mod expr;
mod literal;
mod operator;
mod statement;

use crate::ast::{Expr, Operator, Query};

/// An expression as text on one line, in canonical spelling; parts that are missing are left out.
///
/// ```
/// let parsed = spoofwatch_kql::parse("print  'a'=~b or(  c <>1d )");
/// let spoofwatch_kql::ast::StatementKind::Query(query) = &parsed.query.statements[0].kind else { unreachable!() };
/// assert_eq!(spoofwatch_kql::write_expr(query), r#"print "a" =~ b or (c != 1d)"#);
/// ```
#[must_use]
pub fn write_expr(expr: &Expr) -> String {
    let mut out = Writer::default();
    out.expr(expr);
    out.text
}

/// An operator, as it stands after `|`, as text on one line.
#[must_use]
pub fn write_operator(operator: &Operator) -> String {
    let mut out = Writer::default();
    out.operator(operator);
    out.text
}

/// A whole query as text on one line, in canonical spelling.
#[must_use]
pub fn write_query(query: &Query) -> String {
    let mut out = Writer::default();
    out.statements(&query.statements);
    out.text
}

/// Text being written.
#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A word with spaces around it.
    fn word(&mut self, word: &str) {
        self.push(" ");
        self.push(word);
        self.push(" ");
    }

    /// Items parted by `, `.
    fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        for (index, value) in items.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            item(self, value);
        }
    }

    /// `(items)`.
    fn parenthesised<T>(&mut self, items: &[T], item: impl FnMut(&mut Self, &T)) {
        self.push("(");
        self.list(items, item);
        self.push(")");
    }
}
