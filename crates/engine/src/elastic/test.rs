//! A test as the query writes it, made a test of values of a type: what Elasticsearch makes of it for a field of that type.
//!
//! Must not know columns. Start with [`leaf_test`].

use diag::{Diagnostic, Span};
use elastic_query::ast::{Bound, Comparison, Pattern, Piece, Test, Value, ValueKind};
use regex::RegexBuilder;
use schema::FieldType;

use super::{
    address::{Addresses, number},
    date::{Round, moment},
    glob::Glob,
    leaf::{Expression, LeafTest, Limit, Real},
    words::words,
};
use crate::error::{Result, codes, fault};

/// Memory a regular expression of a query may take.
const REGEX_BYTES: usize = 1 << 20;

/// What tests are made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) ty: FieldType,
    /// The moment the run stands for, in ticks.
    pub(super) clock: i64,
    /// No field is named: a field of another type is passed over, where else the query would be at fault.
    pub(super) lenient: bool,
    /// Where the test is written.
    pub(super) span: Span,
}

/// The test for values of a type.
pub(super) fn leaf_test(wanted: Wanted, test: &Test) -> Result<LeafTest> {
    let made = match test {
        Test::Is(value) => is(wanted, value),
        Test::Compare(comparison, value) => {
            let inclusive = matches!(comparison, Comparison::AtLeast | Comparison::AtMost);
            let bound = Bound { value: value.clone(), inclusive };
            match comparison {
                Comparison::Greater | Comparison::AtLeast => range(wanted, Some(&bound), None),
                Comparison::Less | Comparison::AtMost => range(wanted, None, Some(&bound)),
            }
        }
        Test::Between { low, high } => range(wanted, low.as_ref(), high.as_ref()),
        Test::Regex(text) => regex(wanted, text),
        Test::Fuzzy { text, edits } => Ok(match wanted.ty {
            FieldType::Text => LeafTest::Word(Box::new(LeafTest::Fuzzy(text.to_lowercase(), usize::from(*edits)))),
            _ => LeafTest::Fuzzy(text.clone(), usize::from(*edits)),
        }),
        Test::Near { text, slop } => match wanted.ty {
            FieldType::Text => Ok(LeafTest::Phrase(words(text), usize::try_from(*slop).unwrap_or(usize::MAX))),
            _ => is(wanted, &Value { kind: ValueKind::Text(text.clone()), quoted: true, span: wanted.span }),
        },
    };
    match made {
        Err(_) if wanted.lenient => Ok(LeafTest::Never),
        made => made,
    }
}

fn is(wanted: Wanted, value: &Value) -> Result<LeafTest> {
    let wanted = Wanted { span: value.span, ..wanted };
    let text = match &value.kind {
        _ if value.is_anything() => return Ok(LeafTest::Exists),
        ValueKind::Pattern(pattern) => return glob(wanted, pattern),
        ValueKind::Null => {
            let error = Diagnostic::error(codes::LITERAL, "`null` is no value to compare with", wanted.span);
            return Err(error.with_help("`not field:*` finds what lacks the field, `\"null\"` the word").into());
        }
        ValueKind::Bool(_) | ValueKind::Text(_) => value.text().unwrap_or_default(),
    };
    match wanted.ty {
        FieldType::Keyword | FieldType::ConstantKeyword | FieldType::Flattened | FieldType::Nested | FieldType::GeoPoint => {
            Ok(LeafTest::Terms([text.to_owned()].into()))
        }
        FieldType::Text if value.quoted => Ok(LeafTest::Phrase(words(text), 0)),
        FieldType::Text => Ok(LeafTest::AnyWord(words(text))),
        FieldType::Long | FieldType::Double => {
            let only = Some((real(wanted, text)?, true));
            Ok(LeafTest::Number(only, only))
        }
        FieldType::Boolean => match text {
            "true" => Ok(LeafTest::Bool(true)),
            "false" | "" => Ok(LeafTest::Bool(false)),
            _ => no_value(wanted, text, "true or false", "a field of truth values is compared with `true` or `false`"),
        },
        FieldType::Date => Ok(LeafTest::Date(Some(ticks(wanted, text, Round::Down)?), Some(ticks(wanted, text, Round::Up)?))),
        FieldType::Ip => match Addresses::parse(text) {
            Some(addresses) => Ok(LeafTest::Ip(vec![addresses])),
            None => no_value(wanted, text, "IP address", "write an address, or a network such as `10.0.0.0/8`"),
        },
    }
}

fn glob(wanted: Wanted, pattern: &Pattern) -> Result<LeafTest> {
    match wanted.ty {
        FieldType::Ip => no_value(
            wanted,
            &pattern.to_string(),
            "IP address",
            "write a network such as `10.0.0.0/8`: addresses have no wildcards",
        ),
        FieldType::Date => no_value(wanted, &pattern.to_string(), "date", "write a range: dates have no wildcards"),
        FieldType::Text => Ok(LeafTest::Word(Box::new(LeafTest::Glob(Glob::new(pattern).lower())))),
        _ => Ok(LeafTest::Glob(Glob::new(pattern))),
    }
}

fn range(wanted: Wanted, low: Option<&Bound>, high: Option<&Bound>) -> Result<LeafTest> {
    let wanted = Wanted { span: low.or(high).map_or(wanted.span, |bound| bound.value.span), ..wanted };
    match wanted.ty {
        FieldType::ConstantKeyword | FieldType::Boolean | FieldType::GeoPoint => {
            fault(codes::OPERANDS, "a field of this type has no ranges", wanted.span)
        }
        FieldType::Keyword | FieldType::Flattened | FieldType::Nested => {
            let limit = |bound: Option<&Bound>| bound.map(|bound| (text_of(&bound.value), bound.inclusive));
            Ok(LeafTest::TextRange(limit(low), limit(high)))
        }
        FieldType::Text => {
            let limit = |bound: Option<&Bound>| bound.map(|bound| (text_of(&bound.value).to_lowercase(), bound.inclusive));
            Ok(LeafTest::Word(Box::new(LeafTest::TextRange(limit(low), limit(high)))))
        }
        FieldType::Long | FieldType::Double => {
            let limit = |bound: Option<&Bound>| -> Result<Limit<Real>> {
                bound.map(|bound| Ok((real(wanted, &text_of(&bound.value))?, bound.inclusive))).transpose()
            };
            Ok(LeafTest::Number(limit(low)?, limit(high)?))
        }
        FieldType::Date => {
            // A bound that is a stretch, such as a day, is left out as a whole, or in as a whole.
            let low = low.map(|bound| match bound.inclusive {
                true => ticks(wanted, &text_of(&bound.value), Round::Down),
                false => ticks(wanted, &text_of(&bound.value), Round::Up).map(|ticks| ticks + 1),
            });
            let high = high.map(|bound| match bound.inclusive {
                true => ticks(wanted, &text_of(&bound.value), Round::Up),
                false => ticks(wanted, &text_of(&bound.value), Round::Down).map(|ticks| ticks - 1),
            });
            Ok(LeafTest::Date(low.transpose()?, high.transpose()?))
        }
        FieldType::Ip => addresses(wanted, low, high),
    }
}

fn addresses(wanted: Wanted, low: Option<&Bound>, high: Option<&Bound>) -> Result<LeafTest> {
    let address = |bound: &Bound| match number(&text_of(&bound.value)) {
        Some(address) => Ok(address),
        None => no_value(wanted, &text_of(&bound.value), "IP address", "write an address"),
    };
    let low = match low {
        None => Some(0),
        Some(bound) if bound.inclusive => Some(address(bound)?),
        Some(bound) => address(bound)?.checked_add(1),
    };
    let high = match high {
        None => Some(u128::MAX),
        Some(bound) if bound.inclusive => Some(address(bound)?),
        Some(bound) => address(bound)?.checked_sub(1),
    };
    Ok(low.zip(high).map_or(LeafTest::Never, |(low, high)| LeafTest::Ip(vec![Addresses { low, high }])))
}

/// The text of a bound, in which a wildcard is an ordinary character.
fn text_of(value: &Value) -> String {
    match &value.kind {
        ValueKind::Pattern(pattern) => pattern.to_string(),
        _ => value.text().unwrap_or_default().to_owned(),
    }
}

fn real(wanted: Wanted, text: &str) -> Result<Real> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Real(number)),
        _ => no_value(wanted, text, "number", "a field of numbers is compared with a number"),
    }
}

fn ticks(wanted: Wanted, text: &str, round: Round) -> Result<i64> {
    match moment(text, wanted.clock, round) {
        Some(ticks) => Ok(ticks),
        None => no_value(wanted, text, "date", "write `2026-11-20`, `2026-11-20T10:00:00Z` or `now-1d/d`"),
    }
}

fn no_value<T>(wanted: Wanted, text: &str, what: &str, help: &str) -> Result<T> {
    Err(Diagnostic::error(codes::LITERAL, format!("`{text}` is no {what}"), wanted.span).with_help(help).into())
}

/// Lucene's expressions match the whole value, and `^` and `$` are ordinary characters in them.
///
/// Authority: <https://www.elastic.co/docs/reference/query-languages/query-dsl/regexp-syntax>
fn regex(wanted: Wanted, text: &str) -> Result<LeafTest> {
    let mut translated = String::from("^(?s:");
    let mut characters = text.chars();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                translated.push('\\');
                translated.extend(characters.next());
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '^' | '$' if !in_class => translated.push('\\'),
            '"' if !in_class => {
                let literal: String = characters.by_ref().take_while(|&character| character != '"').collect();
                translated.push_str(&regex::escape(&literal));
                continue;
            }
            '@' if !in_class => {
                translated.push_str(".*");
                continue;
            }
            '~' | '&' | '<' | '#' if !in_class => {
                return crate::error::unsupported(format!("`{character}` in a regular expression of Lucene"), wanted.span);
            }
            _ => {}
        }
        translated.push(character);
    }
    translated.push_str(")$");
    match RegexBuilder::new(&translated).size_limit(REGEX_BYTES).build() {
        Ok(expression) if wanted.ty == FieldType::Text => Ok(LeafTest::Word(Box::new(LeafTest::Regex(Expression(expression))))),
        Ok(expression) => Ok(LeafTest::Regex(Expression(expression))),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            fault(codes::LITERAL, format!("`/{text}/` is no regular expression: {reason}"), wanted.span)
        }
    }
}

/// The pattern of an exception list's `matches`: `*` and `?` are wildcards, and a backslash makes them ordinary.
pub(super) fn pattern(text: &str) -> Pattern {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let literal = match character {
            '*' => {
                pieces.push(Piece::Any);
                continue;
            }
            '?' => {
                pieces.push(Piece::One);
                continue;
            }
            '\\' if matches!(characters.peek(), Some('*' | '?' | '\\')) => characters.next().unwrap_or(character),
            other => other,
        };
        match pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(literal),
            _ => pieces.push(Piece::Text(literal.to_string())),
        }
    }
    Pattern { pieces }
}
