//! The grammar: one file a node. Tokens in, tree and diagnostics out.
//!
//! Must not know any function's name: a call is a call. Start with [`query`], then `pipe.rs` and `operator.rs`.

mod as_name;
mod count;
mod declaration;
mod distinct;
mod evaluate;
mod expr;
mod facet;
mod find;
mod fork;
mod invoke;
mod join;
mod make_series;
mod mv_apply;
mod mv_expand;
mod named;
mod near;
mod operator;
mod parse;
mod parse_kv;
mod partition;
mod pipe;
mod project;
mod project_reorder;
mod reduce;
mod render;
mod sample_distinct;
mod scan;
mod search;
mod setting;
mod sort;
mod source;
mod statement;
mod summarize;
mod take;
mod top;
mod top_hitters;
mod top_nested;
mod union;
mod unsupported;
mod where_filter;

use crate::{ast::Query, parser::Parser};

/// A whole text.
pub(crate) fn query(p: &mut Parser<'_>) -> Query {
    Query { statements: statement::statements(p) }
}

/// Whether a bare `name` would be read as something else than a name where an expression stands.
pub(crate) fn is_reserved(name: &str) -> bool {
    const WORDS: [&str; 14] =
        ["true", "True", "TRUE", "false", "False", "FALSE", "by", "on", "of", "print", "union", "search", "find", "evaluate"];
    WORDS.contains(&name) || expr::is_infix_word(name)
}

/// Whether names joined by hyphens are one keyword.
pub(crate) fn is_hyphenated_keyword(word: &str) -> bool {
    const OTHERS: [&str; 3] = ["granny-asc", "granny-desc", "project-smart"];
    OTHERS.contains(&word) || operator::find(word).is_some() || unsupported::find(word).is_some()
}

/// The keywords that can follow `|`, old spellings among them, and last those that are refused by name.
pub(crate) fn operators() -> impl Iterator<Item = &'static str> {
    operator::names().chain(unsupported::names())
}
