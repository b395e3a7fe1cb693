//! `evaluate plugin(arguments) : (schema)`, after `|` and at the start of a pipe.

use super::{
    declaration,
    expr::{call, path_name},
    setting::settings,
};
use crate::{
    ast::{Call, ColumnDecl, operator::Evaluate},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> Evaluate {
    let settings = settings(p);
    let name = path_name(p);
    let call = if p.at(Kind::OpenParen) {
        call(p, name)
    } else {
        p.expected("`(` and the arguments of the plugin");
        Call { name, arguments: Vec::new() }
    };
    let schema = p.eat(Kind::Colon).then(|| schema(p));
    Evaluate { settings, call, schema }
}

/// `(*, name:type, ...)`.
pub(super) fn schema(p: &mut Parser<'_>) -> (bool, Vec<ColumnDecl>) {
    p.bracketed(Kind::OpenParen, schema_list).unwrap_or_default()
}

fn schema_list(p: &mut Parser<'_>) -> (bool, Vec<ColumnDecl>) {
    let star = p.eat(Kind::Star);
    if star && !p.eat(Kind::Comma) {
        return (true, Vec::new());
    }
    (star, declaration::column_list(p))
}
