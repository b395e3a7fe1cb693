//! What begins a pipe besides a name, a call or a parenthesis: `print`, `range`, `datatable`, `union` ...
//!
//! The words are column names elsewhere, so what follows decides. Start with [`leading`].

use super::{
    declaration, evaluate,
    expr::{self, expr, is_infix_word},
    find, named, search, setting, union,
};
use crate::{
    ast::{Expr, ExprKind, operator::Source},
    parser::Parser,
    token::Kind,
};

/// A source that only stands at the start of a pipe.
pub(super) fn leading(p: &mut Parser<'_>) -> Option<Expr> {
    let read = find_leading(p)?;
    let start = p.bump().start;
    let source = p.nested(read)?;
    Some(expr::new(ExprKind::Source(Box::new(source)), p.span_from(start)))
}

/// Whether a source that only stands at the start of a pipe begins here.
pub(super) fn begins(p: &Parser<'_>) -> bool {
    find_leading(p).is_some()
}

fn find_leading(p: &Parser<'_>) -> Option<fn(&mut Parser<'_>) -> Source> {
    Some(match p.name_word(0)? {
        "print" if begins_print(p) => |p| Source::Print(named::list(p, "print", &[])),
        "range" if p.name_length(1) > 0 && p.name_word(1 + p.name_length(1)) == Some("from") => range,
        "union" if begins_tables(p) => |p| Source::Union(union::read(p)),
        "search" if begins_search(p) => |p| Source::Search(search::read(p)),
        "find" if begins_search(p) => |p| Source::Find(find::read(p)),
        "entity_group" if p.nth(1) == Kind::OpenBracket && !p.joined(1) => |p| unsupported(p, "entity_group"),
        "inline_external_table" if matches!(p.nth(1), Kind::OpenParen | Kind::Name) => {
            |p| unsupported(p, "inline_external_table")
        }
        "evaluate" if p.nth(1) == Kind::Name && !is_infix_word(p.word(1)) => |p| Source::Evaluate(evaluate::read(p)),
        _ => return None,
    })
}

/// A source that can stand wherever a table can: `datatable (...) [...]`, `externaldata (...) [...]`.
pub(super) fn operand(p: &mut Parser<'_>) -> Option<Expr> {
    let start = p.span().start;
    let declares = p.nth(1) == Kind::OpenParen;
    let source: fn(&mut Parser<'_>) -> Source = match p.word(0) {
        "datatable" if declares => datatable,
        "externaldata" | "external_data" if declares => externaldata,
        _ => return None,
    };
    p.bump();
    let source = source(p);
    Some(expr::new(ExprKind::Source(Box::new(source)), p.span_from(start)))
}

/// A source without a tree of its own, to the end of its statement or the next `|`.
fn unsupported(p: &mut Parser<'_>, name: &'static str) -> Source {
    p.synchronise();
    Source::Unsupported(name)
}

fn begins_print(p: &Parser<'_>) -> bool {
    match p.nth(1) {
        Kind::Name => !is_infix_word(p.word(1)),
        kind => matches!(
            kind,
            Kind::Text
                | Kind::Integer
                | Kind::Real
                | Kind::Timespan
                | Kind::OpenParen
                | Kind::OpenBracket
                | Kind::Minus
                | Kind::Plus
        ),
    }
}

fn begins_tables(p: &Parser<'_>) -> bool {
    match p.nth(1) {
        Kind::Name => !is_infix_word(p.word(1)),
        Kind::Star => p.nth(2) == Kind::End || !matches!(p.nth(2), Kind::Name | Kind::Integer | Kind::Real),
        kind => matches!(kind, Kind::OpenParen | Kind::OpenBracket),
    }
}

fn begins_search(p: &Parser<'_>) -> bool {
    match p.nth(1) {
        Kind::Name => !is_infix_word(p.word(1)) || p.word(1) == "in" && p.nth(2) == Kind::OpenParen,
        Kind::Star => matches!(p.nth(2), Kind::Name | Kind::Colon | Kind::EqualEqual | Kind::EqualTilde | Kind::Pipe | Kind::End),
        kind => matches!(kind, Kind::Text | Kind::OpenParen | Kind::OpenBracket | Kind::Integer),
    }
}

fn range(p: &mut Parser<'_>) -> Source {
    let name = p.name("a column name");
    p.expect_word("from");
    let from = expr(p);
    p.expect_word("to");
    let to = expr(p);
    p.expect_word("step");
    Source::Range { name, from, to, step: expr(p) }
}

fn datatable(p: &mut Parser<'_>) -> Source {
    let columns = declaration::columns(p);
    let values = p.bracketed(Kind::OpenBracket, |p| expr::comma_list(p, Kind::CloseBracket, expr)).unwrap_or_default();
    Source::Datatable { columns, values }
}

fn externaldata(p: &mut Parser<'_>) -> Source {
    let columns = declaration::columns(p);
    let uris = if p.at(Kind::OpenBracket) {
        p.bracketed(Kind::OpenBracket, |p| expr::comma_list(p, Kind::CloseBracket, expr)).unwrap_or_default()
    } else {
        // The brackets are left out in some published queries.
        vec![setting::value(p)]
    };
    let properties = if p.eat_word("with") { setting::parenthesised(p) } else { Vec::new() };
    Source::ExternalData { columns, uris, properties }
}
