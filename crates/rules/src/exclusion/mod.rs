//! Exclusions: what is known to be harmless, so that a hit of it is kept and not raised.
//!
//! Model and evaluation over one row; must not know where they are stored, who may make one, or how rows are got. An exclusion that
//! cannot be decided (a list that is not there) excludes nothing. Start with [`Exclusion`].

mod between;
mod daily;
mod entry;
pub mod file;
mod lists;
pub mod moment;
mod network;
mod row;
mod wildcard;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Rule;

pub use between::{Between, BetweenError};
pub use daily::{Daily, DailyError};
pub use entry::{Entry, Test};
pub use lists::{List, Lists, UnknownList};
pub use network::{Network, NetworkError};
pub use row::values;

/// Hits that are not raised, for which rules, why, by whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Its id.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// The rules it is for.
    pub rules: Scope,
    /// What must hold for a row, all of it. None excludes nothing.
    pub entries: Vec<Entry>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: String,
    /// Why the hits are harmless.
    #[serde(default)]
    pub reason: String,
    /// When it ends, in microseconds since 1970; written as a text such as `2027-01-31T00:00:00Z`.
    #[serde(default, with = "moment::optional", skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// Whether it was agreed to.
    #[serde(default)]
    pub approval: Approval,
}

/// The rules an exclusion is for: those of any of these.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Every rule.
    pub all: bool,
    /// Rules with these keys.
    pub keys: BTreeSet<String>,
    /// Rules with any of these tags.
    pub tags: BTreeSet<String>,
    /// Rules that refer to any of these exception lists.
    pub lists: BTreeSet<String>,
}

/// Whether an exclusion was agreed to. One that waits or was refused excludes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Approval {
    /// Nobody has to.
    #[default]
    NotNeeded,
    /// Somebody has to, and has not yet.
    Pending,
    /// It was.
    Approved {
        /// Who agreed.
        by: String,
        /// When, in microseconds since 1970.
        #[serde(default, with = "moment::optional", skip_serializing_if = "Option::is_none")]
        at: Option<i64>,
    },
    /// It was not.
    Refused {
        /// Who refused.
        by: String,
        /// When, in microseconds since 1970.
        #[serde(default, with = "moment::optional", skip_serializing_if = "Option::is_none")]
        at: Option<i64>,
    },
}

impl Exclusion {
    /// Whether it is for `rule`.
    #[must_use]
    pub fn concerns(&self, rule: &Rule) -> bool {
        self.rules.holds(rule)
    }

    /// Whether it counts at `now`, in microseconds since 1970: agreed to and not at its end.
    #[must_use]
    pub fn counts_at(&self, now: i64) -> bool {
        let agreed = matches!(self.approval, Approval::NotNeeded | Approval::Approved { .. });
        agreed && self.expires.is_none_or(|end| now < end)
    }

    /// Whether the row is one of those it excludes.
    ///
    /// # Errors
    ///
    /// When an entry needs a list that is not there: then nothing is excluded.
    pub fn excludes(&self, row: &Map<String, Value>, lists: &Lists) -> Result<bool, UnknownList> {
        // Every list is looked up, so that a missing one is told whatever the row holds.
        for entry in &self.entries {
            entry.check_lists(lists)?;
        }
        Ok(!self.entries.is_empty() && self.entries.iter().all(|entry| entry.holds(row, lists)))
    }
}

impl Scope {
    /// Every rule.
    #[must_use]
    pub fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Rules with these keys.
    #[must_use]
    pub fn keys<T: Into<String>>(keys: impl IntoIterator<Item = T>) -> Self {
        Self { keys: keys.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    fn holds(&self, rule: &Rule) -> bool {
        self.all
            || self.keys.contains(&rule.key)
            || rule.tags.iter().any(|tag| self.tags.contains(tag))
            || rule.exception_lists.iter().any(|list| self.lists.contains(&list.list_id))
    }
}

#[cfg(test)]
mod tests;
