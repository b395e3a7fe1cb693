//! `parse-kv`: columns out of keys and values in a text.
//!
//! <https://learn.microsoft.com/kusto/query/parse-kv-operator>

use datafusion::logical_expr::lit;
use diag::{Diagnostic, Span};
use functions::{Typed, coerce};
use kql::ast::{ColumnDecl, Expr, ExprKind, Literal, operator::Setting};
use schema::Type;

use super::setting;
use crate::{
    error::{At, Result, codes, fault},
    kernel::{self, Form, Pairs},
    plan::{Names, Planner, conversion, statement::type_of},
    relation::{Relation, column},
    scope::Scope,
};

const SETTINGS: [&str; 6] = ["pair_delimiter", "kv_delimiter", "quote", "escape", "greedy", "regex"];

impl Planner<'_> {
    pub(super) fn parse_kv(
        &self,
        input: &Relation,
        expr: &Expr,
        keys: &[ColumnDecl],
        settings: &[Setting],
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        setting::check(settings, "parse-kv", &SETTINGS)?;
        let text = self.scalar(expr, Names::new(scope, &input.columns))?;
        let text = coerce(text, Type::String).at(expr.span)?;
        let types = keys.iter().map(|key| type_of(&key.ty)).collect::<Result<Vec<_>>>()?;
        let pairs = Pairs {
            keys: keys.iter().map(|key| key.name.text.clone()).collect(),
            form: form(settings, span)?,
            quotes: quotes(settings)?,
            escapes: escapes(settings)?,
        };
        let name = input.free_name("$pairs");
        let rows = input.hide(&name, kernel::pairs(text.expr, pairs), span)?;
        let mut result = input.all();
        for (position, (key, ty)) in keys.iter().zip(types).enumerate() {
            let field = datafusion::functions::core::get_field().call(vec![column(&name), lit(format!("c{position}"))]);
            let text = kernel::text(field);
            let value = if ty == Type::String { text } else { self.cut(text, ty, key.name.span)? };
            match result.iter_mut().find(|(known, _)| *known == key.name.text) {
                Some((_, old)) => *old = value,
                None => result.push((key.name.text.clone(), value)),
            }
        }
        rows.reshape(result, span)
    }

    /// A text that was cut out of another, as a value.
    pub(super) fn cut(&self, text: Typed, ty: Type, span: Span) -> Result<Typed> {
        let function = if ty == Type::Dynamic { "parse_json" } else { conversion(ty) };
        self.apply(function, vec![text], span)
    }
}

/// What the settings say of how keys and values stand in the text.
fn form(settings: &[Setting], span: Span) -> Result<Form> {
    let pair = text(settings, "pair_delimiter")?;
    let key = text(settings, "kv_delimiter")?;
    let regex = text(settings, "regex")?;
    match (pair, key, regex) {
        (None, None, None) => Ok(Form::Words),
        (Some((pair, _)), Some((key, _)), None) => {
            Ok(Form::Delimited { pair: pair.to_owned(), key: key.to_owned(), greedy: setting::flag(settings, "greedy") })
        }
        (None, None, Some((pattern, place))) => {
            let compiled = functions::kernel::regex::compile(pattern);
            match compiled.as_ref() {
                Ok(regex) if regex.captures_len() == 3 => Ok(Form::Regex(regex.clone())),
                Ok(_) => fault(codes::ARGUMENT_VALUE, "the regex of `parse-kv` has two groups, for the key and the value", place),
                Err(problem) => fault(codes::ARGUMENT_VALUE, format!("this regex cannot be used: {problem}"), place),
            }
        }
        _ => Err(Diagnostic::error(codes::SETTING, "these settings of `parse-kv` do not go together", span)
            .with_help("give `pair_delimiter` and `kv_delimiter`, or `regex`, or none of them")
            .into()),
    }
}

/// The text of a setting and its place; it must not be empty.
fn text<'a>(settings: &'a [Setting], name: &str) -> Result<Option<(&'a str, Span)>> {
    texts(settings, name).next().transpose()
}

/// The texts of a setting that may be repeated.
fn texts<'a>(settings: &'a [Setting], name: &str) -> impl Iterator<Item = Result<(&'a str, Span)>> {
    settings.iter().filter(move |setting| setting.name.text == name).map(|setting| match &setting.value.kind {
        ExprKind::Literal(Literal::String { value, .. }) if !value.is_empty() => Ok((value.as_str(), setting.value.span)),
        _ => fault(codes::SETTING, format!("`{}` is a text that is not empty", setting.name.text), setting.value.span),
    })
}

fn quotes(settings: &[Setting]) -> Result<Vec<(char, char)>> {
    let pair = |(text, span): (&str, Span)| {
        let mut characters = text.chars();
        match (characters.next(), characters.next(), characters.next()) {
            (Some(both), None, None) => Ok((both, both)),
            (Some(open), Some(close), None) => Ok((open, close)),
            _ => fault(codes::SETTING, "`quote` is one character, or an opening and a closing one", span),
        }
    };
    texts(settings, "quote").map(|text| text.and_then(pair)).collect()
}

fn escapes(settings: &[Setting]) -> Result<Vec<char>> {
    let one = |(text, span): (&str, Span)| {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(one), None) => Ok(one),
            _ => fault(codes::SETTING, "`escape` is one character", span),
        }
    };
    texts(settings, "escape").map(|text| text.and_then(one)).collect()
}
