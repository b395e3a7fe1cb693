//! `parse` and `parse-where`: columns cut out of a text by a pattern.
//!
//! <https://learn.microsoft.com/kusto/query/parse-operator>, <https://learn.microsoft.com/kusto/query/parse-where-operator>

use datafusion::logical_expr::lit;
use diag::Span;
use functions::{Typed, coerce, null_of};
use kql::ast::{
    Literal,
    operator::{Parse, ParsePart},
};
use regex::RegexBuilder;
use schema::Type;

use super::setting;
use crate::{
    error::{At, Result, codes, fault},
    kernel::{self, Capture, Pattern},
    plan::{Names, Planner, conversion, statement::type_of},
    relation::{Relation, column},
    scope::Scope,
};

/// The column that holds a row's captures inside the plan.
const CAPTURES: &str = "$captures";
/// A compiled pattern may take this much memory.
const PATTERN_BYTES: usize = 8 << 20;

/// A column of the pattern.
struct Target {
    name: String,
    capture: Capture,
}

impl Planner<'_> {
    pub(super) fn parse(&self, input: &Relation, parse: &Parse, span: Span, scope: &Scope) -> Result<Relation> {
        let operator = if parse.drop_unmatched { "parse-where" } else { "parse" };
        setting::check(&parse.settings, operator, &["kind", "flags"])?;
        let text = self.scalar(&parse.expr, Names::new(scope, &input.columns))?;
        let text = coerce(text, Type::String).at(parse.expr.span)?;
        let kind = setting::word(&parse.settings, "kind").unwrap_or("simple");
        let (expression, targets) = match kind {
            "simple" => compile(&parse.pattern, Mode::Simple)?,
            "relaxed" => compile(&parse.pattern, Mode::Relaxed)?,
            "regex" => compile(&parse.pattern, Mode::Regex)?,
            _ => return setting::unknown_value(&parse.settings, "kind", &["simple", "regex", "relaxed"]),
        };
        let flags = setting::word(&parse.settings, "flags").unwrap_or("");
        let regex = RegexBuilder::new(&expression)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            // A simple pattern crosses lines; with `regex` that is flag `s`.
            .dot_matches_new_line(kind != "regex" || flags.contains('s'))
            .swap_greed(flags.contains('U'))
            .size_limit(PATTERN_BYTES)
            .build();
        let regex = match regex {
            Ok(regex) => regex,
            Err(error) => return fault(codes::ARGUMENT_VALUE, format!("this pattern cannot be used: {error}"), span),
        };
        let pattern = Pattern::new(regex, targets.iter().map(|target| target.capture).collect(), kind == "relaxed");

        let mut rows = input.hide(CAPTURES, kernel::parse(text.expr, pattern), span)?;
        if parse.drop_unmatched {
            rows = rows.keep(column(CAPTURES).is_not_null(), span)?;
        }
        let mut result = input.all();
        for (position, target) in targets.into_iter().enumerate() {
            let value = self.captured(position, target.capture.ty, span)?;
            match result.iter_mut().find(|(name, _)| *name == target.name) {
                Some((_, old)) => *old = value,
                None => result.push((target.name, value)),
            }
        }
        rows.reshape(result, span)
    }

    fn captured(&self, position: usize, ty: Type, span: Span) -> Result<Typed> {
        let field = datafusion::functions::core::get_field().call(vec![column(CAPTURES), lit(format!("c{position}"))]);
        let text = kernel::text(field);
        match ty {
            Type::String => Ok(text),
            Type::Dynamic => self.apply("parse_json", vec![text], span),
            ty => match self.apply(conversion(ty), vec![text], span) {
                Ok(value) => Ok(value),
                Err(_) => Ok(Typed::constant(null_of(ty), ty)),
            },
        }
    }
}

/// What `kind` says of the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Simple,
    /// A value that is none of its column's type spoils that column alone.
    Relaxed,
    Regex,
}

/// The pattern as a regular expression. Its parts follow one another; `*` and text columns take as little as they can.
fn compile(parts: &[ParsePart], mode: Mode) -> Result<(String, Vec<Target>)> {
    let regex = mode == Mode::Regex;
    let mut expression = String::from(if regex { "" } else { "^" });
    let mut targets = Vec::new();
    let mut group = 0;
    for (position, part) in parts.iter().enumerate() {
        let next = parts.get(position + 1);
        match part {
            ParsePart::Star(_) if next.is_none() => {}
            ParsePart::Star(_) => expression.push_str(if regex { ".*" } else { ".*?" }),
            ParsePart::Text(Literal::String { value, .. }, span) if regex => {
                group += groups_in(value, *span)?;
                expression.push_str(&format!("(?:{value})"));
            }
            ParsePart::Text(Literal::String { value, .. }, _) => expression.push_str(&regex::escape(value)),
            ParsePart::Text(_, span) => return fault(codes::LITERAL, "a pattern is made of texts, `*` and columns", *span),
            ParsePart::Column { name, ty } => {
                group += 1;
                let ty = ty.as_ref().map_or(Ok(Type::String), type_of)?;
                expression.push_str(&group_of(ty, mode, next.is_none()));
                targets.push(Target { name: name.text.clone(), capture: Capture { group, ty } });
            }
        }
    }
    if !regex && !matches!(parts.last(), Some(ParsePart::Star(_))) {
        expression.push('$');
    }
    Ok((expression, targets))
}

/// How many groups a part has of its own.
fn groups_in(part: &str, span: Span) -> Result<usize> {
    match regex::Regex::new(part) {
        Ok(part) => Ok(part.captures_len() - 1),
        Err(error) => fault(codes::ARGUMENT_VALUE, format!("`{part}` is not a regular expression: {error}"), span),
    }
}

/// What a column of the pattern takes: numbers take what looks like one, text up to the next part.
fn group_of(ty: Type, mode: Mode, last: bool) -> String {
    let number = match ty {
        Type::Int | Type::Long => r"[-+]?\d+",
        Type::Real | Type::Decimal => r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?",
        _ if mode == Mode::Regex || last => return "(.*)".to_owned(),
        _ => return "(.*?)".to_owned(),
    };
    match mode {
        Mode::Relaxed if last => format!(r"(\s*{number}\s*|.*)"),
        Mode::Relaxed => format!(r"(\s*{number}\s*|.*?)"),
        Mode::Simple | Mode::Regex => format!(r"\s*({number})\s*"),
    }
}
