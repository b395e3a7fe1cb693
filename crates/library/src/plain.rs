//! A query file as a function: named after its file, its parameters in a comment at the top or in a `let`.
//!
//! ```text
//! // summary: Mail from a sender, newest first.
//! // parameters: (sender:string, since:datetime = datetime(null))
//! EmailEvents | where SenderFromAddress =~ sender and (isnull(since) or Timestamp >= since)
//! ```
//!
//! A line `// also: Name, Name` gives it further names. The same as a `let`, perhaps with other `let` statements before it:
//! `let SentBy = (sender:string) { EmailEvents | where SenderFromAddress =~ sender };`.

use std::ops::Range;

use diag::{Diagnostic, Span};
use kql::ast::{Function, LetValue, Statement, StatementKind};

use crate::{Definition, Source, stencil};

const ALSO: &str = "also:";
const PARAMETERS: &str = "parameters:";
const SUMMARY: &str = "summary:";

/// Further names the comment at the top gives: `// also: Name, Name`.
pub(crate) fn also(text: &str) -> Vec<String> {
    let line = front_matter(text).find_map(|(_, comment)| value_of(comment, ALSO));
    let names = line.map(|(_, value)| value).unwrap_or_default().split(',');
    names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// What the comment at the top says the function gives.
pub(crate) fn summary(text: &str) -> String {
    let line = front_matter(text).find_map(|(_, comment)| value_of(comment, SUMMARY));
    line.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

/// The function of a query file.
pub(crate) fn definition(source: &Source) -> Result<Definition, Vec<Diagnostic>> {
    let declared = declared(&source.text)?;
    let mut statements = stencil::statements(&source.text)?;
    let whole = Span::new(0, source.text.len());
    let query = statements.iter().any(|statement| matches!(statement.kind, StatementKind::Query(_)));
    if query {
        let function = Function { view: false, parameters: declared.unwrap_or_default(), body: statements, span: whole };
        return Ok(Definition { before: Vec::new(), function });
    }
    match statements.pop().map(|last| last.kind) {
        Some(StatementKind::Let { value: LetValue::Function(function), .. }) => Ok(Definition { before: statements, function }),
        last => Err(vec![no_function(last.as_ref(), &statements, whole)]),
    }
}

fn no_function(last: Option<&StatementKind>, before: &[Statement], whole: Span) -> Diagnostic {
    let span = match last {
        Some(StatementKind::Let { name, .. }) => name.span,
        _ => before.last().map_or(whole, |statement| statement.span),
    };
    Diagnostic::error(kql::codes::EMPTY.id, "there is neither a query nor a function here", span)
        .with_help("end the file with a query, or with `let Name = (parameters) { query };`")
}

/// The parameters that the comment at the top declares.
fn declared(text: &str) -> Result<Option<Vec<kql::ast::Parameter>>, Vec<Diagnostic>> {
    let mut lines = front_matter(text);
    let Some((start, value)) =
        lines.find_map(|(start, comment)| value_of(comment, PARAMETERS).map(|(offset, value)| (start + offset, value)))
    else {
        return Ok(None);
    };
    let Some(open) = value.find('(').map(|at| start + at) else {
        let span = Span::new(start, start + value.trim_end().len());
        let error = Diagnostic::error(kql::codes::BAD_DECLARATION.id, "expected `(name:type, ...)`", span);
        return Err(vec![error]);
    };
    // The list may go on over the next lines of the comment, whose `//` are no part of it.
    let mut end = start + value.len();
    let mut plain = text.to_owned();
    for (next, comment) in lines {
        if depth(&plain[open..end]) <= 0 {
            break;
        }
        let slashes = comment.find("//").map_or(next, |at| next + at);
        plain.replace_range(slashes..slashes + 2, "  ");
        end = next + comment.len();
    }
    stencil::parameters(&plain, open..end).map(Some)
}

/// How many brackets are open at the end of a text.
fn depth(text: &str) -> i32 {
    text.bytes().map(|byte| i32::from(byte == b'(') - i32::from(byte == b')')).sum()
}

/// The lines of the comment at the top, and where each begins.
fn front_matter(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let found = (start, line.trim_end_matches(['\n', '\r']));
        start += line.len();
        found
    });
    lines.skip_while(|(_, line)| line.trim().is_empty()).take_while(|(_, line)| line.trim_start().starts_with("//"))
}

/// What follows `key` in a line of a comment, and where it begins in the line.
fn value_of<'a>(comment: &'a str, key: &str) -> Option<(usize, &'a str)> {
    let Range { start, end } = {
        let slashes = comment.find("//")? + 2;
        let words = comment[slashes..].trim_start();
        let start = comment.len() - words.len();
        start..start + key.len()
    };
    comment.get(start..end).filter(|found| found.eq_ignore_ascii_case(key))?;
    Some((end, &comment[end..]))
}
