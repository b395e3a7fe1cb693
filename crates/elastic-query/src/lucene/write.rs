//! A tree as Lucene's query string: every clause with its sign, so that no `AND` is needed.

use super::term::is_special;
use crate::ast::{Bound, Clause, Field, Node, NodeKind, Occur, Pattern, Piece, Test, Value, ValueKind};

/// Writes a condition.
pub(crate) fn write(node: &Node) -> String {
    let mut out = String::new();
    push(node, true, &mut out);
    out
}

fn push(node: &Node, whole: bool, out: &mut String) {
    match &node.kind {
        NodeKind::All => {}
        NodeKind::Unread | NodeKind::Nested { .. } => out.push_str("(-*:*)"),
        NodeKind::Clauses(found) => clauses(found, whole, out),
        // Trees of kuery, for those who want to read them as Lucene.
        NodeKind::And(nodes) => clauses(&all_of(nodes, Occur::Must), whole, out),
        NodeKind::Or(nodes) => clauses(&all_of(nodes, Occur::Should), whole, out),
        NodeKind::Not(inner) => clauses(&all_of(std::slice::from_ref(inner), Occur::MustNot), whole, out),
        NodeKind::Match { field: name, test } => {
            if let Some(name) = name {
                field(name, out);
                out.push(':');
            }
            written(test, out);
        }
    }
}

fn all_of(nodes: &[Node], occur: Occur) -> Vec<Clause> {
    nodes.iter().map(|node| Clause { occur, node: node.clone() }).collect()
}

fn clauses(found: &[Clause], whole: bool, out: &mut String) {
    out.push_str(if whole { "" } else { "(" });
    for (position, clause) in found.iter().enumerate() {
        if position > 0 {
            out.push(' ');
        }
        out.push_str(match clause.occur {
            Occur::Must => "+",
            Occur::Should => "",
            Occur::MustNot => "-",
        });
        push(&clause.node, false, out);
    }
    out.push_str(if whole { "" } else { ")" });
}

fn written(test: &Test, out: &mut String) {
    match test {
        Test::Is(found) => value(found, out),
        Test::Compare(comparison, found) => {
            out.push_str(comparison.sign());
            word(found.text().unwrap_or(""), false, out);
        }
        Test::Between { low, high } => {
            out.push(if low.as_ref().is_none_or(|bound| bound.inclusive) { '[' } else { '{' });
            bound(low.as_ref(), out);
            out.push_str(" TO ");
            bound(high.as_ref(), out);
            out.push(if high.as_ref().is_none_or(|bound| bound.inclusive) { ']' } else { '}' });
        }
        Test::Regex(text) => {
            out.push('/');
            out.push_str(&text.replace('/', "\\/"));
            out.push('/');
        }
        Test::Fuzzy { text, edits } => {
            word(text, true, out);
            out.push_str(&format!("~{edits}"));
        }
        Test::Near { text, slop } => {
            quote(text, out);
            out.push_str(&format!("~{slop}"));
        }
    }
}

fn bound(found: Option<&Bound>, out: &mut String) {
    match found.map(|bound| &bound.value) {
        None => out.push('*'),
        Some(found) => value(found, out),
    }
}

/// A name; its wildcards need the backslash that a value's must not have.
fn field(found: &Field, out: &mut String) {
    if found.name.pieces == [Piece::Any] {
        return out.push('*');
    }
    for (position, piece) in found.name.pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => word(text, position == 0, out),
            Piece::Any | Piece::One => out.push_str("\\*"),
        }
    }
}

fn value(found: &Value, out: &mut String) {
    match &found.kind {
        ValueKind::Pattern(found) => pattern(found, out),
        ValueKind::Text(text) if found.quoted => quote(text, out),
        ValueKind::Text(_) | ValueKind::Null | ValueKind::Bool(_) => word(found.text().unwrap_or(""), true, out),
    }
}

fn pattern(found: &Pattern, out: &mut String) {
    for (position, piece) in found.pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => word(text, position == 0, out),
            Piece::Any => out.push('*'),
            Piece::One => out.push('?'),
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

/// A word with its special characters escaped; at the start of a value the words of the grammar, too.
fn word(text: &str, start: bool, out: &mut String) {
    let reserved = start && ["AND", "OR", "NOT", "TO", "&&", "||"].contains(&text);
    if reserved {
        out.push('\\');
    }
    for character in text.chars() {
        if is_special(character) {
            out.push('\\');
        }
        out.push(character);
    }
}
