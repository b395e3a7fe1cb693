//! Needles found in texts: whole terms, term prefixes and suffixes, or anywhere; with or without regard to case.
//!
//! A term is a run of letters and digits. An edge of the needle needs an edge of a term there only if the needle's own
//! character at that edge is a letter or digit: `DKIM":"fail` is found in `"DKIM":"fail"`, and not in `"DKIM":"failed"`.
//! Source: Microsoft's reference, page `datatypes-string-operators`. Start with [`Needle`] and [`AnyNeedle`].

use std::{
    fmt::Write as _,
    sync::{Arc, LazyLock},
};

use aho_corasick::AhoCorasick;
use arrow::array::ArrayRef;
use memchr::{memchr, memchr2, memmem::Finder};
use regex::Regex;

use super::{Args, KernelError, cache::Cache, each_bool, fold, regex::compile};

/// Which edges of a match must be edges of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edges {
    /// None: `contains`.
    Anywhere,
    /// Both: `has`.
    Term,
    /// The first: `hasprefix`.
    Prefix,
    /// The last: `hassuffix`.
    Suffix,
}

/// Whether case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// It does.
    Sensitive,
    /// It does not.
    Insensitive,
}

/// A text to be found.
#[derive(Debug)]
pub struct Needle {
    length: usize,
    term_before: bool,
    term_after: bool,
    finder: Option<FinderKind>,
}

#[derive(Debug)]
enum FinderKind {
    Exact(Box<Finder<'static>>),
    Ascii(AsciiFinder),
    /// A needle with letters beyond ASCII, whose variants may differ in length.
    Folded(Regex),
}

impl Needle {
    /// Prepares a needle.
    #[must_use]
    pub fn new(needle: &str, edges: Edges, case: Case) -> Self {
        let finder = match case {
            Case::Sensitive => Some(exact(needle)),
            Case::Insensitive if needle.is_ascii() => AsciiFinder::new(needle).map(FinderKind::Ascii),
            Case::Insensitive => {
                let pattern = compile(&format!("(?i){}", regex::escape(needle)));
                // An escaped text is a pattern; one too long to compile is at least found as it stands.
                Some(pattern.as_ref().as_ref().map_or_else(|_| exact(needle), |regex| FinderKind::Folded(regex.clone())))
            }
        };
        Self {
            length: needle.len(),
            term_before: matches!(edges, Edges::Term | Edges::Prefix) && needle.starts_with(char::is_alphanumeric),
            term_after: matches!(edges, Edges::Term | Edges::Suffix) && needle.ends_with(char::is_alphanumeric),
            finder: finder.filter(|_| !needle.is_empty()),
        }
    }

    /// Whether the needle is in `text`; an empty one always is.
    #[must_use]
    pub fn found_in(&self, text: &str) -> bool {
        let Some(finder) = &self.finder else { return true };
        if !self.term_before && !self.term_after {
            return finder.find(text, 0, self.length).is_some();
        }
        let mut from = 0;
        while let Some((start, end)) = finder.find(text, from, self.length) {
            if self.edges_hold(text, start, end) {
                return true;
            }
            from = start + text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        }
        false
    }

    fn edges_hold(&self, text: &str, start: usize, end: usize) -> bool {
        (!self.term_before || !ends_in_term(text, start)) && (!self.term_after || !begins_with_term(text, end))
    }
}

fn exact(needle: &str) -> FinderKind {
    FinderKind::Exact(Box::new(Finder::new(needle.as_bytes()).into_owned()))
}

/// Whether the text before `at` ends with a letter or digit.
fn ends_in_term(text: &str, at: usize) -> bool {
    match at.checked_sub(1).map(|before| text.as_bytes()[before]) {
        None => false,
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => text.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric)),
    }
}

/// Whether the text from `at` on begins with a letter or digit.
fn begins_with_term(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        None => false,
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => text.get(at..).is_some_and(|after| after.starts_with(char::is_alphanumeric)),
    }
}

impl FinderKind {
    /// The first match that starts at `from` or later.
    fn find(&self, text: &str, from: usize, length: usize) -> Option<(usize, usize)> {
        let rest = text.as_bytes().get(from..)?;
        match self {
            Self::Exact(finder) => finder.find(rest).map(|at| (from + at, from + at + length)),
            Self::Ascii(finder) => finder.find(rest).map(|at| (from + at, from + at + length)),
            Self::Folded(regex) => regex.find_at(text, from).map(|found| (found.start(), found.end())),
        }
    }
}

/// Finds ASCII text in any case: the rarest of its bytes is looked for with vector instructions, the rest compared there.
#[derive(Debug)]
struct AsciiFinder {
    lower: Box<[u8]>,
    rare: usize,
}

impl AsciiFinder {
    fn new(needle: &str) -> Option<Self> {
        let lower: Box<[u8]> = needle.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
        let rare = (0..lower.len()).min_by_key(|&at| frequency(lower[at]))?;
        Some(Self { lower, rare })
    }

    fn find(&self, text: &[u8]) -> Option<usize> {
        let rare = *self.lower.get(self.rare)?;
        let mut from = self.rare;
        loop {
            let rest = text.get(from..)?;
            let hit = if rare.is_ascii_lowercase() { memchr2(rare, rare.to_ascii_uppercase(), rest) } else { memchr(rare, rest) };
            let start = from + hit? - self.rare;
            let candidate = text.get(start..start + self.lower.len())?;
            if candidate.eq_ignore_ascii_case(&self.lower) {
                return Some(start);
            }
            from = start + self.rare + 1;
        }
    }
}

/// How common a byte is in mail telemetry, roughly: what is rare makes the better candidate.
const fn frequency(byte: u8) -> u8 {
    match byte {
        b' ' | b'e' | b'a' | b't' | b'o' | b'i' | b'n' | b's' | b'r' => 5,
        b'l' | b'c' | b'd' | b'm' | b'p' | b'u' | b'"' | b'.' | b',' | b':' => 4,
        b'h' | b'f' | b'g' | b'y' | b'b' | b'-' | b'/' | b'0' | b'1' | b'2' => 3,
        b'w' | b'v' | b'k' | b'3'..=b'9' | b'=' | b'_' | b'@' => 2,
        b'x' | b'j' | b'q' | b'z' => 1,
        _ => 0,
    }
}

/// Looks for the second argument in the first, both text; the needle is prepared once unless it changes from row to row.
///
/// # Errors
/// An argument holds no text.
pub fn search(args: &Args, edges: Edges, case: Case) -> Result<ArrayRef, KernelError> {
    let (texts, needles) = (args.texts(0)?, args.texts(1)?);
    if args.is_constant(1) {
        let needle = Needle::new(needles.text(0), edges, case);
        return Ok(each_bool(args, |row| Some(needle.found_in(texts.text(row)))));
    }
    let mut prepared: Option<(String, Needle)> = None;
    Ok(each_bool(args, |row| {
        let needle = needles.text(row);
        if prepared.as_ref().is_none_or(|(known, _)| known != needle) {
            prepared = Some((needle.to_owned(), Needle::new(needle, edges, case)));
        }
        prepared.as_ref().map(|(_, needle)| needle.found_in(texts.text(row)))
    }))
}

/// Several texts of which one is to be found.
#[derive(Debug)]
pub struct AnyNeedle {
    /// Needles looked for one after the other.
    single: Vec<Needle>,
    /// Needles looked for in one pass, when there are many.
    many: Option<(AhoCorasick, Vec<Needle>)>,
}

/// From this many ASCII needles on one pass for all is faster than one for each.
const ONE_PASS: usize = 4;
/// Lists of needles kept between batches.
const CACHED: usize = 64;

static CACHE: LazyLock<Cache<AnyNeedle>> = LazyLock::new(|| Cache::new(CACHED));

impl AnyNeedle {
    /// Prepares needles, or takes them from those prepared before.
    #[must_use]
    pub fn cached(needles: &[String], edges: Edges, case: Case) -> Arc<Self> {
        let mut key = format!("{edges:?}{case:?}");
        for needle in needles {
            // The length tells where one needle ends; writing to a String cannot fail.
            let _ = write!(key, "\u{1}{}\u{1}{needle}", needle.len());
        }
        CACHE.get(&key, || Self::new(needles, edges, case))
    }

    fn new(needles: &[String], edges: Edges, case: Case) -> Self {
        let prepared = |needle: &&String| Needle::new(needle, edges, case);
        let (plain, others): (Vec<&String>, Vec<&String>) =
            needles.iter().partition(|needle| !needle.is_empty() && (case == Case::Sensitive || needle.is_ascii()));
        let mut single: Vec<Needle> = others.iter().map(prepared).collect();
        let automaton = (plain.len() >= ONE_PASS)
            .then(|| AhoCorasick::builder().ascii_case_insensitive(case == Case::Insensitive).build(&plain).ok())
            .flatten();
        let checked: Vec<Needle> = plain.iter().map(prepared).collect();
        let many = match automaton {
            Some(automaton) => Some((automaton, checked)),
            None => {
                single.extend(checked);
                None
            }
        };
        Self { single, many }
    }

    /// Whether one of the needles is in `text`.
    #[must_use]
    pub fn found_in(&self, text: &str) -> bool {
        self.single.iter().any(|needle| needle.found_in(text)) || self.many_found_in(text)
    }

    fn many_found_in(&self, text: &str) -> bool {
        let Some((automaton, needles)) = &self.many else { return false };
        // Most texts hold none of them, which the search without overlaps tells soonest.
        if !automaton.is_match(text) {
            return false;
        }
        automaton.find_overlapping_iter(text).any(|found| {
            needles.get(found.pattern().as_usize()).is_some_and(|needle| needle.edges_hold(text, found.start(), found.end()))
        })
    }
}

/// Texts of which one must equal another but for case, as `in~` has it; folded and sorted.
#[derive(Debug)]
pub struct FoldedSet {
    texts: std::collections::HashSet<String>,
}

static SETS: LazyLock<Cache<FoldedSet>> = LazyLock::new(|| Cache::new(CACHED));

impl FoldedSet {
    /// Prepares a set, or takes it from those prepared before.
    #[must_use]
    pub fn cached(texts: &[String]) -> Arc<Self> {
        let mut key = String::new();
        for text in texts {
            // The length tells where one text ends; writing to a String cannot fail.
            let _ = write!(key, "{}\u{1}{text}", text.len());
        }
        SETS.get(&key, || Self { texts: texts.iter().map(|text| folded(text)).collect() })
    }

    /// Whether `text` is one of them; `buffer` is overwritten.
    #[must_use]
    pub fn contains(&self, text: &str, buffer: &mut String) -> bool {
        buffer.clear();
        fold::fold_into(text, buffer);
        self.texts.contains(buffer.as_str())
    }
}

fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold::fold_into(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::{AnyNeedle, Case, Edges, Needle};

    fn has(text: &str, needle: &str) -> bool {
        Needle::new(needle, Edges::Term, Case::Insensitive).found_in(text)
    }

    #[test]
    fn terms_are_runs_of_letters_and_digits() {
        let table = [
            ("North America", "america", true),
            ("North America", "amer", false),
            ("NorthAmerica", "america", false),
            ("spf=fail (x)", "fail", true),
            ("spf=fail2", "fail", false),
            ("a_fail_b", "fail", true),
            ("fail", "fail", true),
            ("failed fail", "fail", true),
            ("Überweisung fällig", "ÜBERWEISUNG", true),
            ("Überweisungen", "überweisung", false),
            ("éfail", "fail", false),
            ("fail中", "fail", false),
            ("fail\u{2014}", "fail", true),
            ("x", "", true),
            ("", "", true),
            ("", "a", false),
        ];
        for (text, needle, expected) in table {
            assert_eq!(has(text, needle), expected, "{text} has {needle}");
        }
    }

    #[test]
    fn punctuation_at_an_edge_needs_no_boundary() {
        let json = r#"{"SPF":"pass","DKIM":"fail","DMARC":"failed"}"#;
        assert!(has(json, r#"DKIM":"fail"#));
        assert!(!has(json, r#"DMARC":"fail"#));
        assert!(has(json, r#"dkim":"fail""#));
        assert!(has("a.sharepoint.com", ".sharepoint.com"));
        assert!(!has("a.sharepoint.company", ".sharepoint.com"));
        assert!(has("a@b", "@"));
    }

    #[test]
    fn prefixes_suffixes_and_parts() {
        let found = |edges, case, text: &str, needle: &str| Needle::new(needle, edges, case).found_in(text);
        assert!(found(Edges::Prefix, Case::Insensitive, "North America", "AMER"));
        assert!(!found(Edges::Prefix, Case::Insensitive, "North America", "erica"));
        assert!(found(Edges::Suffix, Case::Insensitive, "North America", "ERICA"));
        assert!(!found(Edges::Suffix, Case::Sensitive, "North America", "ERICA"));
        assert!(found(Edges::Anywhere, Case::Insensitive, "North America", "H AM"));
        assert!(!found(Edges::Anywhere, Case::Sensitive, "North America", "h am"));
        assert!(found(Edges::Anywhere, Case::Insensitive, "CAFÉ", "fé"));
    }

    #[test]
    fn many_needles_are_found_as_single_ones_are() {
        let needles: Vec<String> =
            ["fail", "softfail", "fälschung", "DMARC\":\"fail", "none", "bestguess", "x"].map(String::from).to_vec();
        let texts = ["softfail", "softfailed", "a fail", "FÄLSCHUNG!", "\"DMARC\":\"FAIL\"", "nonesuch", "", "hard xfail x"];
        for edges in [Edges::Term, Edges::Prefix, Edges::Suffix, Edges::Anywhere] {
            for case in [Case::Sensitive, Case::Insensitive] {
                let any = AnyNeedle::new(&needles, edges, case);
                for text in texts {
                    let one_by_one = needles.iter().any(|needle| Needle::new(needle, edges, case).found_in(text));
                    assert_eq!(any.found_in(text), one_by_one, "{text} {edges:?} {case:?}");
                }
            }
        }
    }
}
