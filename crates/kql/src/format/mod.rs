//! The formatter: a text laid out anew, every token and comment kept as it was written.
//!
//! Must not change what is written: only the gaps between tokens. The tree decides where lines may break (`plan` and the walks beside it), the
//! printer where they do (`print`). Start with [`format`].

mod expr;
mod operator;
mod plan;
mod print;
mod statement;

use diag::Diagnostic;

use crate::{grammar, lexer, parser::Parser};

/// Lines are broken to fit into this many columns.
pub const WIDTH: usize = 100;

/// Lays `text` out: a pipe a line, long lists wrapped at [`WIDTH`], subqueries indented. Comments stay where they are;
/// formatting twice changes nothing, and the tree stays the same apart from its spans.
///
/// ```
/// let text = "EmailEvents|where a==1 // why\n|project  b,c";
/// assert_eq!(spoofwatch_kql::format(text).unwrap(), "EmailEvents\n| where a == 1 // why\n| project b, c\n");
/// ```
///
/// # Errors
///
/// The diagnostics of a text that does not parse: it is not touched.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let lexed = lexer::lex(text);
    let mut parser = Parser::new(text, &lexed.tokens, lexed.diagnostics.clone());
    let query = grammar::query(&mut parser);
    let diagnostics = parser.into_diagnostics();
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let mut plan = plan::Plan::new(text, &lexed.tokens);
    plan.query(&query);
    Ok(print::print(&plan, &lexed.comments))
}
