//! One condition of an exclusion: a column and what its value must be.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Between, Daily, Lists, Network, UnknownList, row, wildcard};

/// A condition over a column, or over a path into one: `AuthenticationDetails.DKIM`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The column, or a path with dots into a dynamic value or a text of JSON. An array fits if any element does.
    pub column: String,
    /// What its value must be.
    #[serde(flatten)]
    pub test: Test,
    /// It must not.
    #[serde(default)]
    pub negated: bool,
    /// Upper and lower case differ.
    #[serde(default)]
    pub case_sensitive: bool,
}

/// What a value must be. Values that are no texts are compared as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operator", content = "value", rename_all = "snake_case")]
pub enum Test {
    /// This text.
    Is(String),
    /// One of these texts.
    IsOneOf(Vec<String>),
    /// A text of this form: `*` for any letters, `?` for one.
    Matches(String),
    /// Any at all; empty texts and nulls are none.
    Exists,
    /// An address in one of these networks.
    InNetwork(Vec<Network>),
    /// A moment between two times of the day.
    Daily(Daily),
    /// A moment between two others.
    Between(Between),
    /// On the list of this name.
    MemberOf(String),
    /// Objects of which one holds all of these; their columns are paths inside it.
    Nested(Vec<Entry>),
}

impl Entry {
    /// A condition that does not look at case.
    #[must_use]
    pub fn new(column: impl Into<String>, test: Test) -> Self {
        Self { column: column.into(), test, negated: false, case_sensitive: false }
    }

    /// Its opposite.
    #[must_use]
    pub fn negate(self) -> Self {
        Self { negated: !self.negated, ..self }
    }

    /// Whether the row holds it; a list that is not there has no members.
    #[must_use]
    pub fn holds_for(&self, row: &Map<String, Value>, lists: &Lists) -> bool {
        self.holds(row, lists)
    }

    /// Whether the row holds it. A list that is not there has no members: see [`check_lists`](Self::check_lists).
    pub(super) fn holds(&self, row: &Map<String, Value>, lists: &Lists) -> bool {
        let mut any = false;
        row::values(row, &self.column, &mut |value| any = any || self.fits(value, lists));
        any != self.negated
    }

    /// Every list the entry names is there.
    pub(super) fn check_lists(&self, lists: &Lists) -> Result<(), UnknownList> {
        match &self.test {
            Test::MemberOf(name) => lists.get(name).map(|_| ()),
            Test::Nested(entries) => entries.iter().try_for_each(|entry| entry.check_lists(lists)),
            _ => Ok(()),
        }
    }

    fn fits(&self, value: &Value, lists: &Lists) -> bool {
        if let Test::Nested(entries) = &self.test {
            return value.as_object().is_some_and(|object| entries.iter().all(|entry| entry.holds(object, lists)));
        }
        let Some(text) = row::text(value) else { return false };
        match &self.test {
            Test::Is(wanted) => self.equal(wanted, &text),
            Test::IsOneOf(wanted) => wanted.iter().any(|wanted| self.equal(wanted, &text)),
            Test::Matches(pattern) => wildcard::matches(pattern, &text, self.case_sensitive),
            Test::Exists => !text.is_empty(),
            Test::InNetwork(networks) => networks.iter().any(|network| network.contains(&text)),
            Test::Daily(daily) => daily.contains(&text),
            Test::Between(between) => between.contains(&text),
            Test::MemberOf(name) => lists.get(name).is_ok_and(|list| list.contains(&text, self.case_sensitive)),
            Test::Nested(_) => false,
        }
    }

    fn equal(&self, wanted: &str, text: &str) -> bool {
        if self.case_sensitive { wanted == text } else { wildcard::folded(wanted).eq(wildcard::folded(text)) }
    }
}
