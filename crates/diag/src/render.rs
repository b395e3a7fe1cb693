//! Diagnostics drawn for a person: the message, the line, a caret under the place.

use std::fmt::Write as _;

use crate::{Diagnostic, Position, Severity};

/// Draws `diagnostic` over `text`, which came from `origin` (a file name, `query`, ...). No colour; ends with a newline.
///
/// ```text
/// error[K0102]: column `SenderFromAdress` does not exist
///   --> query:1:21
///    |
///  1 | EmailEvents | where SenderFromAdress == "x"
///    |                     ^^^^^^^^^^^^^^^^
///    = help: did you mean `SenderFromAddress`?
/// ```
#[must_use]
pub fn render(diagnostic: &Diagnostic, origin: &str, text: &str) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let Position { line, column } = Position::of(text, diagnostic.span.start);
    let source = text.lines().nth(line - 1).unwrap_or("");
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let (shown, before) = excerpt(source, column - 1);
    let marked = text.get(diagnostic.span.start..diagnostic.span.end).unwrap_or("");
    let width = marked.lines().next().map_or(0, |first| first.chars().count());
    let caret = "^".repeat(width.min(shown.chars().count().saturating_sub(before)).max(1));
    let pad: String = shown.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();

    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{severity}[{}]: {}", diagnostic.code, diagnostic.message);
    let _ = writeln!(out, " {margin}--> {origin}:{line}:{column}");
    let _ = writeln!(out, " {margin} |");
    let _ = writeln!(out, " {number} | {shown}");
    let _ = writeln!(out, " {margin} | {pad}{caret}");
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, " {margin} = help: {help}");
    }
    out
}

/// A line cut to a readable width around character `at`, and where `at` then stands.
fn excerpt(line: &str, at: usize) -> (String, usize) {
    const WIDTH: usize = 160;
    let safe: Vec<char> = line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
    if safe.len() <= WIDTH {
        return (safe.into_iter().collect(), at);
    }
    let start = at.saturating_sub(WIDTH / 2).min(safe.len() - WIDTH);
    let cut: String = safe[start..start + WIDTH].iter().collect();
    if start == 0 { (cut, at) } else { (format!("…{cut}"), at - start + 1) }
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::{Diagnostic, Span};

    #[test]
    fn the_line_is_drawn_with_a_caret_under_the_words() {
        let text = "EmailEvents\n| where Adress == 1";
        let diagnostic =
            Diagnostic::error("K0102", "column `Adress` does not exist", Span::new(20, 26)).did_you_mean(&["Address"]);
        assert_eq!(
            render(&diagnostic, "query", text),
            "error[K0102]: column `Adress` does not exist\n  --> query:2:9\n   |\n 2 | | where Adress == 1\n   |         ^^^^^^\n   = help: did you mean `Address`?\n"
        );
    }

    #[test]
    fn a_place_past_the_end_is_drawn_after_the_last_character() {
        let drawn = render(&Diagnostic::error("K0001", "the query ends too early", Span::new(99, 99)), "query", "T |");
        assert!(drawn.contains("query:1:4"), "{drawn}");
    }
}
