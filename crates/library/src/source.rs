//! The text a function was read from, and what messages call it.

use diag::{Diagnostic, Position, Span};

/// A file's text. Spans of a [`Definition`](crate::Definition) are places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file's name, as messages print it.
    pub origin: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// `file:line:column` of a place.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let Position { line, column } = Position::of(&self.text, span.start);
        format!("{}:{line}:{column}", self.origin)
    }

    /// Findings drawn over the text.
    #[must_use]
    pub fn drawn(&self, findings: &[Diagnostic]) -> String {
        findings.iter().map(|finding| diag::render(finding, &self.origin, &self.text)).collect::<Vec<_>>().join("\n")
    }
}
