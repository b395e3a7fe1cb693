//! What lints found, and what is left out.

use diag::{Diagnostic, Position, Span};
use serde::Serialize;

use super::{Certainty, Level, Lint};
use crate::Rule;

/// Something a lint found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Name of the lint.
    pub lint: &'static str,
    /// How bad.
    pub level: Level,
    /// How sure.
    pub certainty: Certainty,
    /// What, one sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The line of the file, from 1; of the query where the file writes it otherwise.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The line of its end.
    pub end_line: usize,
    /// The column of its end.
    pub end_column: usize,
    /// Where in the query; `None` where it is about the rule.
    pub span: Option<Span>,
}

impl Finding {
    /// The finding as a diagnostic about the query, for drawing.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let span = self.span.unwrap_or_default();
        let message = format!("{} ({})", self.message, self.certainty.name());
        let diagnostic = match self.level {
            Level::Error => Diagnostic::error(self.lint, message, span),
            Level::Warning | Level::Note => Diagnostic::warning(self.lint, message, span),
        };
        if self.help.is_empty() { diagnostic } else { diagnostic.with_help(self.help.clone()) }
    }

    /// What the engine says of a query, such as a column that does not exist, among the findings.
    #[must_use]
    pub fn of_diagnostic(rule: &Rule, diagnostic: &Diagnostic) -> Self {
        let level = match diagnostic.severity {
            diag::Severity::Error => Level::Error,
            diag::Severity::Warning => Level::Warning,
        };
        let help = diagnostic.help.clone().unwrap_or_default();
        placed(rule, diagnostic.code, level, Certainty::Sure, diagnostic.message.clone(), help, Some(diagnostic.span))
    }
}

fn placed(
    rule: &Rule,
    lint: &'static str,
    level: Level,
    certainty: Certainty,
    message: String,
    help: String,
    span: Option<Span>,
) -> Finding {
    let (start, end) = match span {
        Some(span) => (rule.position(span.start), rule.position(span.end)),
        None => {
            let place = Position { line: rule.origin.line.max(1), column: 1 };
            (place, place)
        }
    };
    Finding {
        lint,
        level,
        certainty,
        message,
        help,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        span,
    }
}

/// Where lints put what they find.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    rule: &'a Rule,
    pub(super) lint: &'static Lint,
    pub(super) found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(rule: &'a Rule) -> Self {
        Self { rule, lint: super::ALL[0], found: Vec::new() }
    }

    /// Something at a place of the query.
    pub(crate) fn at(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add(message.into(), help.into(), Some(span));
    }

    /// Something about the rule as a whole.
    pub(crate) fn rule(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.add(message.into(), help.into(), None);
    }

    fn add(&mut self, message: String, help: String, span: Option<Span>) {
        let Lint { name, level, certainty, .. } = *self.lint;
        self.found.push(placed(self.rule, name, level, certainty, message, help, span));
    }
}

/// What is left out by the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Lints left out, each for the rules of these keys or names, or for all where there are none.
    pub allow: Vec<(String, Vec<String>)>,
}

impl Settings {
    pub(super) fn allows(&self, lint: &str, rule: &Rule) -> bool {
        let names = |rules: &[String]| rules.is_empty() || rules.iter().any(|named| *named == rule.key || *named == rule.name);
        self.allow.iter().any(|(name, rules)| name == lint && names(rules))
    }
}
