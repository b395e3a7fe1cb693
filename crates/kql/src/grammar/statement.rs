//! Statements: `let`, `set`, `declare`, `alias`, `restrict`, and the query itself.
//!
//! Start with [`statements`].

use super::{declaration, expr, pipe::pipe, source};
use crate::{
    ast::{Function, LetValue, Name, Statement, StatementKind},
    codes,
    parser::{Parser, shorten},
    token::Kind,
};

/// The statements of a whole text.
pub(super) fn statements(p: &mut Parser<'_>) -> Vec<Statement> {
    let mut found = list(p);
    while !p.at(Kind::End) {
        // Only a closing bracket ends the list before the end.
        let message = format!("this `{}` closes nothing", p.word(0));
        p.error(codes::STRAY_BRACKET, message, p.span(), None);
        p.bump();
        found.extend(list(p));
    }
    // A text without a query, such as definitions alone, can be formatted and kept: that it yields nothing is seen when planned.
    found
}

/// Statements up to a closing bracket or the end.
fn list(p: &mut Parser<'_>) -> Vec<Statement> {
    let mut found = Vec::new();
    loop {
        while p.eat(Kind::Semicolon) {}
        if p.at(Kind::End) || p.kind().closes() {
            return found;
        }
        let start = p.span();
        found.push(statement(p));
        end(p);
        if p.span() == start {
            // Nothing was taken: whatever stands here was reported.
            p.bump();
        }
    }
}

/// What follows a statement: `;`, the end, or the start of another one whose `;` was forgotten.
fn end(p: &mut Parser<'_>) {
    if matches!(p.kind(), Kind::Semicolon | Kind::End) || p.kind().closes() {
        return;
    }
    if begins(p) {
        p.error(codes::MISSING_SEMICOLON, codes::MISSING_SEMICOLON.form, p.span(), None);
        return;
    }
    p.expected("`|`, `;` or the end of the query");
    p.skip_to(|kind| kind == Kind::Semicolon);
}

/// Whether a new statement seems to begin here: a name at the start of a line, outside brackets.
pub(super) fn begins(p: &Parser<'_>) -> bool {
    let word = p.name_word(0);
    let keyword = word == Some("let") && p.name_length(1) > 0 && p.nth(1 + p.name_length(1)) == Kind::Equal;
    let query = p.brackets == 0 && word.is_some() && (matches!(p.nth(1), Kind::Pipe | Kind::End) || source::begins(p));
    p.begins_line(0) && (keyword || query)
}

fn statement(p: &mut Parser<'_>) -> Statement {
    let start = p.span().start;
    let next = p.name_length(1) > 0;
    let kind = match p.name_word(0) {
        Some("let") if next => let_statement(p),
        Some("set") if next => set(p),
        Some("declare") if p.name_word(1) == Some("query_parameters") => {
            p.bump_many(2);
            StatementKind::DeclareParameters(declaration::parameters(p))
        }
        Some("declare") if p.name_word(1) == Some("pattern") => other(p, "declare pattern"),
        Some("restrict") if p.name_word(1) == Some("access") => other(p, "restrict access"),
        Some("alias") if p.name_word(1) == Some("database") => alias(p),
        Some(word) if word.eq_ignore_ascii_case("select") && next_is_sql(p) => {
            let help = "write `Table | where condition | project columns`".to_owned();
            p.error(codes::SQL, format!("`{word}` is SQL"), p.span(), Some(help));
            p.skip_to(|kind| kind == Kind::Semicolon);
            StatementKind::Query(expr::missing(p))
        }
        _ if p.at(Kind::Dot) && p.nth(1) == Kind::Name => {
            let message = format!("`.{}` is a management command", shorten(p.word(1)));
            p.error(codes::COMMAND, message, p.span(), None);
            p.skip_to(|kind| kind == Kind::Semicolon);
            StatementKind::Query(expr::missing(p))
        }
        _ => StatementKind::Query(p.nested(pipe).unwrap_or_else(|| expr::missing(p))),
    };
    Statement { kind, span: p.span_from(start) }
}

fn next_is_sql(p: &Parser<'_>) -> bool {
    matches!(p.nth(1), Kind::Name | Kind::Star | Kind::Text | Kind::Integer)
}

fn let_statement(p: &mut Parser<'_>) -> StatementKind {
    p.bump();
    let name = p.name("a name");
    p.expect(Kind::Equal);
    let value = if at_function(p) {
        LetValue::Function(function(p))
    } else {
        LetValue::Expr(p.nested(pipe).unwrap_or_else(|| expr::missing(p)))
    };
    StatementKind::Let { name, value }
}

/// `view (`, `() {`, `(name:`.
fn at_function(p: &Parser<'_>) -> bool {
    let open = usize::from(p.at_word("view"));
    if p.nth(open) != Kind::OpenParen {
        return false;
    }
    let name = p.name_length(open + 1);
    match p.nth(open + 1 + name) {
        Kind::CloseParen => name == 0 && p.nth(open + 2) == Kind::OpenBrace,
        Kind::Colon => name > 0,
        _ => false,
    }
}

fn function(p: &mut Parser<'_>) -> Function {
    let start = p.span().start;
    let view = p.eat_word("view");
    let parameters = declaration::parameters(p);
    let body = p.bracketed(Kind::OpenBrace, list).unwrap_or_default();
    Function { view, parameters, body, span: p.span_from(start) }
}

fn set(p: &mut Parser<'_>) -> StatementKind {
    p.bump();
    let name = p.name("an option");
    let value = p.eat(Kind::Equal).then(|| expr::expr(p));
    StatementKind::Set { name, value }
}

fn alias(p: &mut Parser<'_>) -> StatementKind {
    p.bump_many(2);
    let name: Name = p.name("a name");
    p.expect(Kind::Equal);
    StatementKind::Alias { name, value: expr::expr(p) }
}

fn other(p: &mut Parser<'_>, keyword: &'static str) -> StatementKind {
    p.bump_many(2);
    loop {
        p.skip_to(|kind| kind == Kind::Semicolon || kind == Kind::OpenBrace);
        if !p.at(Kind::OpenBrace) {
            return StatementKind::Other { keyword };
        }
        // Statements end inside the braces of a pattern, too.
        p.bracketed(Kind::OpenBrace, |p| p.skip_to(|kind| kind == Kind::CloseBrace));
    }
}
