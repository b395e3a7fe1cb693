//! Finding members and elements: each value is skipped over once, its nesting counted, nothing copied.

use super::unescape;

/// The value of a property bag's member; `None` if `json` is no bag or has no such key. Keys are case-sensitive.
#[must_use]
pub fn member<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let mut found = None;
    for (name, value) in members(json)? {
        // Escaped keys are rare: the comparison of bytes comes first.
        if name == key || (name.contains('\\') && unescape(name) == key) {
            found = Some(value);
        }
    }
    found
}

/// An element of an array, counted from 0, or from the end by a negative number; `None` outside it or if `json` is no array.
#[must_use]
pub fn element(json: &str, index: i64) -> Option<&str> {
    match usize::try_from(index) {
        Ok(index) => elements(json)?.nth(index),
        Err(_) => {
            let all: Vec<&str> = elements(json)?.collect();
            let back = usize::try_from(index.unsigned_abs()).ok()?;
            all.len().checked_sub(back).and_then(|at| all.get(at).copied())
        }
    }
}

/// The elements of an array; `None` if `json` is no array.
#[must_use]
pub fn elements(json: &str) -> Option<Elements<'_>> {
    let inner = json.strip_prefix('[')?.strip_suffix(']')?;
    Some(Elements { rest: inner })
}

/// The members of a property bag; `None` if `json` is no bag.
#[must_use]
pub fn members(json: &str) -> Option<Members<'_>> {
    let inner = json.strip_prefix('{')?.strip_suffix('}')?;
    Some(Members { rest: inner })
}

/// The elements of an array, each the text of its value.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = value_end(self.rest.as_bytes());
        let value = self.rest.get(..end)?;
        self.rest = self.rest.get(end + 1..).unwrap_or("");
        Some(value)
    }
}

/// The members of a property bag: the key between its quotes, escapes and all, and the text of the value.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let quoted = self.rest.strip_prefix('"')?;
        let end = quoted_end(quoted.as_bytes());
        let key = quoted.get(..end)?;
        let rest = quoted.get(end + 1..)?.strip_prefix(':')?;
        let end = value_end(rest.as_bytes());
        let value = rest.get(..end)?;
        self.rest = rest.get(end + 1..).unwrap_or("");
        Some((key, value))
    }
}

/// Where the value at the start of `json` ends: at the comma after it, or at the end.
fn value_end(json: &[u8]) -> usize {
    match json.first() {
        Some(b'"') => (quoted_end(&json[1..]) + 2).min(json.len()),
        Some(b'[' | b'{') => nested_end(json),
        _ => json.iter().position(|&byte| byte == b',').unwrap_or(json.len()),
    }
}

/// Where the array or bag at the start of `json` ends.
fn nested_end(json: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => at += 1 + quoted_end(json.get(at + 1..).unwrap_or(&[])),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    json.len()
}

/// How many bytes are looked at one by one before vector instructions pay.
const SHORT: usize = 16;

/// Where the closing quote of a string stands, given what follows the opening one; the length if there is none.
pub(super) fn quoted_end(json: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = json.get(at..).unwrap_or(&[]);
        let near = rest.iter().take(SHORT).position(|&byte| byte == b'"' || byte == b'\\');
        let step = near.or_else(|| memchr::memchr2(b'"', b'\\', rest.get(SHORT..)?).map(|far| SHORT + far));
        let Some(step) = step else { return json.len() };
        at += step;
        if json.get(at) == Some(&b'"') {
            return at;
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::{element, elements, member, members};

    #[test]
    fn members_are_found_by_their_exact_key() {
        let json = r#"{"SPF":"pass","a\"b":{"x":[1,2]},"n":null,"SPF":"fail","é":1}"#;
        assert_eq!(member(json, "SPF"), Some("\"fail\""));
        assert_eq!(member(json, "spf"), None);
        assert_eq!(member(json, "a\"b"), Some(r#"{"x":[1,2]}"#));
        assert_eq!(member(json, "x"), None);
        assert_eq!(member(json, "n"), Some("null"));
        assert_eq!(member(json, "é"), Some("1"));
        assert_eq!(member("[1]", "0"), None);
    }

    #[test]
    fn elements_are_counted_from_either_end() {
        let json = r#"[1,"a,]b",[2,{"k":","}],{}]"#;
        assert_eq!(elements(json).map(Iterator::count), Some(4));
        assert_eq!(element(json, 1), Some("\"a,]b\""));
        assert_eq!(element(json, -2), Some(r#"[2,{"k":","}]"#));
        assert_eq!(element(json, 4), None);
        assert_eq!(element(json, -5), None);
        assert_eq!(element("[]", 0), None);
        assert_eq!(element("{}", 0), None);
        assert_eq!(element(json, i64::MIN), None);
    }

    #[test]
    fn text_that_is_no_json_gives_nothing_and_ends() {
        for json in ["{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\\", "{}}", "[", "[\"", "[\"\\", "[,]", "]", "é", "{é}", "[é"]
        {
            if let Some(members) = members(json) {
                assert!(members.count() < 4, "{json}");
            }
            if let Some(elements) = elements(json) {
                assert!(elements.count() < 4, "{json}");
            }
        }
    }
}
