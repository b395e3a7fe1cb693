//! Constants: numbers, strings, and `type(text)` literals such as `datetime(2026-11-21)`.
//!
//! Must not read datetimes, timespans or guids: their text goes to the binder as written. Start with [`constant`].

use diag::Span;

use super::{dynamic, new};
use crate::{
    ast::{Expr, ExprKind, Literal, TypeName},
    codes,
    parser::{Parser, shorten},
    text,
    token::Kind,
};

/// Reads the text of a typed literal; `None` when it is no such constant.
type Read = fn(&str) -> Option<Literal>;

/// The types whose literals are `type(text)`, and how the text is read.
const TYPED: &[(&str, Read)] = &[
    ("bool", bool),
    ("boolean", bool),
    ("int", int),
    ("long", long),
    ("real", real),
    ("double", real),
    ("decimal", decimal),
    ("datetime", datetime),
    ("date", datetime),
    ("timespan", timespan),
    ("time", timespan),
    ("guid", guid),
    ("uuid", guid),
    ("uniqueid", guid),
];

/// A constant at the cursor.
pub(crate) fn constant(p: &mut Parser<'_>) -> Option<Expr> {
    let start = p.span().start;
    let kind = match p.kind() {
        Kind::Integer | Kind::Real => ExprKind::Literal(number(p)),
        Kind::Timespan => {
            let text = p.word(0).to_owned();
            p.bump();
            ExprKind::Literal(Literal::Timespan(Some(text)))
        }
        Kind::Text => ExprKind::Literal(string(p)),
        Kind::Name => word(p)?,
        _ => return None,
    };
    Some(new(kind, p.span_from(start)))
}

fn word(p: &mut Parser<'_>) -> Option<ExprKind> {
    let word = p.word(0);
    let truth = match word {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    };
    if truth.is_some() {
        p.bump();
        return Some(ExprKind::Literal(Literal::Bool(truth)));
    }
    if p.nth(1) != Kind::OpenParen {
        return None;
    }
    match word {
        "dynamic" => {
            p.bump();
            let json = p.bracketed(Kind::OpenParen, dynamic::json)?;
            Some(ExprKind::Literal(Literal::Dynamic(json)))
        }
        "typeof" => {
            p.bump();
            Some(ExprKind::TypeOf(types(p)))
        }
        _ => {
            let (name, read) = TYPED.iter().find(|typed| typed.0 == word)?;
            Some(typed(p, name, *read))
        }
    }
}

/// `type(text)`: the text is taken as it stands up to the closing parenthesis.
fn typed(p: &mut Parser<'_>, name: &str, read: Read) -> ExprKind {
    let start = p.bump().start;
    let open = p.bump();
    p.brackets += 1;
    p.skip_to(|kind| matches!(kind, Kind::CloseParen | Kind::Semicolon));
    p.brackets -= 1;
    let text = p.slice(Span::new(open.end, p.span().start)).trim();
    if !p.eat(Kind::CloseParen) {
        p.push(codes::UNCLOSED_BRACKET, "this `(` is never closed".to_owned(), open, None);
        return ExprKind::Missing;
    }
    if let Some(literal) = read(text) {
        return ExprKind::Literal(literal);
    }
    let span = p.span_from(start);
    let to = match name {
        "boolean" => "bool",
        "date" => "datetime",
        "time" => "timespan",
        "uuid" | "uniqueid" => "guid",
        other => other,
    };
    let message = format!("`{}` is no {to} constant", shorten(text));
    p.push(
        codes::BAD_LITERAL,
        message,
        span,
        Some(format!("`{name}(...)` takes a constant; to convert a value write `to{to}(...)`")),
    );
    ExprKind::Missing
}

fn types(p: &mut Parser<'_>) -> Vec<TypeName> {
    let list = p.bracketed(Kind::OpenParen, |p| {
        super::comma_list(p, Kind::CloseParen, |p| {
            let start = p.span().start;
            p.skip_to(|kind| matches!(kind, Kind::Comma | Kind::CloseParen | Kind::Pipe | Kind::Semicolon));
            let span = p.span_from(start);
            if p.last_end() <= start {
                p.expected("a type");
            }
            TypeName { text: p.words(span), span }
        })
    });
    list.unwrap_or_default()
}

/// The number at the cursor.
pub(super) fn number(p: &mut Parser<'_>) -> Literal {
    let text = p.word(0);
    let read = if p.at(Kind::Real) { real(text) } else { long(text) };
    let literal = read.unwrap_or_else(|| {
        let help = "`long` reaches from -9223372036854775808 to 9223372036854775807; write `real(...)` or `decimal(...)`";
        p.push(codes::BAD_LITERAL, format!("`{}` is no long: out of range", shorten(text)), p.span(), Some(help.to_owned()));
        Literal::Long(None)
    });
    p.bump();
    literal
}

/// `-9223372036854775808`, whose digits alone are out of range.
pub(super) fn smallest_long(p: &mut Parser<'_>) -> Option<Expr> {
    let smallest = p.at(Kind::Minus) && p.nth(1) == Kind::Integer && p.word(1) == "9223372036854775808";
    smallest.then(|| {
        let start = p.bump().start;
        p.bump();
        new(ExprKind::Literal(Literal::Long(Some(i64::MIN))), p.span_from(start))
    })
}

/// String literals that follow one another are one text.
pub(super) fn string(p: &mut Parser<'_>) -> Literal {
    let mut value = String::new();
    let mut obfuscated = false;
    while p.at(Kind::Text) {
        let word = p.word(0);
        obfuscated |= text::is_obfuscated(word);
        match text::decode(word) {
            Ok(text) => value.push_str(&text),
            Err(bad) => {
                let at = p.span().start + bad.at;
                let message = format!("`{}` is no escape sequence", bad.escape);
                p.push(codes::BAD_ESCAPE, message, Span::new(at, at + bad.escape.len()), None);
            }
        }
        p.bump();
    }
    Literal::String { value, obfuscated }
}

/// The text, or `None` for `null`.
fn known(text: &str) -> Option<&str> {
    (text != "null").then_some(text)
}

fn bool(text: &str) -> Option<Literal> {
    match text {
        "null" => Some(Literal::Bool(None)),
        "true" | "True" | "TRUE" | "1" => Some(Literal::Bool(Some(true))),
        "false" | "False" | "FALSE" | "0" => Some(Literal::Bool(Some(false))),
        _ => None,
    }
}

fn int(text: &str) -> Option<Literal> {
    Some(Literal::Int(
        known(text).map(|text| integer(text).and_then(|value| i32::try_from(value).ok()).ok_or(())).transpose().ok()?,
    ))
}

fn long(text: &str) -> Option<Literal> {
    Some(Literal::Long(known(text).map(|text| integer(text).ok_or(())).transpose().ok()?))
}

fn integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text).trim_start()),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let value = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        // Sixteen hexadecimal digits are the 64 bits of the number.
        Some(hex) => i128::from(u64::from_str_radix(hex, 16).ok()?.cast_signed()),
        None => digits.parse::<i128>().ok()?,
    };
    i64::try_from(if negative { -value } else { value }).ok()
}

fn real(text: &str) -> Option<Literal> {
    let Some(text) = known(text) else { return Some(Literal::Real(None)) };
    let value = match text.to_ascii_lowercase().as_str() {
        "nan" => f64::NAN,
        "+inf" | "inf" => f64::INFINITY,
        "-inf" => f64::NEG_INFINITY,
        lower if lower.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) => lower.parse().ok()?,
        _ => return None,
    };
    Some(Literal::Real(Some(value)))
}

fn decimal(text: &str) -> Option<Literal> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits.parse::<f64>().is_ok();
    match known(text) {
        None => Some(Literal::Decimal(None)),
        Some(text) if number => Some(Literal::Decimal(Some(text.to_owned()))),
        Some(_) => None,
    }
}

/// The text between the parentheses, without the quotes some write. A call or a name inside is no constant.
fn quoted_or_raw(text: &str) -> Option<Option<String>> {
    let Some(text) = known(text) else { return Some(None) };
    let bare = text.strip_prefix(['"', '\'']).map_or(text, |inner| inner.strip_suffix(['"', '\'']).unwrap_or(inner));
    // What no constant has would not be read again where it is written without its quotes.
    let part = |character: char| character.is_ascii_alphanumeric() || " \t:.,+-/_".contains(character);
    let unbraced = bare.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(bare);
    (!bare.trim().is_empty() && unbraced.chars().all(part) && !bare.contains("//")).then(|| Some(bare.trim().to_owned()))
}

fn datetime(text: &str) -> Option<Literal> {
    quoted_or_raw(text)
        .filter(|text| text.as_ref().is_none_or(|text| text.contains(|c: char| c.is_ascii_digit())))
        .map(Literal::Datetime)
}

fn timespan(text: &str) -> Option<Literal> {
    quoted_or_raw(text)
        .filter(|text| text.as_ref().is_none_or(|text| text.contains(|c: char| c.is_ascii_digit())))
        .map(Literal::Timespan)
}

fn guid(text: &str) -> Option<Literal> {
    quoted_or_raw(text)
        .filter(|text| {
            text.as_ref().is_none_or(|text| text.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'-' | b'{' | b'}')))
        })
        .map(Literal::Guid)
}
