//! DKIM keys replaced: those of own mail servers, and those of the tenant's domains. What a person starts at the command line and what `serve`
//! does by itself go through here.
//!
//! | what | file |
//! | --- | --- |
//! | lines of keys of own servers | `own` |
//! | what a rotation of them would do, in words | `plan` |
//! | the command that has a signer read its tables | `reload` |
//! | a signing table that is not there yet | `table` |
//! | domains of the tenant | `tenant` |
//! | what the DNS must say of a selector of the tenant | `published` |
//! | how keys are, as a row | `row` |

mod own;
mod plan;
mod published;
mod reload;
mod row;
mod table;
mod tenant;

use serde::Serialize;
use state::State;

pub(crate) use own::{Own, Way};
pub(crate) use row::{KeyRow, Row};
pub(crate) use tenant::TenantKeys;

use crate::failure::Failure;

/// When a rotation begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// When it is due.
    Due,
    /// At once.
    Now,
}

/// What became of a line of keys, or would.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Told {
    /// The domain.
    pub(crate) domain: String,
    /// Which of its keys.
    pub(crate) keys: String,
    /// What was done, or would be, a sentence each.
    pub(crate) words: Vec<String>,
    /// Whether a rotation is under way.
    pub(crate) under_way: bool,
    /// When to look again: microseconds since 1970.
    pub(crate) next: Option<i64>,
    /// What is wrong.
    pub(crate) trouble: Option<String>,
    /// That something should have been done long ago.
    pub(crate) overdue: Option<String>,
    /// What was done, for the record of who did what: when, and in words.
    #[serde(skip)]
    pub(crate) done: Vec<(i64, String)>,
}

impl Told {
    fn new(domain: &str, keys: &str) -> Self {
        Self { domain: domain.to_owned(), keys: keys.to_owned(), ..Self::default() }
    }

    /// Of whose keys it tells.
    pub(crate) fn name(&self) -> String {
        format!("{} ({})", self.domain, self.keys)
    }

    fn say(mut self, words: impl Into<String>) -> Self {
        self.words.push(words.into());
        self
    }

    fn until(mut self, next: i64) -> Self {
        self.next = Some(next);
        self
    }

    fn wrong(mut self, trouble: impl Into<String>) -> Self {
        self.trouble = Some(trouble.into());
        self
    }

    /// Writes down what was done.
    pub(crate) async fn record(&self, state: &State, actor: &str) -> Result<(), Failure> {
        for (at, words) in &self.done {
            state.note(*at, actor, "dkim rotation", &self.domain, &format!("{}: {words}", self.keys)).await?;
        }
        Ok(())
    }
}
