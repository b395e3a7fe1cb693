//! A tree as one line for people and tests: `(and (is field 'value') (not (is other "text")))`.
//!
//! Texts stand in quotes: double where the query has them, single where not, `w'...'` around patterns, in which a wildcard
//! character that is none has a backslash.

use crate::ast::{Bound, Node, NodeKind, Occur, Pattern, Piece, Query, Test, Value, ValueKind};

/// The tree of a query.
#[must_use]
pub fn tree(query: &Query) -> String {
    let mut out = String::new();
    node(&query.root, &mut out);
    out
}

fn node(found: &Node, out: &mut String) {
    match &found.kind {
        NodeKind::All => out.push_str("(all)"),
        NodeKind::Unread => out.push_str("(unread)"),
        NodeKind::Or(nodes) => list("or", nodes, out),
        NodeKind::And(nodes) => list("and", nodes, out),
        NodeKind::Not(inner) => {
            out.push_str("(not ");
            node(inner, out);
            out.push(')');
        }
        NodeKind::Clauses(clauses) => {
            out.push_str("(clauses");
            for clause in clauses {
                out.push_str(match clause.occur {
                    Occur::Must => " +",
                    Occur::Should => " ",
                    Occur::MustNot => " -",
                });
                node(&clause.node, out);
            }
            out.push(')');
        }
        NodeKind::Match { field, test } => {
            let name = field.as_ref().map_or_else(|| "_".to_owned(), |field| pattern(&field.name));
            matched(&name, test, out);
        }
        NodeKind::Nested { path, inner } => {
            out.push_str(&format!("(nested {} ", pattern(&path.name)));
            node(inner, out);
            out.push(')');
        }
    }
}

fn list(word: &str, nodes: &[Node], out: &mut String) {
    out.push('(');
    out.push_str(word);
    for found in nodes {
        out.push(' ');
        node(found, out);
    }
    out.push(')');
}

fn matched(field: &str, test: &Test, out: &mut String) {
    out.push_str(&match test {
        Test::Is(found) => format!("(is {field} {})", value(found)),
        Test::Compare(comparison, found) => format!("({} {field} {})", comparison.sign(), value(found)),
        Test::Between { low, high } => {
            let side = |bound: &Option<Bound>| bound.as_ref().map_or_else(|| "*".to_owned(), |bound| value(&bound.value));
            let open = if low.as_ref().is_none_or(|bound| bound.inclusive) { '[' } else { '{' };
            let close = if high.as_ref().is_none_or(|bound| bound.inclusive) { ']' } else { '}' };
            format!("(between {field} {open}{} {}{close})", side(low), side(high))
        }
        Test::Regex(text) => format!("(regex {field} /{text}/)"),
        Test::Fuzzy { text, edits } => format!("(fuzzy {field} '{}' {edits})", escaped(text, &['\''])),
        Test::Near { text, slop } => format!("(near {field} \"{}\" {slop})", escaped(text, &['"'])),
    });
}

fn value(found: &Value) -> String {
    match &found.kind {
        ValueKind::Null => "null".to_owned(),
        ValueKind::Bool(is) => is.to_string(),
        ValueKind::Text(text) if found.quoted => format!("\"{}\"", escaped(text, &['"'])),
        ValueKind::Text(text) => format!("'{}'", escaped(text, &['\''])),
        ValueKind::Pattern(found) => format!("w'{}'", pattern(found)),
    }
}

fn pattern(found: &Pattern) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => escaped(text, &['*', '?', '\'']),
        Piece::Any => "*".to_owned(),
        Piece::One => "?".to_owned(),
    };
    found.pieces.iter().map(piece).collect()
}

fn escaped(text: &str, also: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            control if control.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other if also.contains(&other) => {
                out.push('\\');
                out.push(other);
            }
            other => out.push(other),
        }
    }
    out
}
