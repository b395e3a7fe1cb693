//! Whether a text that is being written is finished, for editors in which Enter both ends a line and sends the query.

use kql::{
    ast::StatementKind,
    lexical::{WordKind, words},
};

/// True if the query is to be run: it ends with `;` behind a query (and not only behind a `let`), or with an empty line.
#[must_use]
pub fn is_finished(text: &str) -> bool {
    let words = words(text);
    let ends = words.iter().rfind(|word| word.kind != WordKind::Comment).is_some_and(|last| last.kind == WordKind::Semicolon);
    let is_query = |kind: &StatementKind| matches!(kind, StatementKind::Query(_));
    if ends && kql::parse(text).query.statements.last().is_some_and(|last| is_query(&last.kind)) {
        return true;
    }
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    text.contains('\n') && last_line.trim().is_empty() && !words.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_finished;

    #[test]
    fn a_semicolon_behind_a_query_or_an_empty_line_ends_it() {
        assert!(is_finished("T | count;"));
        assert!(is_finished("let x = 1; T | count ; // done"));
        assert!(is_finished("T\n| count\n"));
        assert!(is_finished("let x = 1;\n\n"));
    }

    #[test]
    fn what_may_go_on_does() {
        for text in ["", "\n", "T | count", "T\n| count", "let x = 1;", "set notruncation;", "print ';", "let f = () { T;"] {
            assert!(!is_finished(text), "{text:?}");
        }
    }
}
