//! The value inside `dynamic(...)`: JSON with single quotes, verbatim strings and Kusto's typed literals allowed.
//!
//! Must not know expressions: only constants stand here. Reference page: `dynamic` data type. Start with [`json`].

use super::literal;
use crate::{
    ast::{Expr, ExprKind, Json, Literal},
    codes,
    parser::{Parser, shorten},
    text,
    token::Kind,
};

/// A value at the cursor; what cannot be read is reported and null.
pub(super) fn json(p: &mut Parser<'_>) -> Json {
    match p.kind() {
        Kind::OpenBracket => {
            let items = p.bracketed(Kind::OpenBracket, |p| super::comma_list(p, Kind::CloseBracket, json));
            Json::Array(items.unwrap_or_default())
        }
        Kind::OpenBrace => {
            let members = p.bracketed(Kind::OpenBrace, |p| super::comma_list(p, Kind::CloseBrace, member));
            Json::Object(members.unwrap_or_default())
        }
        Kind::Text => Json::Scalar(Box::new(Literal::String { value: string(p), obfuscated: false })),
        Kind::Integer | Kind::Real => number(p, ""),
        Kind::Minus | Kind::Plus if matches!(p.nth(1), Kind::Integer | Kind::Real) => {
            let sign = if p.at(Kind::Minus) { "-" } else { "" };
            p.bump();
            number(p, sign)
        }
        Kind::Name if p.at_word("null") => {
            p.bump();
            Json::Null
        }
        Kind::Name if p.at_word("dynamic") && p.nth(1) == Kind::OpenParen => {
            p.bump();
            p.bracketed(Kind::OpenParen, json).unwrap_or(Json::Null)
        }
        _ => match literal::constant(p) {
            Some(Expr { kind: ExprKind::Literal(literal), .. }) => Json::Scalar(Box::new(literal)),
            Some(_) => Json::Null,
            None => {
                not_constant(p);
                Json::Null
            }
        },
    }
}

fn not_constant(p: &mut Parser<'_>) {
    if p.at(Kind::Name) {
        let message = format!("`{}` is no constant; `dynamic(...)` takes JSON", shorten(p.word(0)));
        let help = "use `pack_array(...)` or `bag_pack(...)` to build a value from columns, `todynamic(...)` to convert one";
        p.error(codes::BAD_LITERAL, message, p.span(), Some(help.to_owned()));
    } else {
        p.expected("a JSON value");
    }
    p.skip_to(|kind| matches!(kind, Kind::Comma | Kind::CloseParen | Kind::CloseBracket | Kind::CloseBrace | Kind::Semicolon));
}

fn member(p: &mut Parser<'_>) -> (String, Json) {
    let key = if p.at(Kind::Text) {
        string(p)
    } else {
        p.expected("a key in quotes");
        String::new()
    };
    p.expect(Kind::Colon);
    (key, json(p))
}

fn number(p: &mut Parser<'_>, sign: &str) -> Json {
    let text = format!("{sign}{}", p.word(0));
    let literal = match text.parse::<i64>() {
        Ok(value) => Literal::Long(Some(value)),
        Err(_) => match text.parse::<f64>() {
            Ok(value) => Literal::Real(Some(value)),
            // Hexadecimal digits.
            Err(_) => return Json::Scalar(Box::new(literal::number(p))),
        },
    };
    p.bump();
    Json::Scalar(Box::new(literal))
}

/// Strings that follow one another are one text; JSON also escapes the slash.
fn string(p: &mut Parser<'_>) -> String {
    let mut value = String::new();
    while p.at(Kind::Text) {
        match text::decode(&p.word(0).replace("\\/", "/")) {
            Ok(text) => {
                value.push_str(&text);
                p.bump();
            }
            Err(_) => {
                if let Literal::String { value: text, .. } = literal::string(p) {
                    value.push_str(&text);
                }
            }
        }
    }
    value
}
