//! Kibana Query Language. The grammar is Kibana's, which decides by ordered choice; each of its choices can be told by the
//! next character, so that no step back is needed.
//!
//! Authority: the grammar file of Kibana's package `kbn-es-query`, folder `src/kuery/grammar`, whose rules are named in the
//! comments; <https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql>
//!
//! Start with [`parse`]; `literal` reads names and values.

mod literal;
mod write;

use diag::{Diagnostic, Span};

use crate::{
    Language, Parsed,
    ast::{Comparison, Field, Node, NodeKind, Test, Value},
    codes,
    cursor::{Cursor, Result, fail},
};

pub(crate) use write::write;

/// Rule `start`.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut cursor = Cursor::new(text);
    let root = whole(&mut cursor);
    cursor.finish(Language::Kuery, root)
}

fn whole(cursor: &mut Cursor<'_>) -> Result<Node> {
    spaces(cursor);
    if cursor.is_done() {
        return Ok(Node::new(NodeKind::All, Span::new(0, cursor.text.len())));
    }
    let root = or(cursor, None)?;
    spaces(cursor);
    if cursor.is_done() { Ok(root) } else { Err(left_over(cursor)) }
}

/// Rule `Space`.
pub(super) const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | '\u{a0}')
}

fn spaces(cursor: &mut Cursor<'_>) -> usize {
    cursor.skip(is_space)
}

/// Whether `text` begins with a word, whatever its case.
pub(super) fn begins_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Rules `Or` and `And`: spaces, the word, spaces. Takes nothing else.
fn eat_word(cursor: &mut Cursor<'_>, word: &str) -> bool {
    let before = cursor.at;
    if spaces(cursor) > 0 && begins_with(cursor.rest(), word) {
        cursor.at += word.len();
        if spaces(cursor) > 0 {
            return true;
        }
    }
    cursor.at = before;
    false
}

/// Rules `OrQuery` and, inside a list of values of `field`, `OrListOfValues`.
fn or(cursor: &mut Cursor<'_>, field: Option<&Field>) -> Result<Node> {
    chain(cursor, "or", NodeKind::Or, |cursor| and(cursor, field))
}

/// Rules `AndQuery`, `AndListOfValues`.
fn and(cursor: &mut Cursor<'_>, field: Option<&Field>) -> Result<Node> {
    chain(cursor, "and", NodeKind::And, |cursor| not(cursor, field))
}

/// Operands joined by a word; one alone is itself.
fn chain(
    cursor: &mut Cursor<'_>,
    word: &str,
    of: fn(Vec<Node>) -> NodeKind,
    mut operand: impl FnMut(&mut Cursor<'_>) -> Result<Node>,
) -> Result<Node> {
    let first = operand(cursor)?;
    if !eat_word(cursor, word) {
        return Ok(first);
    }
    let mut nodes = vec![first];
    loop {
        nodes.push(operand(cursor)?);
        if !eat_word(cursor, word) {
            break;
        }
    }
    let span = nodes.first().map_or_else(Span::default, |node| node.span);
    let span = nodes.last().map_or(span, |node| span.to(node.span));
    Ok(Node::new(of(nodes), span))
}

/// Rules `NotQuery`, `NotListOfValues`: one `not` before an operand.
fn not(cursor: &mut Cursor<'_>, field: Option<&Field>) -> Result<Node> {
    let start = cursor.at;
    if !at_not(cursor.rest()) {
        return operand(cursor, field);
    }
    cursor.at += "not".len();
    spaces(cursor);
    let inner = operand(cursor, field)?;
    Ok(Node::new(NodeKind::Not(Box::new(inner)), cursor.span_from(start)))
}

/// Rule `Not`.
pub(super) fn at_not(text: &str) -> bool {
    begins_with(text, "not") && text.get(3..).is_some_and(|rest| rest.starts_with(is_space))
}

/// Rules `SubQuery`, `ListOfValues`: brackets, or a condition, or, in a list, a value.
fn operand(cursor: &mut Cursor<'_>, field: Option<&Field>) -> Result<Node> {
    let start = cursor.at;
    if cursor.eat('(') {
        return cursor.deeper(start, |cursor| {
            spaces(cursor);
            let mut inner = or(cursor, field)?;
            spaces(cursor);
            close(cursor, start, ')', field.is_some())?;
            inner.span = cursor.span_from(start);
            Ok(inner)
        });
    }
    match field {
        None => condition(cursor),
        Some(field) => {
            let value = literal::value(cursor, "a value")?;
            Ok(is(Some(field.clone()), value))
        }
    }
}

/// Rules `NestedQuery`, `Expression`.
fn condition(cursor: &mut Cursor<'_>) -> Result<Node> {
    let start = cursor.at;
    let name = literal::value(cursor, "a field or value")?;
    let after = cursor.at;
    spaces(cursor);
    if cursor.eat(':') {
        spaces(cursor);
        let field = literal::field(name);
        let open = cursor.at;
        let mut found = match cursor.peek() {
            Some('{') => return nested(cursor, start, field),
            Some('(') => {
                cursor.bump();
                cursor.deeper(open, |cursor| {
                    spaces(cursor);
                    let list = or(cursor, Some(&field))?;
                    spaces(cursor);
                    close(cursor, open, ')', true)?;
                    Ok(list)
                })?
            }
            _ => is(Some(field), literal::value(cursor, "a value")?),
        };
        found.span = cursor.span_from(start);
        return Ok(found);
    }
    if let Some(comparison) = comparison(cursor) {
        spaces(cursor);
        let value = literal::value(cursor, "a value")?;
        let kind = NodeKind::Match { field: Some(literal::field(name)), test: Test::Compare(comparison, value) };
        return Ok(Node::new(kind, cursor.span_from(start)));
    }
    if cursor.peek() == Some('(') && !name.quoted && name.text().is_some_and(|text| text.eq_ignore_ascii_case("not")) {
        return fail(codes::STRAY_NOT, "`not` needs a blank before `(`", name.span);
    }
    cursor.at = after;
    Ok(is(None, name))
}

fn nested(cursor: &mut Cursor<'_>, start: usize, path: Field) -> Result<Node> {
    let open = cursor.at;
    cursor.bump();
    let inner = cursor.deeper(open, |cursor| {
        spaces(cursor);
        let inner = or(cursor, None)?;
        spaces(cursor);
        close(cursor, open, '}', false)?;
        Ok(inner)
    })?;
    Ok(Node::new(NodeKind::Nested { path, inner: Box::new(inner) }, cursor.span_from(start)))
}

fn is(field: Option<Field>, value: Value) -> Node {
    let span = value.span;
    Node::new(NodeKind::Match { field, test: Test::Is(value) }, span)
}

/// Rule `RangeOperator`.
fn comparison(cursor: &mut Cursor<'_>) -> Option<Comparison> {
    [Comparison::AtMost, Comparison::AtLeast, Comparison::Less, Comparison::Greater]
        .into_iter()
        .find(|comparison| cursor.eat_text(comparison.sign()))
}

/// The closing bracket, or why it is not there.
fn close(cursor: &mut Cursor<'_>, open: usize, bracket: char, in_list: bool) -> Result<()> {
    if cursor.is_done() || cursor.peek() == Some(bracket) {
        return cursor.close(open, bracket, "");
    }
    let mut error = left_over(cursor);
    if in_list && matches!(cursor.peek(), Some(':' | '<' | '>')) {
        error = Box::new(error.with_help("the brackets hold values of one field: name another field outside of them"));
    }
    Err(error)
}

/// What is wrong with a character behind a whole condition.
fn left_over(cursor: &Cursor<'_>) -> Box<Diagnostic> {
    let rest = cursor.rest();
    if at_not(rest) {
        let span = Span::new(cursor.at, cursor.at + "not".len());
        let help = "write `and not` or `or not`; in a value put the value in quotes";
        return Box::new(Diagnostic::error(codes::STRAY_NOT.id, "`not` joins nothing", span).with_help(help));
    }
    if rest.starts_with('\\') {
        return literal::bad_escape(cursor);
    }
    let error = cursor.left_over("`and`, `or` or the end of the query");
    match cursor.peek() {
        Some('"') => Box::new(error.with_help("put the whole value in quotes, and `\\\"` for a quote inside")),
        Some(':' | '<' | '>') => Box::new(error.with_help("put a value that holds `:`, `<` or `>` in quotes")),
        _ => error,
    }
}

/// `not` where the grammar has an operand: `not not a`, `not` before nothing.
pub(super) fn stray_not<T>(cursor: &Cursor<'_>) -> Result<T> {
    fail(codes::STRAY_NOT, "`not` cannot stand here", Span::new(cursor.at, cursor.at + "not".len()))
}
