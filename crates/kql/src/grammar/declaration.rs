//! `name:type` lists: columns of `datatable` and `externaldata`, parameters of functions and queries.
//!
//! Must not know which types there are. Start with [`columns`] and [`parameters`].

use diag::Span;

use super::expr::{self, expr};
use crate::{
    ast::{ColumnDecl, Parameter, ParameterType, TypeName},
    codes,
    parser::Parser,
    token::Kind,
};

/// `(name:type, ...)`.
pub(super) fn columns(p: &mut Parser<'_>) -> Vec<ColumnDecl> {
    p.bracketed(Kind::OpenParen, column_list).unwrap_or_default()
}

/// `name:type, ...` up to `)`.
pub(super) fn column_list(p: &mut Parser<'_>) -> Vec<ColumnDecl> {
    expr::comma_list(p, Kind::CloseParen, column)
}

fn column(p: &mut Parser<'_>) -> ColumnDecl {
    let name = p.name("a column name");
    colon(p);
    ColumnDecl { name, ty: type_name(p) }
}

fn colon(p: &mut Parser<'_>) {
    if !p.eat(Kind::Colon) {
        let found = p.found();
        p.error(codes::BAD_DECLARATION, format!("expected `name:type`, found {found}"), p.span(), None);
    }
}

/// A type's name.
pub(super) fn type_name(p: &mut Parser<'_>) -> TypeName {
    if p.at(Kind::Name) {
        let text = p.word(0).to_owned();
        return TypeName { text, span: p.bump() };
    }
    p.expected("a type");
    let at = p.span().start;
    TypeName { text: String::new(), span: Span::new(at, at) }
}

/// `(name:type = default, table:(column:type), table:(*))`.
pub(super) fn parameters(p: &mut Parser<'_>) -> Vec<Parameter> {
    p.bracketed(Kind::OpenParen, |p| expr::comma_list(p, Kind::CloseParen, parameter)).unwrap_or_default()
}

fn parameter(p: &mut Parser<'_>) -> Parameter {
    let name = p.name("a parameter name");
    colon(p);
    let ty = if p.at(Kind::OpenParen) { ParameterType::Table(table(p)) } else { ParameterType::Scalar(type_name(p)) };
    let default = p.eat(Kind::Equal).then(|| expr(p));
    Parameter { name, ty, default }
}

fn table(p: &mut Parser<'_>) -> Option<Vec<ColumnDecl>> {
    p.bracketed(Kind::OpenParen, |p| if p.eat(Kind::Star) { None } else { Some(column_list(p)) }).flatten()
}
