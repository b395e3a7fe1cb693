//! JSON read in place: values are slices of the text they stand in, and no tree is built.
//!
//! A `dynamic` is compact JSON text. [`compacted`] is the gate through which foreign text comes in; everything else expects
//! what it wrote, but answers "nothing" rather than panicking on anything. Start with [`compacted`], [`member`] and [`element`].
//! Numbers keep their digits and property bags their order; of a key given twice the last value counts, as in .NET.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

pub mod path;
mod scan;
pub mod typed;
mod write;

pub use scan::{Elements, Members, element, elements, member, members};
pub use write::{compacted, quote, write_array, write_bag, write_real};

/// How deep arrays and bags may be nested; deeper text is not read as JSON.
pub const MAX_DEPTH: usize = 128;

/// What a JSON value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number, whole or not.
    Number,
    /// A text.
    String,
    /// An array.
    Array,
    /// A property bag.
    Bag,
}

/// The kind of a value, told by its first character.
#[must_use]
pub fn kind(value: &str) -> Kind {
    match value.as_bytes().first() {
        Some(b'{') => Kind::Bag,
        Some(b'[') => Kind::Array,
        Some(b'"') => Kind::String,
        Some(b't' | b'f') => Kind::Bool,
        Some(b'-' | b'0'..=b'9') => Kind::Number,
        _ => Kind::Null,
    }
}

/// The text of a JSON string, with its escapes resolved; `None` if the value is not a string.
#[must_use]
pub fn string(value: &str) -> Option<Cow<'_, str>> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    Some(unescape(inner))
}

/// What `tostring` makes of a value: strings without quotes, null as nothing, everything else as its JSON text.
#[must_use]
pub fn text(value: &str) -> Cow<'_, str> {
    match kind(value) {
        Kind::String => string(value).unwrap_or(Cow::Borrowed(value)),
        Kind::Null => Cow::Borrowed(""),
        Kind::Bool | Kind::Number | Kind::Array | Kind::Bag => Cow::Borrowed(value),
    }
}

/// Whether two values are the same: numbers by what they count, everything else by its text.
#[must_use]
pub fn equal(a: &str, b: &str) -> bool {
    a == b || (kind(a) == Kind::Number && kind(b) == Kind::Number && a.parse::<f64>().is_ok_and(|a| b.parse() == Ok(a)))
}

/// The elements of an array without those that come again.
#[must_use]
pub fn distinct(array: &str) -> Option<Vec<&str>> {
    let mut seen = HashSet::new();
    Some(elements(array)?.filter(|element| seen.insert(*element)).collect())
}

/// The members of a property bag without those whose key comes again: the last one counts, at the place of the first.
#[must_use]
pub fn distinct_members(bag: &str) -> Option<Vec<(&str, &str)>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<(&str, &str)> = Vec::new();
    for (key, value) in members(bag)? {
        match places.get(key) {
            Some(&place) => found[place].1 = value,
            None => {
                places.insert(key, found.len());
                found.push((key, value));
            }
        }
    }
    Some(found)
}

/// The value unless it is JSON's null, which is Kusto's null.
#[must_use]
pub fn not_null(value: &str) -> Option<&str> {
    (kind(value) != Kind::Null).then_some(value)
}

/// Resolves the escapes of a string's inner text. A lone surrogate becomes the replacement character.
#[must_use]
pub fn unescape(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(&escape) = rest.as_bytes().first() else { break };
        if escape == b'u' {
            let (character, length) = unicode(rest);
            out.push(character);
            rest = rest.get(length..).unwrap_or("");
            continue;
        }
        match escape {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'"' | b'\\' | b'/' => out.push(char::from(escape)),
            // No escape of JSON: kept as it stands, the character with the text that follows.
            _ => {
                out.push('\\');
                continue;
            }
        }
        rest = &rest[1..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of `uXXXX` or `uXXXX\uXXXX` at the start of `rest`, and how many bytes it takes.
fn unicode(rest: &str) -> (char, usize) {
    let unit = |at: usize| rest.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let Some(high) = unit(1) else { return (char::REPLACEMENT_CHARACTER, 1) };
    if (0xD800..0xDC00).contains(&high)
        && rest.get(5..7) == Some("\\u")
        && let Some(low @ 0xDC00..=0xDFFF) = unit(7)
    {
        let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind, string, text, unescape};

    #[test]
    fn the_first_character_tells_the_kind() {
        let table = [
            ("{}", Kind::Bag),
            ("[]", Kind::Array),
            ("\"a\"", Kind::String),
            ("true", Kind::Bool),
            ("-1", Kind::Number),
            ("null", Kind::Null),
            ("", Kind::Null),
        ];
        for (value, expected) in table {
            assert_eq!(kind(value), expected, "{value}");
        }
    }

    #[test]
    fn strings_lose_quotes_and_escapes() {
        assert_eq!(text(r#""a\"b\\c\/d\n\u00e9\ud83d\ude00""#), "a\"b\\c/d\né😀");
        assert_eq!(text("12.50"), "12.50");
        assert_eq!(text("null"), "");
        assert_eq!(string("12"), None);
    }

    #[test]
    fn broken_escapes_do_no_harm() {
        assert_eq!(unescape(r"\ud83d!"), "\u{fffd}!");
        assert_eq!(unescape(r"\u12"), "\u{fffd}12");
        assert_eq!(unescape(r"a\"), "a");
        assert_eq!(unescape(r"\é"), r"\é");
    }
}
