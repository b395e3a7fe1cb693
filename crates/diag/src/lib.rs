//! What went wrong, where in the user's text, and what to do: diagnostics with stable codes, drawn for a terminal or as JSON.
//!
//! Must not know anything else of the project. Start with [`Diagnostic`].

mod render;
mod span;

use serde::Serialize;

pub use render::render;
pub use span::{Position, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The text cannot be used.
    Error,
    /// The text can be used, and likely does not do what was meant.
    Warning,
}

/// One finding about a text the user wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, such as `K0102`; the index of codes is `docs/reference/errors.md`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What happened, in one sentence without a full stop.
    pub message: String,
    /// Where, in bytes of the source text.
    pub span: Span,
    /// What to do about it, if there is something to say beyond the message.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), span, help: None }
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, span) }
    }

    /// The same with advice attached.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with "did you mean" advice, if any name is near.
    #[must_use]
    pub fn did_you_mean(self, names: &[&str]) -> Self {
        match names {
            [] => self,
            [one] => self.with_help(format!("did you mean `{one}`?")),
            many => {
                let list: Vec<String> = many.iter().map(|name| format!("`{name}`")).collect();
                self.with_help(format!("did you mean one of {}?", list.join(", ")))
            }
        }
    }
}
