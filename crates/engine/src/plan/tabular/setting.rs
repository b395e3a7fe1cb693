//! `name=value` settings of operators (`kind=inner`, `withsource=x`), read as words.

use diag::Diagnostic;
use kql::ast::{ExprKind, Literal, operator::Setting};

use crate::error::{Result, codes};

/// The value of a setting as a word; `None` when it is not set.
pub(super) fn word<'a>(settings: &'a [Setting], name: &str) -> Option<&'a str> {
    settings.iter().find(|setting| setting.name.text == name).and_then(text)
}

fn text(setting: &Setting) -> Option<&str> {
    match &setting.value.kind {
        ExprKind::Name(name) => Some(&name.text),
        ExprKind::Literal(Literal::String { value, .. }) => Some(value),
        ExprKind::Literal(Literal::Bool(Some(true))) => Some("true"),
        ExprKind::Literal(Literal::Bool(Some(false))) => Some("false"),
        _ => None,
    }
}

/// True if a flag is set (`isfuzzy=true`).
pub(super) fn flag(settings: &[Setting], name: &str) -> bool {
    word(settings, name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Refuses settings the operator does not have. Hints (`hint.*`) are let through: they change no result.
pub(super) fn check(settings: &[Setting], operator: &str, known: &[&str]) -> Result<()> {
    for setting in settings {
        let name = setting.name.text.as_str();
        if !name.starts_with("hint.") && !known.contains(&name) {
            let near = schema::nearest(name, known.iter().copied());
            let message = format!("`{operator}` has no setting `{name}`");
            return Err(Diagnostic::error(codes::SETTING, message, setting.name.span).did_you_mean(&near).into());
        }
    }
    Ok(())
}

/// The error for a setting with a value the operator does not know.
pub(super) fn unknown_value<T>(settings: &[Setting], name: &str, known: &[&str]) -> Result<T> {
    let setting = settings.iter().find(|setting| setting.name.text == name);
    let span = setting.map(|setting| setting.value.span).unwrap_or_default();
    let given = setting.and_then(text).unwrap_or("");
    let message = format!("there is no {name} `{given}`");
    let near = schema::nearest(given, known.iter().copied());
    let error = Diagnostic::error(codes::SETTING, message, span);
    if near.is_empty() {
        Err(error.with_help(format!("known are {}", known.join(", "))).into())
    } else {
        Err(error.did_you_mean(&near).into())
    }
}
