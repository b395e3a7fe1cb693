//! Values of the configuration file read as what a key wants, with their places.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use diag::{Diagnostic, Position, Span};
use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{FAULT, Set};

/// What is wrong with an entry: one thing, mostly.
#[derive(Debug)]
pub(super) struct Problem(pub(super) Vec<Diagnostic>);

impl Problem {
    pub(super) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self(vec![found(message, span)])
    }

    /// A key that is none of the known ones.
    pub(super) fn unknown_key<'a>(key: &Spanned<DeString>, what: &str, known: impl Iterator<Item = &'a str> + Clone) -> Self {
        let name = key.get_ref().as_ref();
        let near = schema::nearest(name, known.clone());
        let (first, of) = what.split_once(' ').map_or((what, ""), |(first, _)| (first, &what[first.len()..]));
        let found = found(format!("there is no {first} `{name}`{of}"), key.span());
        Self(vec![match near.is_empty() {
            true => found.with_help(format!("the keys are {}", known.collect::<Vec<_>>().join(", "))),
            false => found.did_you_mean(&near),
        }])
    }

    /// What is wrong with mail-flow rules.
    pub(super) fn of_rules(faults: Vec<mailflow::Fault>) -> Self {
        let told = faults.into_iter().map(|fault| {
            let told = found(fault.message, fault.span);
            match fault.help {
                Some(help) => told.with_help(help),
                None => told,
            }
        });
        Self(told.collect())
    }
}

fn found(message: impl Into<String>, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(FAULT, message, Span::new(span.start, span.end))
}

/// The value of a key.
pub(super) struct Entry<'a> {
    pub(super) value: &'a Spanned<DeValue<'a>>,
    pub(super) folder: &'a Path,
    pub(super) text: &'a str,
}

impl<'a> Entry<'a> {
    /// The same file, another value.
    pub(super) const fn of(&self, value: &'a Spanned<DeValue<'a>>) -> Self {
        Self { value, folder: self.folder, text: self.text }
    }

    /// Something read from this entry, with its line.
    pub(super) fn set<T>(&self, value: T) -> Set<T> {
        Set { value, line: Position::of(self.text, self.value.span().start).line }
    }

    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(message, self.value.span())
    }

    /// A text that is not empty.
    pub(super) fn text(&self, key: &str) -> Result<&'a str, Problem> {
        match self.value.get_ref() {
            DeValue::String(text) if text.is_empty() => Err(self.problem(format!("`{key}` is empty"))),
            DeValue::String(text) => Ok(text.as_ref()),
            _ => Err(self.problem(format!("`{key}` is a text"))),
        }
    }

    /// A path; one that is not absolute is counted from the folder of the file.
    pub(super) fn path(&self, key: &str) -> Result<PathBuf, Problem> {
        Ok(self.folder.join(self.text(key)?))
    }

    /// Paths.
    pub(super) fn paths(&self, key: &str) -> Result<Vec<PathBuf>, Problem> {
        let wrong = |entry: &Self| entry.problem(format!("`{key}` is a list of texts"));
        let DeValue::Array(values) = self.value.get_ref() else { return Err(wrong(self)) };
        let path = |value: &'a Spanned<DeValue<'a>>| {
            let entry = self.of(value);
            if matches!(value.get_ref(), DeValue::String(_)) { entry.path(key) } else { Err(wrong(&entry)) }
        };
        values.iter().map(path).collect()
    }

    /// Texts that are not empty.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, Problem> {
        let DeValue::Array(values) = self.value.get_ref() else {
            return Err(self.problem(format!("`{key}` is a list of texts")));
        };
        values.iter().map(|value| self.of(value).text(key).map(str::to_owned)).collect()
    }

    /// Any value, as JSON has it.
    pub(super) fn json(&self) -> Result<serde_json::Value, Problem> {
        let wrong = || self.problem("this number cannot be read");
        Ok(match self.value.get_ref() {
            DeValue::String(text) => text.as_ref().into(),
            DeValue::Boolean(flag) => (*flag).into(),
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).map_err(|_| wrong())?.into(),
            DeValue::Float(digits) => digits.as_str().parse::<f64>().map_err(|_| wrong())?.into(),
            DeValue::Datetime(_) => return Err(self.problem("write a moment as a text, such as \"2026-01-31\"")),
            DeValue::Array(values) => values.iter().map(|value| self.of(value).json()).collect::<Result<Vec<_>, _>>()?.into(),
            DeValue::Table(members) => {
                let member = |(name, value): (&Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>)| {
                    Ok((name.get_ref().to_string(), self.of(value).json()?))
                };
                members.iter().map(member).collect::<Result<serde_json::Map<_, _>, Problem>>()?.into()
            }
        })
    }

    /// True or false.
    pub(super) fn flag(&self, key: &str) -> Result<bool, Problem> {
        match self.value.get_ref() {
            DeValue::Boolean(flag) => Ok(*flag),
            _ => Err(self.problem(format!("`{key}` is true or false"))),
        }
    }

    /// One of the names of a choice.
    pub(super) fn one_of<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<T, Problem> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        found.ok_or_else(|| {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let (last, rest) = names.split_last().map_or((String::new(), &[][..]), |(last, rest)| (last.clone(), rest));
            self.problem(format!("`{key}` is {} or {last}", rest.join(", ")))
        })
    }

    /// A whole number above 0.
    pub(super) fn count<T: TryFrom<i64>>(&self, key: &str) -> Result<T, Problem> {
        let number = match self.value.get_ref() {
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| *number > 0).and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| self.problem(format!("`{key}` is a whole number above 0")))
    }
}

/// What a table of the file says, a line a key, with the line of the file.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) rows: Vec<(String, usize)>,
}

impl Shown {
    fn row(mut self, name: &str, value: Option<(String, usize)>) -> Self {
        self.rows.extend(value.map(|(value, line)| (format!("{name} = {value}"), line)));
        self
    }

    pub(super) fn one<T: ToString>(self, name: &str, set: &Option<Set<T>>) -> Self {
        self.row(name, set.as_ref().map(|set| (set.value.to_string(), set.line)))
    }

    pub(super) fn list(self, name: &str, set: &Option<Set<Vec<String>>>) -> Self {
        self.row(name, set.as_ref().map(|set| (set.value.join(", "), set.line)))
    }

    pub(super) fn path(self, name: &str, set: &Option<Set<PathBuf>>) -> Self {
        self.row(name, set.as_ref().map(|set| (set.value.display().to_string(), set.line)))
    }

    pub(super) fn named<T: PartialEq>(self, name: &str, set: &Option<Set<T>>, choices: &[(&str, T)]) -> Self {
        let named = |set: &Set<T>| {
            let choice = choices.iter().find(|(_, value)| *value == set.value)?;
            Some((choice.0.to_owned(), set.line))
        };
        self.row(name, set.as_ref().and_then(named))
    }
}
