//! Kusto Query Language: text to syntax tree and back.
//!
//! Must not know types, tables, Arrow or any function's name: calls are `name(arguments)` and mean something only to the
//! binder. Start with [`ast`], then [`parse`].

pub mod ast;
pub mod codes;
mod format;
mod grammar;
mod lexer;
pub mod lexical;
mod parser;
mod text;
mod token;
mod write;

pub use format::{WIDTH, format};
pub use parser::{MAX_CHAIN, MAX_LOGICAL_CHAIN, MAX_NESTING};
pub use text::{quote_name, quote_string};
pub use write::{write_expr, write_operator, write_query};

/// A parsed text: always a tree, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// What was written; parts that could not be read are `Missing`.
    pub query: ast::Query,
    /// Errors in the order of the text; none when the whole text was understood.
    pub diagnostics: Vec<diag::Diagnostic>,
}

/// Reads a query text.
///
/// Takes time linear in the text. The tree's depth is bounded by [`MAX_NESTING`] and [`MAX_CHAIN`].
///
/// ```
/// let parsed = spoofwatch_kql::parse("EmailEvents | sumarize count() by Subject");
/// assert_eq!(parsed.diagnostics[0].help.as_deref(), Some("did you mean `summarize`?"));
/// assert_eq!(parsed.query.statements.len(), 1);
/// ```
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let lexed = lexer::lex(text);
    let mut parser = parser::Parser::new(text, &lexed.tokens, lexed.diagnostics);
    let query = grammar::query(&mut parser);
    Parsed { query, diagnostics: parser.into_diagnostics() }
}

/// The keywords that can follow `|`: every operator of the language, under its old spellings too.
pub fn operators() -> impl Iterator<Item = &'static str> {
    grammar::operators()
}
