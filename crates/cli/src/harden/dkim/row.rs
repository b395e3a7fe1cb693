//! How the keys of a domain are, as a row for people and programs.

use rotation::Problem;
use serde::Serialize;

/// A line of keys.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    /// The domain.
    pub(crate) domain: String,
    /// Who signs, and where that is written.
    pub(crate) signer: String,
    /// Its keys.
    pub(crate) keys: Vec<KeyRow>,
    /// How matters stand, in words.
    pub(crate) state: String,
    /// What is next: microseconds since 1970.
    pub(crate) next: Option<i64>,
    /// What that is, in words.
    pub(crate) then: String,
    /// Whether it should have been done long ago.
    pub(crate) overdue: bool,
    /// What is wrong.
    pub(crate) problems: Vec<String>,
}

/// A key.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeyRow {
    /// Its selector.
    pub(crate) selector: String,
    /// What it signs with, where that is known.
    pub(crate) algorithm: Option<String>,
    /// Its bits.
    pub(crate) bits: Option<u32>,
    /// Since when it signs: microseconds since 1970.
    pub(crate) since: Option<i64>,
    /// Whether it signs now.
    pub(crate) signs: bool,
}

impl Row {
    /// Takes note of problems of a line of own keys.
    pub(super) fn with(mut self, problems: &[Problem]) -> Self {
        self.problems = problems.iter().map(ToString::to_string).collect();
        self.overdue |= problems.iter().any(|problem| matches!(problem, Problem::Overdue { .. } | Problem::Stuck { .. }));
        self
    }
}
