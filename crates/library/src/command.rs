//! `.create-or-alter function with (docstring = "...") Name(parameters) { body }`: a function as Kusto's own command saves it.
//!
//! <https://learn.microsoft.com/kusto/management/create-alter-function>

use diag::{Diagnostic, Span};

use crate::{Definition, Source, stencil};

/// The parts of the command: where it begins, the name, and where its parameters begin.
struct Command<'a> {
    start: usize,
    name: &'a str,
    docstring: String,
    parameters: usize,
}

/// The name the command gives, and its `docstring`; `None` if the text is no such command.
pub(crate) fn name_and_summary(text: &str) -> Option<(String, String)> {
    command(text).map(|command| (command.name.to_owned(), command.docstring))
}

/// The function of the command.
pub(crate) fn definition(source: &Source) -> Result<Definition, Vec<Diagnostic>> {
    let text = &source.text;
    let whole = Span::new(0, text.len());
    let wrong = |span: Span| {
        let error = Diagnostic::error(kql::codes::COMMAND.id, "this command saves no function", span);
        vec![error.with_help("write `.create-or-alter function Name(parameters) { query }`, one in a file")]
    };
    let Some(command) = command(text) else { return Err(wrong(whole)) };
    let blank = stencil::only(text, command.parameters..text.len());
    // `.create` is as long as what is written over it.
    let function = stencil::function(&stencil::written_over(blank, command.start, stencil::LET))?;
    match function {
        Some(function) => Ok(Definition { before: Vec::new(), function }),
        None => Err(wrong(Span::new(command.start, command.parameters))),
    }
}

fn command(text: &str) -> Option<Command<'_>> {
    let mut at = skip_blank(text, 0);
    let start = at;
    if !text[at..].starts_with('.') {
        return None;
    }
    at = word(text, at + 1, &["create-or-alter", "create", "alter"])?;
    at = word(text, at, &["function"])?;
    at = word(text, at, &["ifnotexists"]).unwrap_or(at);
    let mut docstring = String::new();
    if let Some(open) = word(text, at, &["with"]) {
        let end = closing(text, open)?;
        docstring = quoted_after(&text[open..end], "docstring").unwrap_or_default();
        at = skip_blank(text, end);
    }
    let quoted = text[at..].starts_with("['") || text[at..].starts_with("[\"");
    let (name, end) = if quoted {
        let close = at + text[at..].find(']')?;
        (text.get(at + 2..close - 1)?, close + 1)
    } else {
        let length = text[at..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len() - at);
        (&text[at..at + length], at + length)
    };
    if name.is_empty() { None } else { Some(Command { start, name, docstring, parameters: skip_blank(text, end) }) }
}

/// Past blanks and comments.
fn skip_blank(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text[at..].trim_start();
        at = text.len() - rest.len();
        if !rest.starts_with("//") {
            return at;
        }
        at += rest.find('\n').unwrap_or(rest.len());
    }
}

/// Past one of the words and what is blank after it.
fn word(text: &str, at: usize, words: &[&str]) -> Option<usize> {
    let length = text[at..].find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(text.len() - at);
    let found = words.iter().any(|word| text[at..at + length].eq_ignore_ascii_case(word));
    found.then(|| skip_blank(text, at + length))
}

/// Past the bracket that closes the one at `open`; quoted text does not count.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (offset, byte) in text[open..].bytes().enumerate() {
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(mark), _) if mark == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') if depth == 1 => return Some(open + offset + 1),
            (None, b')') => depth = depth.checked_sub(1)?,
            (None, _) if depth == 0 => return None,
            (None, _) => {}
        }
    }
    None
}

/// The quoted text that is the value of a property.
fn quoted_after(properties: &str, key: &str) -> Option<String> {
    let rest = &properties[properties.to_ascii_lowercase().find(key)? + key.len()..];
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let mark = rest.chars().next().filter(|mark| ['"', '\''].contains(mark))?;
    let rest = &rest[1..];
    Some(rest[..rest.find(mark)?].to_owned())
}
