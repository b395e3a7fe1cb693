//! String literals: what their text means, and how a text is written as one.
//!
//! Must not know the grammar. Reference page: `string` data type. Start with [`decode`] and [`quote_string`].

use crate::lexer::{begins_name, continues_name};

/// A backslash before something that has no escape, and where it stands in the literal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadEscape {
    /// Offset of the backslash in the literal.
    pub(crate) at: usize,
    /// The backslash and the character after it.
    pub(crate) escape: String,
}

/// The text a string literal stands for, in any of its forms; quotes that are not closed are taken as they are.
pub(crate) fn decode(literal: &str) -> Result<String, BadEscape> {
    let body = literal.strip_prefix(['h', 'H']).unwrap_or(literal);
    for fence in ["```", "~~~"] {
        if let Some(inner) = body.strip_prefix(fence) {
            return Ok(inner.strip_suffix(fence).unwrap_or(inner).to_owned());
        }
    }
    if let Some(verbatim) = body.strip_prefix('@') {
        let quote = verbatim.get(..1).unwrap_or("\"");
        return Ok(unquote(verbatim, quote).replace(&quote.repeat(2), quote));
    }
    let inner = unquote(body, body.get(..1).unwrap_or("\""));
    unescape(inner).map_err(|bad| BadEscape { at: bad.at + literal.len() - body.len() + 1, ..bad })
}

/// Whether the literal is obfuscated (`h"..."`).
pub(crate) fn is_obfuscated(literal: &str) -> bool {
    literal.starts_with(['h', 'H'])
}

fn unquote<'t>(text: &'t str, quote: &str) -> &'t str {
    let inner = text.strip_prefix(quote).unwrap_or(text);
    inner.strip_suffix(quote).unwrap_or(inner)
}

fn unescape(inner: &str) -> Result<String, BadEscape> {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some((c, length)) = escape(after) else {
            let escape = std::iter::once('\\').chain(after.chars().next()).collect();
            return Err(BadEscape { at: inner.len() - rest.len() + at, escape });
        };
        out.push(c);
        rest = &after[length..];
    }
    out.push_str(rest);
    Ok(out)
}

/// The character an escape stands for, and how many bytes after the backslash it takes. A UTF-16 pair of `\u` is one escape.
fn escape(after: &str) -> Option<(char, usize)> {
    let simple = |c| Some((c, 1));
    match after.chars().next()? {
        'n' => simple('\n'),
        't' => simple('\t'),
        'r' => simple('\r'),
        'a' => simple('\u{7}'),
        'b' => simple('\u{8}'),
        'f' => simple('\u{c}'),
        'v' => simple('\u{b}'),
        c @ ('\\' | '\'' | '"') => simple(c),
        '0'..='7' => {
            let length = after.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
            let value = u32::from_str_radix(after.get(..length)?, 8).ok()?;
            Some((char::from_u32(value)?, length))
        }
        'x' => Some((char::from_u32(hex(after, 1, 2)?)?, 3)),
        'u' => {
            let unit = hex(after, 1, 4)?;
            if let Some(c) = char::from_u32(unit) {
                return Some((c, 5));
            }
            let low = after.get(5..)?.strip_prefix("\\u").and_then(|_| hex(after, 7, 4))?;
            let pair = char::decode_utf16([u16::try_from(unit).ok()?, u16::try_from(low).ok()?]).next()?.ok()?;
            Some((pair, 11))
        }
        'U' => Some((char::from_u32(hex(after, 1, 8)?)?, 9)),
        _ => None,
    }
}

fn hex(text: &str, from: usize, digits: usize) -> Option<u32> {
    let digits = text.get(from..from + digits)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// `text` as a string literal, in double quotes.
///
/// ```
/// assert_eq!(spoofwatch_kql::quote_string("say \"hi\""), r#""say \"hi\"""#);
/// ```
#[must_use]
pub fn quote_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `name` as it must be written in a query: as it is, or `['...']` where its characters or the language demand it.
///
/// ```
/// assert_eq!(spoofwatch_kql::quote_name("Subject"), "Subject");
/// assert_eq!(spoofwatch_kql::quote_name("my column"), "['my column']");
/// ```
#[must_use]
pub fn quote_name(name: &str) -> String {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(begins_name) && chars.all(continues_name) && !crate::grammar::is_reserved(name);
    if plain {
        return name.to_owned();
    }
    let quoted = quote_string(name);
    let inner = unquote(&quoted, "\"").replace("\\\"", "\"").replace('\'', "\\'");
    format!("['{inner}']")
}

#[cfg(test)]
mod tests {
    use super::{BadEscape, decode, quote_name};

    #[test]
    fn every_form_of_string_is_read() {
        let cases = [
            (r#""a\tb""#, "a\tb"),
            (r"'it\'s'", "it's"),
            (r#"@"C:\dir ""x""""#, r#"C:\dir "x""#),
            (r"h@'\d'", r"\d"),
            ("```a\n\"b\"```", "a\n\"b\""),
            ("~~~x~~~", "x"),
            (r#""\u00e9\x41\101\U0001F600\ud83d\ude00""#, "éAA😀😀"),
        ];
        for (literal, text) in cases {
            assert_eq!(decode(literal).as_deref(), Ok(text), "{literal}");
        }
    }

    #[test]
    fn an_unknown_escape_is_named_with_its_place() {
        assert_eq!(decode(r#""a\.b""#), Err(BadEscape { at: 2, escape: r"\.".to_owned() }));
    }

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        assert_eq!(quote_name("_x1"), "_x1");
        assert_eq!(quote_name("$left"), "$left");
        assert_eq!(quote_name("a-b's \"q\" \\"), r#"['a-b\'s "q" \\']"#);
        assert_eq!(quote_name("and"), "['and']");
        assert_eq!(quote_name(""), "['']");
    }
}
