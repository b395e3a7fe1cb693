//! `parse expression with pattern`, `parse-where`.

use super::{
    declaration,
    expr::{constant, expr},
    named,
    setting::settings,
};
use crate::{
    ast::{
        Expr, ExprKind,
        operator::{Parse, ParsePart},
    },
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>, drop_unmatched: bool) -> Parse {
    let settings = settings(p);
    let expr = expr(p);
    p.expect_word("with");
    let mut pattern = Vec::new();
    while let Some(part) = part(p) {
        pattern.push(part);
    }
    if pattern.is_empty() {
        named::incomplete(p, "parse", "a pattern");
    }
    Parse { drop_unmatched, settings, expr, pattern }
}

fn part(p: &mut Parser<'_>) -> Option<ParsePart> {
    match p.kind() {
        Kind::Star => Some(ParsePart::Star(p.bump())),
        Kind::Text => match constant(p)? {
            Expr { kind: ExprKind::Literal(literal), span } => Some(ParsePart::Text(literal, span)),
            _ => None,
        },
        _ => {
            let name = p.try_name()?;
            Some(ParsePart::Column { name, ty: p.eat(Kind::Colon).then(|| declaration::type_name(p)) })
        }
    }
}
