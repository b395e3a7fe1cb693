//! Lucene's query string, as Elasticsearch's `query_string` reads it with the default operator `OR`.
//!
//! Authority: the grammar of Lucene's classic query parser
//! (<https://lucene.apache.org/core/10_0_0/queryparser/org/apache/lucene/queryparser/classic/package-summary.html>), and
//! <https://www.elastic.co/docs/reference/query-languages/query-dsl/query-dsl-query-string-query> for what Elasticsearch adds:
//! `_exists_`, `>` and `<`, wildcards in names of fields. A weight (`^2`) is read and left out: it orders, and matches nothing.
//!
//! Start with [`parse`]; `term` reads values, `write` writes trees.

mod term;
mod write;

use diag::Span;

use crate::{
    Language, Parsed,
    ast::{Clause, Field, Node, NodeKind, Occur, Pattern, Piece, Test, Value, ValueKind},
    codes,
    cursor::{Cursor, Result, fail},
};

pub(crate) use write::write;

/// Reads a whole text.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut cursor = Cursor::new(text);
    let root = whole(&mut cursor);
    cursor.finish(Language::Lucene, root)
}

fn whole(cursor: &mut Cursor<'_>) -> Result<Node> {
    blanks(cursor);
    if cursor.is_done() {
        return Ok(Node::new(NodeKind::All, Span::new(0, cursor.text.len())));
    }
    let root = query(cursor, None)?;
    if cursor.is_done() { Ok(root) } else { Err(cursor.left_over("a condition or the end of the query")) }
}

/// Blanks of the grammar.
pub(super) const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{3000}')
}

fn blanks(cursor: &mut Cursor<'_>) {
    cursor.skip(is_blank);
}

/// Clauses one after the other. `AND` makes those on both of its sides required; what `OR` joins stays as it is.
fn query(cursor: &mut Cursor<'_>, field: Option<&Field>) -> Result<Node> {
    let start = cursor.at;
    let mut clauses: Vec<Clause> = Vec::new();
    let mut modified = false;
    loop {
        blanks(cursor);
        if cursor.is_done() || cursor.peek() == Some(')') {
            break;
        }
        let and = !clauses.is_empty() && conjunction(cursor);
        let modifier = modifier(cursor);
        modified |= modifier.is_some();
        let node = clause(cursor, field)?;
        if let (true, Some(before)) = (and, clauses.last_mut())
            && before.occur == Occur::Should
        {
            before.occur = Occur::Must;
        }
        let occur = modifier.unwrap_or(if and { Occur::Must } else { Occur::Should });
        clauses.push(Clause { occur, node });
    }
    let span = clauses.iter().map(|clause| clause.node.span).reduce(Span::to).unwrap_or_else(|| cursor.span_from(start));
    if clauses.is_empty() {
        return Err(cursor.unexpected("a condition"));
    }
    match clauses.pop() {
        Some(only) if clauses.is_empty() && !modified => Ok(only.node),
        last => {
            clauses.extend(last);
            Ok(Node::new(NodeKind::Clauses(clauses), span))
        }
    }
}

/// `AND`, `&&`, `OR`, `||`: true for the first two.
fn conjunction(cursor: &mut Cursor<'_>) -> bool {
    if eat_word(cursor, "&&") || eat_word(cursor, "AND") {
        blanks(cursor);
        return true;
    }
    if eat_word(cursor, "||") || eat_word(cursor, "OR") {
        blanks(cursor);
    }
    false
}

/// Whether a word of the grammar stands here, which no character of a value follows.
fn at_word(cursor: &Cursor<'_>, word: &str) -> bool {
    cursor.rest().strip_prefix(word).is_some_and(|rest| !rest.starts_with(term::continues))
}

fn eat_word(cursor: &mut Cursor<'_>, word: &str) -> bool {
    at_word(cursor, word) && cursor.eat_text(word)
}

fn modifier(cursor: &mut Cursor<'_>) -> Option<Occur> {
    let occur = match cursor.peek() {
        Some('+') => Occur::Must,
        Some('-' | '!') => Occur::MustNot,
        _ if eat_word(cursor, "NOT") => {
            blanks(cursor);
            return Some(Occur::MustNot);
        }
        _ => return None,
    };
    // Before a blank the sign is a word like others.
    let signed = cursor.rest().chars().nth(1).is_some_and(|next| !is_blank(next));
    if !signed {
        return None;
    }
    cursor.bump();
    Some(occur)
}

/// A field with its condition, a condition on any field, or clauses in brackets.
fn clause(cursor: &mut Cursor<'_>, field: Option<&Field>) -> Result<Node> {
    let start = cursor.at;
    if ["AND", "OR", "NOT", "&&", "||"].iter().any(|word| at_word(cursor, word)) {
        return Err(cursor.unexpected("a condition"));
    }
    let named = field_name(cursor);
    let field = named.as_ref().or(field);
    let open = cursor.at;
    if cursor.eat('(') {
        let mut inner = cursor.deeper(open, |cursor| {
            let inner = query(cursor, field)?;
            cursor.close(open, ')', "a condition")?;
            Ok(inner)
        })?;
        term::weight(cursor)?;
        inner.span = cursor.span_from(start);
        return Ok(inner);
    }
    let exists = field.is_some_and(|field| field.plain() == Some("_exists_"));
    let found = term::term(cursor)?;
    let span = cursor.span_from(start);
    if let (true, Test::Is(Value { kind, quoted, span: at })) = (exists, &found) {
        return Ok(existence(kind, *quoted, *at, span));
    }
    Ok(Node::new(NodeKind::Match { field: field.cloned(), test: found }, span))
}

/// `_exists_:name` is `name:*`.
fn existence(kind: &ValueKind, quoted: bool, at: Span, span: Span) -> Node {
    let name = match kind {
        ValueKind::Text(text) => pattern_of_name(text),
        ValueKind::Pattern(pattern) => pattern_of_name(&pattern.to_string()),
        ValueKind::Null => Pattern::of("null"),
        ValueKind::Bool(is) => Pattern::of(is.to_string()),
    };
    let anything = Value { kind: ValueKind::Pattern(Pattern { pieces: vec![Piece::Any] }), quoted: false, span: at };
    let field = Field { name, quoted, span: at };
    Node::new(NodeKind::Match { field: Some(field), test: Test::Is(anything) }, span)
}

/// `name:` or `*:`, if that stands here.
fn field_name(cursor: &mut Cursor<'_>) -> Option<Field> {
    let start = cursor.at;
    let (name, length) = if cursor.rest().starts_with('*') {
        (Pattern { pieces: vec![Piece::Any] }, 1)
    } else {
        let (text, length) = term::word(cursor.rest())?;
        (pattern_of_name(&text), length)
    };
    let after = cursor.rest().get(length..).unwrap_or("");
    let gap = after.find(|character| !is_blank(character)).unwrap_or(after.len());
    if !after.get(gap..).is_some_and(|rest| rest.starts_with(':')) {
        return None;
    }
    let span = Span::new(start, start + length);
    cursor.at += length + gap + 1;
    blanks(cursor);
    Some(Field { name, quoted: false, span })
}

/// The name of a field: `*` in it, which the query must write with a backslash, is a wildcard.
fn pattern_of_name(text: &str) -> Pattern {
    let mut pattern = Pattern::default();
    for character in text.chars() {
        match character {
            '*' => pattern.pieces.push(Piece::Any),
            other => pattern.push(other),
        }
    }
    pattern
}

/// A text in quotes that never ends.
pub(super) fn unclosed<T>(cursor: &Cursor<'_>, start: usize, code: codes::Code) -> Result<T> {
    fail(code, code.form, Span::new(start, cursor.text.len()))
}
