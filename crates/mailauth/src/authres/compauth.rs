//! Microsoft's composite authentication (`compauth=fail reason=001`) and what its reason codes mean. The codes are in
//! `data/compauth-reasons.tsv`; `x` in a pattern stands for any digit, and the row with the fewest of them wins.

use std::sync::LazyLock;

use serde::Serialize;

use crate::table;

/// Pattern, result, meaning; the most specific first.
static REASONS: LazyLock<Vec<(&str, &str, &str)>> = LazyLock::new(|| {
    let mut rows: Vec<_> = table::lines(include_str!("../../data/compauth-reasons.tsv"))
        .filter_map(|(pattern, cells)| Some((pattern, *cells.first()?, *cells.get(1)?)))
        .collect();
    rows.sort_by_key(|(pattern, ..)| pattern.matches('x').count());
    rows
});

/// A verdict of composite authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompAuth {
    /// `pass`, `softpass`, `fail` or `none`, or what else stood there, in lower case.
    pub result: String,
    /// The reason code as written, mostly three digits.
    pub code: Option<String>,
    /// What the code means, in a sentence; `None` for a code that is not known.
    pub meaning: Option<&'static str>,
}

impl CompAuth {
    /// A verdict with the meaning of its code.
    #[must_use]
    pub fn new(result: &str, code: Option<&str>) -> Self {
        let meaning = code.and_then(|code| reason(code).map(|(_, meaning)| meaning));
        Self { result: result.to_ascii_lowercase(), code: code.map(ToOwned::to_owned), meaning }
    }
}

/// The result that a reason code belongs to, and its meaning in a sentence; `None` if it is not known.
#[must_use]
pub fn reason(code: &str) -> Option<(&'static str, &'static str)> {
    let matches = |pattern: &str| {
        pattern.len() == code.len()
            && pattern
                .bytes()
                .zip(code.bytes())
                .all(|(wanted, found)| wanted == found || (wanted == b'x' && found.is_ascii_digit()))
    };
    REASONS.iter().find(|(pattern, ..)| matches(pattern)).map(|(_, result, meaning)| (*result, *meaning))
}

#[cfg(test)]
mod tests {
    use super::{CompAuth, REASONS, reason};

    #[test]
    fn a_code_has_its_own_meaning_before_that_of_its_class() {
        assert!(reason("130").is_some_and(|(result, words)| result == "pass" && words.contains("ARC")));
        assert!(reason("199").is_some_and(|(result, words)| result == "pass" && !words.contains("ARC")));
        assert!(reason("000").is_some_and(|(result, _)| result == "fail"));
        assert!(reason("451").is_some_and(|(result, _)| result == "none"));
    }

    #[test]
    fn an_unknown_code_is_kept_without_a_meaning() {
        for code in ["", "1", "abc", "0001", "5xx", "é1"] {
            assert_eq!(
                CompAuth::new("none", Some(code)),
                CompAuth { result: "none".into(), code: Some(code.into()), meaning: None }
            );
        }
    }

    #[test]
    fn every_row_is_a_sentence_with_a_result() {
        for (pattern, result, meaning) in REASONS.iter() {
            assert!(
                ["pass", "softpass", "fail", "none"].contains(result) && meaning.ends_with('.') && pattern.len() == 3,
                "{pattern}"
            );
        }
    }
}
