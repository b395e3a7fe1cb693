//! Paths: `a.b`, `a['b c']`, `a[0]`, `database("x").T`, and name patterns such as `App*`.
//!
//! Start with [`path`].

use diag::Span;

use super::{call, expr, missing, new, primary::primary};
use crate::{
    ast::{Expr, ExprKind, Literal, Name},
    parser::Parser,
    token::Kind,
};

/// An operand with the steps that follow it.
pub(crate) fn path(p: &mut Parser<'_>) -> Expr {
    let mut object = primary(p);
    loop {
        let start = object.span.start;
        let step = match p.kind() {
            Kind::Dot => member,
            Kind::OpenBracket if !matches!(object.kind, ExprKind::Missing) => index,
            _ => return object,
        };
        if !p.lean() {
            return object;
        }
        let kind = step(p, object);
        object = new(kind, p.span_from(start));
    }
}

/// `.name`, `.name(...)`, `.App*`, and the old `.[element]`.
fn member(p: &mut Parser<'_>, object: Expr) -> ExprKind {
    p.bump();
    if p.at(Kind::OpenBracket) {
        return index(p, object);
    }
    let object = Box::new(object);
    if let Some(pattern) = glob(p) {
        return ExprKind::Member { object, name: pattern, quoted: false };
    }
    let name = p.name("a name after `.`");
    if p.at(Kind::OpenParen) {
        return ExprKind::MethodCall { object, call: call(p, name) };
    }
    ExprKind::Member { object, name, quoted: false }
}

/// `['name']`, `[0]`, `[expression]`.
fn index(p: &mut Parser<'_>, object: Expr) -> ExprKind {
    let object = Box::new(object);
    if p.at_quoted_name() {
        let name = p.name("a key");
        return ExprKind::Member { object, name, quoted: true };
    }
    let index = p.bracketed(Kind::OpenBracket, expr).unwrap_or_else(|| missing(p));
    match index {
        // Several literals that follow one another are one text, too.
        Expr { kind: ExprKind::Literal(Literal::String { value, .. }), span } => {
            ExprKind::Member { object, name: Name { text: value, span }, quoted: true }
        }
        index => ExprKind::Index { object, index: Box::new(index) },
    }
}

/// A name that begins a path.
pub(crate) fn path_name(p: &mut Parser<'_>) -> Name {
    p.name("a name")
}

/// A name, a pattern of names, or a path; no operators.
pub(crate) fn pattern(p: &mut Parser<'_>) -> Expr {
    match glob(p) {
        Some(name) => {
            let span = name.span;
            new(ExprKind::Wildcard(name), span)
        }
        None => path(p),
    }
}

/// A run of names and `*` without gaps that holds at least one `*`.
fn glob(p: &mut Parser<'_>) -> Option<Name> {
    let part = |kind| matches!(kind, Kind::Name | Kind::Star | Kind::Integer);
    let mut length = 0;
    let mut stars = 0;
    while part(p.nth(length)) && (length == 0 || p.joined(length)) {
        stars += usize::from(p.nth(length) == Kind::Star);
        length += 1;
    }
    if stars == 0 {
        return None;
    }
    let start = p.span().start;
    p.bump_many(length);
    let span = Span::new(start, p.last_end());
    Some(Name { text: p.slice(span).to_owned(), span })
}
