//! Values of Lucene: words, phrases, patterns, ranges, regular expressions.

use diag::Span;

use super::{blanks, is_blank, unclosed};
use crate::{
    ast::{Bound, Comparison, Pattern, Piece, Test, Value, ValueKind},
    codes,
    cursor::{Cursor, Result, fail, unicode},
};

/// How many characters `word~` lets differ where it does not say.
const FUZZY: u8 = 2;

/// Characters that no word holds unless a backslash stands before them.
pub(super) const fn is_special(character: char) -> bool {
    is_blank(character)
        || matches!(
            character,
            '+' | '-' | '!' | '(' | ')' | ':' | '^' | '[' | ']' | '"' | '{' | '}' | '~' | '*' | '?' | '\\' | '/'
        )
}

/// Whether a word goes on with a character.
pub(super) fn continues(character: char) -> bool {
    !is_special(character) || matches!(character, '-' | '+' | '\\' | '*' | '?')
}

/// An escape behind its backslash: what it stands for and its length.
fn escape(rest: &str) -> Option<(char, usize)> {
    match rest.chars().next()? {
        'u' => Some(unicode(rest).unwrap_or(('u', 1))),
        other => Some((other, other.len_utf8())),
    }
}

/// The word without wildcards at the start of a text, and how many bytes it takes.
pub(super) fn word(text: &str) -> Option<(String, usize)> {
    let (pattern, length) = pattern(text)?;
    pattern.plain().map(|word| (word.to_owned(), length))
}

/// The word, which may hold wildcards, at the start of a text.
fn pattern(text: &str) -> Option<(Pattern, usize)> {
    let mut pattern = Pattern::default();
    let mut at = 0;
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        at += character.len_utf8();
        match character {
            '*' => pattern.pieces.push(Piece::Any),
            '?' => pattern.pieces.push(Piece::One),
            '\\' => {
                let Some((escaped, length)) = text.get(at..).and_then(escape) else {
                    at -= 1;
                    break;
                };
                pattern.push(escaped);
                at += length;
            }
            '-' | '+' if at > 1 => pattern.push(character),
            special if is_special(special) => {
                at -= special.len_utf8();
                break;
            }
            other => pattern.push(other),
        }
    }
    (at > 0).then_some((pattern, at))
}

/// A value with what may follow it.
pub(super) fn term(cursor: &mut Cursor<'_>) -> Result<Test> {
    let start = cursor.at;
    let test = match cursor.peek() {
        Some('"') => {
            let text = phrase(cursor)?;
            let span = cursor.span_from(start);
            match slop(cursor) {
                Some(words) => Test::Near { text, slop: words.parse().unwrap_or(0) },
                None => Test::Is(Value { kind: ValueKind::Text(text), quoted: true, span }),
            }
        }
        Some('[' | '{') => range(cursor)?,
        Some('/') => regex(cursor)?,
        // A sign before a blank is a word.
        Some(sign @ ('+' | '-' | '!')) => {
            cursor.bump();
            let span = cursor.span_from(start);
            Test::Is(Value { kind: ValueKind::Text(sign.to_string()), quoted: false, span })
        }
        _ => {
            let Some((pattern, length)) = pattern(cursor.rest()) else { return Err(cursor.unexpected("a value")) };
            cursor.at += length;
            plain(cursor, pattern, start)
        }
    };
    weight(cursor)?;
    Ok(test)
}

/// A word: a comparison if it begins with `<` or `>`, which no backslash changes; fuzzy if `~` follows.
fn plain(cursor: &mut Cursor<'_>, pattern: Pattern, start: usize) -> Test {
    let span = cursor.span_from(start);
    let Some(text) = pattern.plain() else {
        return Test::Is(Value { kind: ValueKind::Pattern(pattern), quoted: false, span });
    };
    let signs = [Comparison::AtMost, Comparison::AtLeast, Comparison::Less, Comparison::Greater];
    let compared = signs.into_iter().find_map(|sign| Some((sign, text.strip_prefix(sign.sign())?)));
    if let Some((comparison, bound)) = compared.filter(|(_, bound)| !bound.is_empty()) {
        let value = Value { kind: ValueKind::Text(bound.to_owned()), quoted: false, span };
        return Test::Compare(comparison, value);
    }
    if let Some(edits) = slop(cursor) {
        // Elasticsearch takes at most two edits.
        let edits =
            if edits.is_empty() { FUZZY } else { edits.parse::<f64>().map_or(FUZZY, |edits| edits.clamp(0.0, 2.0) as u8) };
        return Test::Fuzzy { text: text.to_owned(), edits };
    }
    Test::Is(Value { kind: ValueKind::Text(text.to_owned()), quoted: false, span })
}

/// The number behind `~`; an empty text if there is none.
fn slop(cursor: &mut Cursor<'_>) -> Option<String> {
    if !cursor.eat('~') {
        return None;
    }
    let start = cursor.at;
    cursor.skip(|character| character.is_ascii_digit() || character == '.');
    Some(cursor.text.get(start..cursor.at).unwrap_or("").to_owned())
}

/// `^2`: how much a match counts for the order of results.
pub(super) fn weight(cursor: &mut Cursor<'_>) -> Result<()> {
    if cursor.eat('^') && cursor.skip(|character| character.is_ascii_digit() || character == '.') == 0 {
        return Err(cursor.unexpected("a number"));
    }
    Ok(())
}

fn phrase(cursor: &mut Cursor<'_>) -> Result<String> {
    let start = cursor.at;
    cursor.bump();
    let mut text = String::new();
    loop {
        match cursor.bump() {
            None => return unclosed(cursor, start, codes::UNCLOSED_STRING),
            Some('"') => return Ok(text),
            Some('\\') => {
                let Some((escaped, length)) = escape(cursor.rest()) else {
                    return unclosed(cursor, start, codes::UNCLOSED_STRING);
                };
                text.push(escaped);
                cursor.at += length;
            }
            Some(other) => text.push(other),
        }
    }
}

/// An expression between slashes; `\/` is a slash in it.
fn regex(cursor: &mut Cursor<'_>) -> Result<Test> {
    let start = cursor.at;
    cursor.bump();
    let mut text = String::new();
    loop {
        match cursor.bump() {
            None => return unclosed(cursor, start, codes::UNCLOSED_REGEX),
            Some('/') => return Ok(Test::Regex(text)),
            Some('\\') => match cursor.bump() {
                Some('/') => text.push('/'),
                Some(other) => text.extend(['\\', other]),
                None => return unclosed(cursor, start, codes::UNCLOSED_REGEX),
            },
            Some(other) => text.push(other),
        }
    }
}

/// `[low TO high]`, a brace for a bound that is left out, `*` for none.
fn range(cursor: &mut Cursor<'_>) -> Result<Test> {
    let start = cursor.at;
    let low_inclusive = cursor.bump() == Some('[');
    let low = bound(cursor, start)?;
    blanks(cursor);
    if !cursor.eat_text("TO") || !cursor.peek().is_some_and(is_blank) {
        return not_a_range(cursor, start);
    }
    let high = bound(cursor, start)?;
    blanks(cursor);
    let high_inclusive = match cursor.bump() {
        Some(']') => true,
        Some('}') => false,
        _ => return not_a_range(cursor, start),
    };
    let bound = |value: Option<Value>, inclusive| value.map(|value| Bound { value, inclusive });
    Ok(Test::Between { low: bound(low, low_inclusive), high: bound(high, high_inclusive) })
}

/// A bound; `None` for `*`.
fn bound(cursor: &mut Cursor<'_>, range: usize) -> Result<Option<Value>> {
    blanks(cursor);
    let start = cursor.at;
    if cursor.peek() == Some('"') {
        let text = phrase(cursor)?;
        return Ok(Some(Value { kind: ValueKind::Text(text), quoted: true, span: cursor.span_from(start) }));
    }
    let mut text = String::new();
    loop {
        match cursor.peek() {
            Some(']' | '}') | None => break,
            Some(character) if is_blank(character) => break,
            Some('\\') => {
                cursor.bump();
                let Some((escaped, length)) = escape(cursor.rest()) else { break };
                text.push(escaped);
                cursor.at += length;
            }
            Some(other) => {
                cursor.bump();
                text.push(other);
            }
        }
    }
    let span = cursor.span_from(start);
    match cursor.text.get(span.start..span.end) {
        None | Some("") => not_a_range(cursor, range),
        Some("*") => Ok(None),
        Some(_) => Ok(Some(Value { kind: ValueKind::Text(text), quoted: false, span })),
    }
}

fn not_a_range<T>(cursor: &Cursor<'_>, start: usize) -> Result<T> {
    let rest = cursor.text.get(start..).unwrap_or("");
    let length = rest.find([']', '}']).map_or(rest.len(), |end| end + 1);
    fail(codes::BAD_RANGE, codes::BAD_RANGE.form, Span::new(start, start + length))
}
