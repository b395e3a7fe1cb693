//! `header = { name = "X-Spam-Flag", equals = "yes" }`: a header field, by name.
//!
//! Texts are compared unfolded and decoded, in whatever case; `contains` and `equals` take a list, of which one is enough.

use regex::{Regex, RegexBuilder};

use super::shown;
use crate::{
    Facts, Fault,
    read::{self, Value},
};

/// The longest pattern, in bytes, and the most memory that a compiled one takes. Matching takes time linear in the text.
const LONGEST_PATTERN: usize = 2_000;
const LARGEST_REGEX: usize = 1 << 20;
/// So much of a field is looked at.
const LONGEST_VALUE: usize = 64 << 10;
/// So many fields of a name are looked at.
const MOST_FIELDS: usize = 100;

/// A header field.
#[derive(Debug, Clone)]
pub struct Header {
    name: String,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    Exists,
    Absent,
    Contains(Vec<String>),
    Equals(Vec<String>),
    Matches(Regex),
}

impl Header {
    const KEYS: [&str; 5] = ["name", "contains", "equals", "matches", "exists"];

    pub(super) fn read(value: &Value<'_>) -> Result<Self, Fault> {
        let (mut name, mut test) = (None, None);
        for (key, part) in read::table(value, "`header`")?.iter() {
            let lower = |texts: Vec<String>| texts.into_iter().map(|text| text.to_lowercase()).collect();
            let found = match key.get_ref().as_ref() {
                "name" => {
                    let text = read::text(part, "`name`")?;
                    if text.is_empty() || !text.bytes().all(|byte| (33..=126).contains(&byte) && byte != b':') {
                        return Err(Fault::new(part.span(), "this is no name of a header field"));
                    }
                    name = Some(text.to_owned());
                    continue;
                }
                "contains" => Test::Contains(lower(read::texts(part, "`contains`")?)),
                "equals" => Test::Equals(lower(read::texts(part, "`equals`")?)),
                "matches" => Test::Matches(pattern(part)?),
                "exists" if read::flag(part, "`exists`")? => Test::Exists,
                "exists" => Test::Absent,
                _ => return Err(read::unknown(key, "`header`", &Self::KEYS)),
            };
            if test.replace(found).is_some() {
                return Err(
                    Fault::new(key.span(), "a header field is tested once").help("write header = [{ ... }, { ... }] for several")
                );
            }
        }
        let name = name.ok_or_else(|| Fault::new(value.span(), "`header` needs a `name`"))?;
        Ok(Self { name, test: test.unwrap_or(Test::Exists) })
    }

    pub(super) fn holds(&self, facts: &Facts<'_>) -> Option<String> {
        let found = |test: &dyn Fn(&str) -> bool| {
            let values = facts.header(&self.name).take(MOST_FIELDS);
            values.map(cut).find(|value| test(value)).map(|value| format!("{}: {}", self.name, shown(&value)))
        };
        match &self.test {
            Test::Exists => found(&|_| true),
            Test::Absent => facts.message.first(&self.name).is_none().then(|| format!("no {}", self.name)),
            Test::Contains(parts) => found(&|value| {
                let value = value.to_lowercase();
                parts.iter().any(|part| value.contains(part.as_str()))
            }),
            Test::Equals(wanted) => found(&|value| wanted.contains(&value.trim().to_lowercase())),
            Test::Matches(regex) => found(&|value| regex.is_match(value)),
        }
    }

    pub(super) fn words(&self) -> String {
        let name = &self.name;
        match &self.test {
            Test::Exists => format!("{name} is there"),
            Test::Absent => format!("no {name}"),
            Test::Contains(parts) => format!("{name} contains {}", parts.join(" or ")),
            Test::Equals(wanted) => format!("{name} is {}", wanted.join(" or ")),
            Test::Matches(regex) => format!("{name} matches {}", regex.as_str()),
        }
    }
}

fn cut(mut value: String) -> String {
    if value.len() > LONGEST_VALUE {
        let end = (0..=LONGEST_VALUE).rev().find(|at| value.is_char_boundary(*at)).unwrap_or_default();
        value.truncate(end);
    }
    value
}

fn pattern(value: &Value<'_>) -> Result<Regex, Fault> {
    let text = read::text(value, "`matches`")?;
    if text.len() > LONGEST_PATTERN {
        return Err(Fault::new(value.span(), format!("a pattern has at most {LONGEST_PATTERN} bytes")));
    }
    let built = RegexBuilder::new(text).case_insensitive(true).size_limit(LARGEST_REGEX).dfa_size_limit(LARGEST_REGEX).build();
    built.map_err(|error| {
        let words = error.to_string();
        let last = words.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Fault::new(value.span(), format!("this is no pattern: {last}")).help("patterns are as https://docs.rs/regex has them")
    })
}
