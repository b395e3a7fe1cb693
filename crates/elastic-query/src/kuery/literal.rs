//! Names of fields and values: in quotes, or words up to a special character or a keyword.

use diag::{Diagnostic, Span};

use super::{at_not, begins_with, is_space, stray_not};
use crate::{
    ast::{Field, Pattern, Piece, Value, ValueKind},
    codes,
    cursor::{Cursor, Result, fail, unicode},
    word::is_trimmed,
};

/// Rule `SpecialCharacter`.
pub(super) const fn is_special(character: char) -> bool {
    matches!(character, '\\' | '(' | ')' | ':' | '<' | '>' | '"' | '*' | '{' | '}')
}

/// Rule `Literal`; `what` is wanted here.
pub(super) fn value(cursor: &mut Cursor<'_>, what: &str) -> Result<Value> {
    if cursor.peek() == Some('"') { quoted(cursor) } else { unquoted(cursor, what) }
}

/// Rule `QuotedString`. A backslash before anything but those escapes stands for itself.
fn quoted(cursor: &mut Cursor<'_>) -> Result<Value> {
    let start = cursor.at;
    cursor.bump();
    let mut text = String::new();
    loop {
        let Some(character) = cursor.bump() else {
            let span = Span::new(start, cursor.text.len());
            return fail(codes::UNCLOSED_STRING, codes::UNCLOSED_STRING.form, span);
        };
        match character {
            '"' => break,
            '\\' => match escaped_anywhere(cursor) {
                Some(escaped) => text.push(escaped),
                None => match cursor.peek() {
                    Some(itself @ ('\\' | '"')) => {
                        cursor.bump();
                        text.push(itself);
                    }
                    _ => text.push('\\'),
                },
            },
            other => text.push(other),
        }
    }
    Ok(Value { kind: ValueKind::Text(text), quoted: true, span: cursor.span_from(start) })
}

/// Rules `EscapedWhitespace` and `EscapedUnicodeSequence`, behind the backslash.
fn escaped_anywhere(cursor: &mut Cursor<'_>) -> Option<char> {
    let (character, length) = match cursor.peek()? {
        't' => ('\t', 1),
        'r' => ('\r', 1),
        'n' => ('\n', 1),
        'u' => unicode(cursor.rest())?,
        _ => return None,
    };
    cursor.at += length;
    Some(character)
}

/// Rule `UnquotedLiteral`: blanks inside belong to it, those around do not.
fn unquoted(cursor: &mut Cursor<'_>, what: &str) -> Result<Value> {
    let start = cursor.at;
    let mut pattern = Pattern::default();
    let mut taken = 0;
    loop {
        let rest = cursor.rest();
        match cursor.peek() {
            None => break,
            Some('*') => {
                cursor.bump();
                pattern.pieces.push(Piece::Any);
            }
            Some('\\') => {
                let before = cursor.at;
                cursor.bump();
                if !escaped(cursor, &mut pattern) {
                    cursor.at = before;
                    break;
                }
            }
            Some(special) if is_special(special) => break,
            Some(_) if at_keyword(rest) => break,
            Some(character) => {
                cursor.bump();
                pattern.push(character);
            }
        }
        taken += 1;
    }
    if taken == 0 {
        return match cursor.peek() {
            Some('\\') => Err(bad_escape(cursor)),
            Some(_) if at_not(cursor.rest()) => stray_not(cursor),
            _ => Err(cursor.unexpected(what)),
        };
    }
    trim(&mut pattern);
    let read = cursor.text.get(start..cursor.at).unwrap_or("").trim_end_matches(is_trimmed);
    let span = Span::new(start, if read.is_empty() { cursor.at } else { start + read.len() });
    let kind = match pattern.plain() {
        Some("null") => ValueKind::Null,
        Some("true") => ValueKind::Bool(true),
        Some("false") => ValueKind::Bool(false),
        Some(text) => ValueKind::Text(text.to_owned()),
        None => ValueKind::Pattern(pattern),
    };
    let value = Value { kind, quoted: false, span };
    warn_of_words(cursor, &value);
    Ok(value)
}

/// Rule `Keyword`: where a value without quotes ends.
pub(super) fn at_keyword(rest: &str) -> bool {
    if at_not(rest) {
        return true;
    }
    let mut characters = rest.chars();
    let spaced = characters.next().is_some_and(is_space);
    let word = characters.as_str();
    spaced
        && ["or", "and"].iter().any(|keyword| {
            begins_with(word, keyword) && word.get(keyword.len()..).is_some_and(|after| after.starts_with(is_space))
        })
}

/// An escape of a value without quotes, behind the backslash; false if it is none. White space goes before keywords, so
/// that `\not` is a line feed and `ot`.
fn escaped(cursor: &mut Cursor<'_>, pattern: &mut Pattern) -> bool {
    if let Some(character) = escaped_anywhere(cursor) {
        pattern.push(character);
        return true;
    }
    match cursor.peek() {
        Some(special) if is_special(special) => {
            cursor.bump();
            pattern.push(special);
            true
        }
        Some(_) => {
            let rest = cursor.rest();
            let Some(word) = ["or", "and", "not"].iter().find(|word| begins_with(rest, word)) else { return false };
            rest.chars().take(word.len()).for_each(|character| pattern.push(character));
            cursor.at += word.len();
            true
        }
        None => false,
    }
}

/// Takes blanks away at both ends, as JavaScript's `trim` does with the whole value.
fn trim(pattern: &mut Pattern) {
    if let Some(Piece::Text(text)) = pattern.pieces.first_mut() {
        *text = text.trim_start_matches(is_trimmed).to_owned();
    }
    if let Some(Piece::Text(text)) = pattern.pieces.last_mut() {
        text.truncate(text.trim_end_matches(is_trimmed).len());
    }
    pattern.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
}

/// A literal as the name of a field.
pub(super) fn field(name: Value) -> Field {
    let Value { kind, quoted, span } = name;
    let name = match kind {
        ValueKind::Pattern(pattern) => pattern,
        ValueKind::Text(text) => Pattern::of(text),
        ValueKind::Null => Pattern::of("null"),
        ValueKind::Bool(is) => Pattern::of(is.to_string()),
    };
    Field { name, quoted, span }
}

/// A backslash that begins no escape.
pub(super) fn bad_escape(cursor: &Cursor<'_>) -> Box<Diagnostic> {
    let escape: String = cursor.rest().chars().take(2).collect();
    let span = Span::new(cursor.at, cursor.at + escape.len());
    let message = format!("`{escape}` is no escape sequence");
    Box::new(Diagnostic::error(codes::BAD_ESCAPE.id, message, span).with_help(codes::BAD_ESCAPE.help))
}

/// A value that begins or ends in `and` or `or` was likely meant otherwise.
fn warn_of_words(cursor: &mut Cursor<'_>, value: &Value) {
    let ValueKind::Text(text) = &value.kind else { return };
    let mut words = text.split(is_space);
    let ends = [words.next(), words.next_back()];
    let word = ends.into_iter().flatten().find(|word| word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or"));
    if let Some(word) = word {
        let message = format!("`{word}` is part of the value `{text}` here, and joins nothing");
        cursor.warnings.push(Diagnostic::warning(codes::WORD.id, message, value.span).with_help(codes::WORD.help));
    }
}
