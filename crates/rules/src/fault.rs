//! What is wrong with a file of rules: where, why, and whether a rule is lost by it.

use std::fmt;

use diag::Severity;
use serde::Serialize;

/// Something wrong with a file of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The file as it was given.
    pub file: String,
    /// The line, from 1; the first where no better is known.
    pub line: usize,
    /// An error keeps a rule from being loaded, a warning does not.
    pub severity: Severity,
    /// What is wrong, and what to do where that is not plain.
    pub reason: String,
}

impl Fault {
    /// A fault that loses a rule.
    #[must_use]
    pub fn error(file: &str, line: usize, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: line.max(1), severity: Severity::Error, reason: reason.into() }
    }

    /// A fault that loses nothing but the field it is about.
    #[must_use]
    pub fn warning(file: &str, line: usize, reason: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(file, line, reason) }
    }

    /// Whether a rule is lost.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.reason)
    }
}
