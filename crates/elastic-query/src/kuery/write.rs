//! A tree as Kibana Query Language.

use super::{begins_with, is_space, literal::is_special};
use crate::ast::{Field, Node, NodeKind, Pattern, Piece, Test, Value, ValueKind};

/// Writes a condition. What kuery cannot say (Lucene's clauses, expressions and such) is left to [`crate::lucene`]; a tree of
/// kuery holds none of it.
pub(crate) fn write(node: &Node) -> String {
    let mut out = String::new();
    push(node, Place::Whole, &mut out);
    out
}

/// What a condition stands in.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Whole,
    And,
    Not,
}

fn push(node: &Node, place: Place, out: &mut String) {
    match &node.kind {
        NodeKind::All => {}
        NodeKind::Unread | NodeKind::Clauses(_) => out.push_str("not *"),
        NodeKind::Or(nodes) => chain(nodes, " or ", place != Place::Whole, out),
        NodeKind::And(nodes) => chain(nodes, " and ", place != Place::Whole, out),
        NodeKind::Not(inner) => {
            let brackets = place == Place::Not;
            out.push_str(if brackets { "(not " } else { "not " });
            push(inner, Place::Not, out);
            out.push_str(if brackets { ")" } else { "" });
        }
        NodeKind::Nested { path, inner } => {
            field(path, out);
            out.push_str(":{ ");
            push(inner, Place::Whole, out);
            out.push_str(" }");
        }
        NodeKind::Match { field: name, test } => {
            if let Some(name) = name {
                field(name, out);
            }
            match test {
                Test::Is(found) => {
                    out.push_str(if name.is_some() { ":" } else { "" });
                    value(found, out);
                }
                Test::Compare(comparison, found) => {
                    out.push_str(&format!(" {} ", comparison.sign()));
                    value(found, out);
                }
                Test::Between { .. } | Test::Regex(_) | Test::Fuzzy { .. } | Test::Near { .. } => out.push_str(":\"\""),
            }
        }
    }
}

/// Operands of the same kind within each other keep their brackets: they are trees of their own.
fn chain(nodes: &[Node], word: &str, brackets: bool, out: &mut String) {
    if brackets {
        out.push('(');
    }
    for (position, node) in nodes.iter().enumerate() {
        if position > 0 {
            out.push_str(word);
        }
        push(node, Place::And, out);
    }
    if brackets {
        out.push(')');
    }
}

fn field(found: &Field, out: &mut String) {
    match found.plain() {
        Some(text) if found.quoted => quote(text, out),
        Some("") => out.push(BLANK),
        _ => pattern(&found.name, out),
    }
}

fn value(found: &Value, out: &mut String) {
    match &found.kind {
        ValueKind::Pattern(found) => pattern(found, out),
        ValueKind::Text(text) if found.quoted => quote(text, out),
        ValueKind::Text(text) => bare(text, out),
        ValueKind::Null => out.push_str("null"),
        ValueKind::Bool(is) => out.push_str(if *is { "true" } else { "false" }),
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn pattern(found: &Pattern, out: &mut String) {
    for piece in &found.pieces {
        match piece {
            Piece::Text(text) => bare(text, out),
            Piece::Any | Piece::One => out.push('*'),
        }
    }
}

/// A blank that is no space of the grammar: a value of blanks alone reads as the empty text.
const BLANK: char = '\u{3000}';

/// Whether `text` begins with a word that a blank follows, or may follow where the value ends.
fn is_word(text: &str, word: &str) -> bool {
    begins_with(text, word) && text.get(word.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with(is_space))
}

/// Text without quotes: special characters and keywords escaped.
fn bare(text: &str, out: &mut String) {
    if text.is_empty() {
        out.push(BLANK);
    }
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or("");
        if is_word(rest, "not") {
            // `\not` would be a line feed and `ot`.
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else if is_space(character) && (is_word(after, "or") || is_word(after, "and")) {
            out.push(character);
            out.push('\\');
        } else {
            match character {
                special if is_special(special) => {
                    out.push('\\');
                    out.push(special);
                }
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                other => out.push(other),
            }
        }
        rest = after;
    }
}
