//! `find in (tables) where predicate project columns`.

use super::{
    declaration,
    expr::{expr, missing, path},
    search,
    setting::settings,
};
use crate::{
    ast::{Expr, TypeName, operator::Find},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> Find {
    let mut found = settings(p);
    let tables = search::tables(p);
    found.extend(settings(p));
    p.eat_word("where");
    let predicate = if p.at_stop() {
        p.expected("a predicate");
        missing(p)
    } else {
        expr(p)
    };
    let (word, length) = p.hyphenated();
    let project = match word {
        "project" => {
            p.bump_many(length);
            Some(columns(p))
        }
        "project-smart" => {
            p.bump_many(length);
            None
        }
        _ => None,
    };
    Find { settings: found, tables, predicate, project }
}

/// `column, column:type, pack(*)`.
fn columns(p: &mut Parser<'_>) -> Vec<(Expr, Option<TypeName>)> {
    let mut columns = Vec::new();
    while !p.at_stop() {
        let column = path(p);
        columns.push((column, p.eat(Kind::Colon).then(|| declaration::type_name(p))));
        if !p.eat(Kind::Comma) {
            break;
        }
    }
    columns
}
