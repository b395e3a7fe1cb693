//! Part of a text, read as if the rest were blank: what the parser finds then has its place in the whole file.

use std::ops::Range;

use diag::{Diagnostic, Span};
use kql::ast::{Function, LetValue, Parameter, Statement, StatementKind};
use kql::codes::BAD_DECLARATION;

/// What makes `(parameters) { body }` a statement; put over text that is longer.
pub(crate) const LET: &str = "let f =";

/// As long as `text`, blank but for its line ends and the given part.
pub(crate) fn only(text: &str, part: Range<usize>) -> String {
    let blank = |text: &str| text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    let (before, rest) = text.split_at(part.start);
    let (kept, after) = rest.split_at(part.end.saturating_sub(part.start));
    format!("{}{kept}{}", blank(before), blank(after))
}

/// `text` with `word` written over what stands at `start`, which must be as long and of one byte a character.
pub(crate) fn written_over(mut text: String, start: usize, word: &str) -> String {
    text.replace_range(start..start + word.len(), word);
    text
}

/// The statements of a text that may end without a query.
pub(crate) fn statements(text: &str) -> Result<Vec<Statement>, Vec<Diagnostic>> {
    let parsed = kql::parse(text);
    let errors: Vec<Diagnostic> =
        parsed.diagnostics.into_iter().filter(|found| found.severity == diag::Severity::Error).collect();
    if errors.is_empty() { Ok(parsed.query.statements) } else { Err(errors) }
}

/// The function that a text of the form `let f = (parameters) { body }` defines.
pub(crate) fn function(text: &str) -> Result<Option<Function>, Vec<Diagnostic>> {
    let mut statements = statements(text)?;
    match (statements.pop().map(|last| last.kind), statements.is_empty()) {
        (Some(StatementKind::Let { value: LetValue::Function(function), .. }), true) => Ok(Some(function)),
        _ => Ok(None),
    }
}

/// The parameters that `(name:type = default, ...)`, the given part of a text, declares. The 7 bytes before `start` or more
/// must be there to be written over.
pub(crate) fn parameters(text: &str, part: Range<usize>) -> Result<Vec<Parameter>, Vec<Diagnostic>> {
    let start = part.start.saturating_sub(LET.len());
    let text = written_over(only(text, part.clone()), start, LET) + " { 0 }";
    let found = function(&text).map_err(|mut findings| {
        findings.retain(|finding| finding.span.start < part.end);
        findings
    });
    match found {
        Ok(Some(function)) => Ok(function.parameters),
        Err(findings) if !findings.is_empty() => Err(findings),
        // A list that the parser takes for something else, such as `(x)`.
        _ => Err(vec![Diagnostic::error(BAD_DECLARATION.id, "expected `(name:type, ...)`", Span::new(part.start, part.end))]),
    }
}
