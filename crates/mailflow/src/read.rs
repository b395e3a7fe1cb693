//! Values of the configuration file read as what a rule wants, each fault with its place and what to do.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

/// Something of a rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Where in the text, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: Option<String>,
}

impl Fault {
    pub(crate) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// A value of the file.
pub(crate) type Value<'a> = Spanned<DeValue<'a>>;

/// A table, its keys looked at one after the other.
pub(crate) fn table<'a>(value: &'a Value<'a>, what: &str) -> Result<&'a DeTable<'a>, Fault> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table),
        _ => Err(Fault::new(value.span(), format!("{what} is a table, such as {{ key = \"value\" }}"))),
    }
}

/// A key that is none of the known ones.
pub(crate) fn unknown(key: &Spanned<DeString<'_>>, what: &str, known: &[&str]) -> Fault {
    Fault::new(key.span(), format!("{what} has no key `{}`", key.get_ref())).help(format!("the keys are {}", known.join(", ")))
}

/// A text.
pub(crate) fn text<'a>(value: &'a Value<'a>, what: &str) -> Result<&'a str, Fault> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text),
        _ => Err(Fault::new(value.span(), format!("{what} is a text"))),
    }
}

/// A text, or a list of texts, of which there is at least one.
pub(crate) fn texts(value: &Value<'_>, what: &str) -> Result<Vec<String>, Fault> {
    let wrong = |span| Fault::new(span, format!("{what} is a text or a list of texts"));
    match value.get_ref() {
        DeValue::String(text) => Ok(vec![text.to_string()]),
        DeValue::Array(values) if values.is_empty() => {
            Err(wrong(value.span()).help("leave the key out, or write what it is to be"))
        }
        DeValue::Array(values) => values
            .iter()
            .map(|value| match value.get_ref() {
                DeValue::String(text) => Ok(text.to_string()),
                _ => Err(wrong(value.span())),
            })
            .collect(),
        _ => Err(wrong(value.span())),
    }
}

/// One of some words, or a list of them.
pub(crate) fn words(value: &Value<'_>, what: &str, known: &[&str]) -> Result<Vec<String>, Fault> {
    let found = texts(value, what)?;
    let lower: Vec<String> = found.iter().map(|word| word.to_ascii_lowercase()).collect();
    match lower.iter().find(|word| !known.contains(&word.as_str())) {
        None => Ok(lower),
        Some(word) => {
            Err(Fault::new(value.span(), format!("{what} cannot be `{word}`")).help(format!("it is one of {}", known.join(", "))))
        }
    }
}

/// True or false.
pub(crate) fn flag(value: &Value<'_>, what: &str) -> Result<bool, Fault> {
    match value.get_ref() {
        DeValue::Boolean(flag) => Ok(*flag),
        _ => Err(Fault::new(value.span(), format!("{what} is true or false"))),
    }
}

/// A whole number from 0.
pub(crate) fn number(value: &Value<'_>, what: &str) -> Result<u64, Fault> {
    let number = match value.get_ref() {
        DeValue::Integer(digits) => u64::from_str_radix(digits.as_str(), digits.radix()).ok(),
        _ => None,
    };
    number.ok_or_else(|| Fault::new(value.span(), format!("{what} is a whole number")))
}

/// The values of a list; a value that is no list is a list of one.
pub(crate) fn list<'a>(value: &'a Value<'a>) -> Vec<&'a Value<'a>> {
    match value.get_ref() {
        DeValue::Array(values) => values.iter().collect(),
        _ => vec![value],
    }
}
