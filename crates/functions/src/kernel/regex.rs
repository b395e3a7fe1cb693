//! Regular expressions: compiled once, bounded in size, shared by all batches.
//!
//! Kusto's documented syntax is that of the crate `regex` (reference page `regex`). Queries written for RE2, which it
//! replaced, still hold a few forms that this crate refuses; they are rewritten to their meaning in RE2.

use std::sync::{Arc, LazyLock};

use regex::{Regex, RegexBuilder};

use super::{Texts, cache::Cache};

/// Most bytes a compiled pattern may take: large enough for published rules, small enough for a hostile one.
const SIZE_LIMIT: usize = 16 << 20;
/// Patterns kept.
const CACHED: usize = 128;

type Compiled = Result<Regex, String>;

static CACHE: LazyLock<Cache<Compiled>> = LazyLock::new(|| Cache::new(CACHED));

/// The pattern compiled, or what is wrong with it.
#[must_use]
pub fn compile(pattern: &str) -> Arc<Compiled> {
    CACHE.get(pattern, || build(pattern))
}

fn build(pattern: &str) -> Compiled {
    let compiled = |pattern: &str| RegexBuilder::new(pattern).size_limit(SIZE_LIMIT).build();
    compiled(pattern).or_else(|error| compiled(&from_re2(pattern)).map_err(|_| problem(&error)))
}

/// The last line of the parser's message, which says what is wrong without drawing the pattern.
fn problem(error: &regex::Error) -> String {
    let message = error.to_string();
    let last = message.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// RE2's forms in the crate's syntax: braces that count nothing, brackets inside a class, `\Q...\E`, octal numbers, escapes of
/// characters that need none.
fn from_re2(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut in_class = false;
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        if let Some(quoted) = rest.strip_prefix("\\Q") {
            let (literal, left) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            out.push_str(&regex::escape(literal));
            rest = left;
            continue;
        }
        match character {
            '\\' => {
                rest = escape(after, in_class, &mut out);
                continue;
            }
            '[' if in_class && !after.starts_with(':') => out.push_str("\\["),
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                let negated = after.strip_prefix('^');
                if negated.is_some() {
                    out.push('^');
                }
                // A closing bracket that comes first stands for itself.
                let class = negated.unwrap_or(after);
                rest = class.strip_prefix(']').unwrap_or(class);
                if rest.len() < class.len() {
                    out.push_str("\\]");
                }
                continue;
            }
            '[' => {
                let end = after.find(":]").map_or(after.len(), |at| at + 2);
                out.push('[');
                out.push_str(&after[..end]);
                rest = &after[end..];
                continue;
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '{' if !in_class && !counts(after) => out.push_str("\\{"),
            _ => out.push(character),
        }
        rest = after;
    }
    out
}

/// Writes what an escape means, given the text behind its backslash; the text behind the escape.
fn escape<'t>(after: &'t str, in_class: bool, out: &mut String) -> &'t str {
    let octal = after.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    if octal > 1 || after.starts_with('0') {
        let (digits, rest) = after.split_at(octal);
        let number = u32::from_str_radix(digits, 8).unwrap_or_default();
        out.push_str(&format!("\\x{{{number:x}}}"));
        return rest;
    }
    let Some(escaped) = after.chars().next() else {
        out.push('\\');
        return after;
    };
    // In the crate's syntax these are no escapes, and outside a class `\<` and `\>` stand for the edges of a word.
    let plain = escaped == '_' || (in_class && matches!(escaped, '<' | '>'));
    if !plain {
        out.push('\\');
    }
    out.push(escaped);
    &after[escaped.len_utf8()..]
}

/// Whether what follows an opening brace makes it a counted repetition: `3}`, `3,}`, `3,5}`.
fn counts(after: &str) -> bool {
    let Some((inside, _)) = after.split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

/// The patterns of an argument, one a row, each compiled when it first comes.
#[derive(Debug)]
pub struct Patterns {
    texts: Texts,
    derive: Option<fn(&str) -> String>,
    last: Option<(String, Arc<Compiled>)>,
}

impl Patterns {
    /// The patterns that `texts` holds.
    #[must_use]
    pub const fn new(texts: Texts) -> Self {
        Self { texts, derive: None, last: None }
    }

    /// Patterns made from those that `texts` holds.
    #[must_use]
    pub const fn derived(texts: Texts, derive: fn(&str) -> String) -> Self {
        Self { texts, derive: Some(derive), last: None }
    }

    /// The pattern of a row; `None` if it is no regular expression.
    pub fn get(&mut self, row: usize) -> Option<&Regex> {
        let pattern = self.texts.text(row);
        if self.last.as_ref().is_none_or(|(known, _)| known != pattern) {
            let compiled = self.derive.map_or_else(|| compile(pattern), |derive| compile(&derive(pattern)));
            self.last = Some((pattern.to_owned(), compiled));
        }
        self.last.as_ref()?.1.as_ref().as_ref().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{compile, from_re2};

    #[test]
    fn forms_of_re2_keep_their_meaning() {
        let table = [
            (r#"{"x":(\d+)"#, r#"{"x":12"#, true),
            (r"a{,3}", "a{,3}", true),
            (r"a{2}", "aa", true),
            (r"[[]x]", "[x]", true),
            (r"[]a]+$", "]a", true),
            (r"[^]a]", "]", false),
            (r"[[:alpha:]{]", "{", true),
            (r"\Qa.b\E+", "a.bb", true),
            (r"\Qa.b", "axb", false),
            (r"a\0b", "a\0b", true),
            (r"^\101\12$", "A\n", true),
            (r"a\_b[\<\_]", "a_b<", true),
        ];
        for (pattern, text, expected) in table {
            let compiled = compile(pattern);
            let regex = compiled.as_ref().as_ref();
            assert_eq!(regex.map(|regex| regex.is_match(text)), Ok(expected), "{pattern} as {}", from_re2(pattern));
        }
    }

    #[test]
    fn a_fault_is_told_in_one_line() {
        assert!(matches!(compile("(a").as_ref(), Err(problem) if problem == "unclosed group"));
        assert!(matches!(compile("(?=a)").as_ref(), Err(problem) if problem.contains("look-around")));
        assert!(compile("(?:[a-z]{1000}){1000}").is_err());
    }
}
