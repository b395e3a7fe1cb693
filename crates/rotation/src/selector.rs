//! How selectors are named: by a template with the date in it, or one of a few in turn.

use serde::{Deserialize, Serialize};

use crate::micros;

/// Most names of which each is used in turn.
const MOST_IN_TURN: usize = 16;

/// How selectors are named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Selectors {
    /// A new name each time: a template with `{yyyy}`, `{mm}`, `{dd}` and, so that two of a day or month differ, `{letter}`.
    Template(String),
    /// These in turn, such as `s1` and `s2`. A name is used again only when its old key was revoked.
    InTurn(Vec<String>),
}

impl Default for Selectors {
    fn default() -> Self {
        Self::Template("sw{yyyy}{mm}{letter}".to_owned())
    }
}

/// One label or several, as a host's name has them: what name servers and signers all take.
fn is_selector(text: &str) -> bool {
    let label = |label: &str| {
        let good = label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        good && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 100 && text.split('.').all(label)
}

impl Selectors {
    /// Finds what is wrong.
    ///
    /// # Errors
    ///
    /// In words.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::Template(template) => {
                let name = filled(template, (2026, 1, 1), 'a');
                if !is_selector(&name) {
                    return Err(format!("the template \"{template}\" gives \"{name}\", which is no selector"));
                }
                let dated = ["{yyyy}", "{mm}", "{dd}", "{letter}"].iter().any(|field| template.contains(field));
                if dated { Ok(()) } else { Err(format!("the template \"{template}\" gives the same name each time")) }
            }
            Self::InTurn(names) => {
                if let Some(name) = names.iter().find(|name| !is_selector(name)) {
                    return Err(format!("\"{name}\" is no selector"));
                }
                let twice = names.iter().enumerate().any(|(at, name)| names[..at].contains(name));
                if !(2..=MOST_IN_TURN).contains(&names.len()) || twice {
                    return Err(format!("selectors in turn are 2 to {MOST_IN_TURN} different names"));
                }
                Ok(())
            }
        }
    }

    /// The names that a new key may have, best first: those of a template that were never used, or those in turn after the current one.
    pub(crate) fn candidates(&self, now: i64, current: Option<&str>, used: &[String]) -> Vec<String> {
        let is = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        match self {
            Self::Template(template) => {
                let Some(date) = micros::date(now) else { return Vec::new() };
                let letters = if template.contains("{letter}") { 'a'..='z' } else { 'a'..='a' };
                let names = letters.map(|letter| filled(template, date, letter));
                let fresh = |name: &String| !used.iter().any(|other| is(other, name)) && !current.is_some_and(|it| is(it, name));
                names.filter(fresh).collect()
            }
            Self::InTurn(names) => {
                let at = names.iter().position(|name| current.is_some_and(|current| is(current, name)));
                let after = at.map_or(0, |at| at + 1);
                let count = names.len() - usize::from(at.is_some());
                names.iter().cycle().skip(after).take(count).cloned().collect()
            }
        }
    }

    /// Whether a selector could be one of these: by it the key of a line is known where a domain has several.
    pub(crate) fn owns(&self, selector: &str) -> bool {
        match self {
            Self::Template(template) => {
                let (first, last) = (template.split('{').next(), template.rsplit('}').next());
                first.is_some_and(|first| selector.starts_with(first)) && last.is_some_and(|last| selector.ends_with(last))
            }
            Self::InTurn(names) => names.iter().any(|name| name.eq_ignore_ascii_case(selector)),
        }
    }
}

fn filled(template: &str, (year, month, day): (i32, u32, u32), letter: char) -> String {
    let fields = [
        ("{yyyy}", format!("{year:04}")),
        ("{mm}", format!("{month:02}")),
        ("{dd}", format!("{day:02}")),
        ("{letter}", letter.to_string()),
    ];
    fields.iter().fold(template.to_owned(), |text, (field, value)| text.replace(field, value))
}

#[cfg(test)]
mod tests {
    use super::Selectors;

    const NOW: i64 = 1_795_297_203_000_000;

    fn in_turn(names: &[&str]) -> Selectors {
        Selectors::InTurn(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_template_gives_names_that_were_never_used() {
        let names = Selectors::default().candidates(NOW, Some("sw202611b"), &["SW202611A".to_owned()]);
        assert_eq!(names[..2], ["sw202611c", "sw202611d"]);
        assert_eq!(names.len(), 24);
        let daily = Selectors::Template("k{yyyy}{mm}{dd}".into());
        assert_eq!(daily.candidates(NOW, None, &[]), ["k20261121"]);
        assert!(daily.candidates(NOW, Some("k20261121"), &[]).is_empty());
    }

    #[test]
    fn names_in_turn_begin_after_the_current_one() {
        let three = in_turn(&["s1", "s2", "s3"]);
        assert_eq!(three.candidates(NOW, Some("S2"), &["s3".into()]), ["s3", "s1"]);
        assert_eq!(three.candidates(NOW, Some("default"), &[]), ["s1", "s2", "s3"]);
        assert_eq!(three.candidates(NOW, None, &[]), ["s1", "s2", "s3"]);
    }

    #[test]
    fn whose_a_selector_is() {
        assert!(Selectors::default().owns("sw202610a"));
        assert!(!Selectors::default().owns("default"));
        assert!(in_turn(&["s1", "s2"]).owns("S1"));
    }

    #[test]
    fn what_is_no_way_to_name_selectors() {
        for wrong in [
            Selectors::Template("fixed".into()),
            Selectors::Template("a b{yyyy}".into()),
            Selectors::Template("{yyyy}{unknown}".into()),
            in_turn(&["s1"]),
            in_turn(&["s1", "s1"]),
            in_turn(&["s1", "../s2"]),
        ] {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
        in_turn(&["s1", "s2"]).check().unwrap();
        Selectors::default().check().unwrap();
    }

    #[test]
    fn both_are_one_word_in_a_file() {
        #[derive(serde::Deserialize)]
        struct File {
            selectors: Selectors,
        }
        let read = |text: &str| toml::from_str::<File>(text).unwrap().selectors;
        assert_eq!(read("selectors = [\"s1\", \"s2\"]"), in_turn(&["s1", "s2"]));
        assert_eq!(read("selectors = \"a{yyyy}\""), Selectors::Template("a{yyyy}".into()));
    }
}
