//! The fields of a document, read one by one: what cannot be read becomes a fault with its line, and reading goes on.
//!
//! Must not know what any format means by a field.

use std::{cell::RefCell, ops::Range, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    Fault, duration,
    model::{Micros, Origin, Source},
};

/// The document being read: its file, where it begins there, and what was found wrong so far.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its file.
    pub(crate) source: Arc<Source>,
    /// The part of the file that is searched for keys and for the query; empty where that would take too long.
    pub(crate) part: Range<usize>,
    /// The line it begins in, from 1.
    line: usize,
    faults: RefCell<Vec<Fault>>,
}

impl Document {
    /// The document that is the whole file.
    pub(crate) fn whole(source: &Arc<Source>) -> Self {
        Self::part(source, 0..source.text.len(), 1)
    }

    /// The document that is a part of the file and begins in `line`.
    pub(crate) fn part(source: &Arc<Source>, part: Range<usize>, line: usize) -> Self {
        Self { source: Arc::clone(source), part, line, faults: RefCell::new(Vec::new()) }
    }

    /// Where a rule that is this document stands.
    pub(crate) fn origin(&self) -> Origin {
        Origin { source: Arc::clone(&self.source), line: self.line }
    }

    /// A fault that loses the rule, at the line of `key`.
    pub(crate) fn error(&self, key: &str, reason: impl Into<String>) {
        let fault = Fault::error(&self.source.path, self.line_of(key), reason);
        self.faults.borrow_mut().push(fault);
    }

    /// A fault that loses nothing but the field `key`.
    pub(crate) fn warning(&self, key: &str, reason: impl Into<String>) {
        let fault = Fault::warning(&self.source.path, self.line_of(key), reason);
        self.faults.borrow_mut().push(fault);
    }

    /// Whether the rule is lost.
    pub(crate) fn failed(&self) -> bool {
        self.faults.borrow().iter().any(Fault::is_error)
    }

    /// What was found wrong.
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }

    /// The first line of the document that begins with `key`, as YAML, TOML and laid out JSON write it; else the document's own.
    fn line_of(&self, key: &str) -> usize {
        let text = self.source.text.get(self.part.clone()).unwrap_or_default();
        let has_key = |line: &str| {
            let line = line.trim_start().trim_start_matches("- ").trim_start_matches("//").trim_start();
            let rest = line.strip_prefix('"').unwrap_or(line).strip_prefix(key);
            rest.is_some_and(|rest| rest.trim_start_matches(['"', ' ', ']']).starts_with([':', '=']) || rest == "]")
        };
        text.lines().position(has_key).map_or(self.line, |line| self.line + line)
    }
}

/// A mapping of the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    document: &'a Document,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The fields of a mapping.
    pub(crate) const fn new(document: &'a Document, map: &'a Map<String, Value>) -> Self {
        Self { document, map }
    }

    /// The document they belong to.
    pub(crate) const fn document(&self) -> &'a Document {
        self.document
    }

    /// The value as it is; `None` for null too.
    pub(crate) fn value(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// The whole mapping.
    pub(crate) const fn map(&self) -> &'a Map<String, Value> {
        self.map
    }

    /// A text; a number or a truth value as it would be written. Blank ones count as absent.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        let text = scalar(value);
        if text.is_none() {
            self.document.warning(key, format!("`{key}` should be a text and is {}", kind(value)));
        }
        text.filter(|text| !text.trim().is_empty())
    }

    /// A text, trimmed; empty when absent.
    pub(crate) fn text_or_empty(&self, key: &str) -> String {
        self.text(key).map(|text| text.trim().to_owned()).unwrap_or_default()
    }

    /// A text without which there is no rule.
    pub(crate) fn needed(&self, key: &str) -> String {
        let text = self.text_or_empty(key);
        if text.is_empty() {
            self.document.error(key, format!("the rule has no `{key}`"));
        }
        text
    }

    /// A list of texts; one text counts as a list of it. Nulls and blanks are left out.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let values = match self.value(key) {
            None => return Vec::new(),
            Some(Value::Array(values)) => values.as_slice(),
            Some(value) => std::slice::from_ref(value),
        };
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            match scalar(value) {
                Some(text) if !text.trim().is_empty() => texts.push(text.trim().to_owned()),
                None if !value.is_null() => {
                    self.document.warning(key, format!("`{key}` should be a list of texts and holds {}", kind(value)));
                }
                Some(_) | None => {}
            }
        }
        texts
    }

    /// A truth value; `true` in quotes counts.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        let flag = match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        if flag.is_none() {
            self.document.error(key, format!("`{key}` should be true or false and is {}", shown(value)));
        }
        flag
    }

    /// A whole number from 0 on.
    pub(crate) fn count(&self, key: &str) -> Option<u64> {
        let value = self.value(key)?;
        let count = match value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        if count.is_none() {
            self.document.error(key, format!("`{key}` should be a whole number from 0 on and is {}", shown(value)));
        }
        count
    }

    /// A number.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        let value = self.value(key)?;
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        if number.is_none() {
            self.document.warning(key, format!("`{key}` should be a number and is {}", shown(value)));
        }
        number
    }

    /// A length of time.
    pub(crate) fn duration(&self, key: &str) -> Option<Micros> {
        let value = self.value(key)?;
        let length = value.as_str().and_then(duration::parse);
        if length.is_none() {
            self.document
                .error(key, format!("`{key}` should be a length of time such as 5m, 1d or PT1H and is {}", shown(value)));
        }
        length
    }

    /// A moment before now, as the time from it to now.
    pub(crate) fn before_now(&self, key: &str) -> Option<Micros> {
        let value = self.value(key)?;
        let length = value.as_str().and_then(duration::before_now);
        if length.is_none() {
            let reason = "should be a moment before now such as now-30m (rounding, months and years have no fixed length)";
            self.document.error(key, format!("`{key}` {reason} and is {}", shown(value)));
        }
        length
    }

    /// One of the words that `parse` knows; another is a warning.
    pub(crate) fn word<T>(&self, key: &str, known: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key)?;
        let word = parse(&text);
        if word.is_none() {
            self.document.warning(key, format!("`{key}` should be one of {known} and is `{}`", text.trim()));
        }
        word
    }

    /// A mapping inside this one.
    pub(crate) fn part(&self, key: &str) -> Option<Self> {
        let value = self.value(key)?;
        if let Value::Object(map) = value {
            return Some(Self { document: self.document, map });
        }
        self.document.warning(key, format!("`{key}` should be a mapping and is {}", kind(value)));
        None
    }

    /// The mappings of a list; one mapping counts as a list of it.
    pub(crate) fn parts(&self, key: &str) -> Vec<Self> {
        let values = match self.value(key) {
            None => return Vec::new(),
            Some(Value::Array(values)) => values.as_slice(),
            Some(value) => std::slice::from_ref(value),
        };
        let mut parts = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Object(map) => parts.push(Self { document: self.document, map }),
                Value::Null => {}
                other => self.document.warning(key, format!("`{key}` should be a list of mappings and holds {}", kind(other))),
            }
        }
        parts
    }
}

/// A scalar as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// A value in a message: scalars as they are, and not too long.
fn shown(value: &Value) -> String {
    match scalar(value) {
        Some(text) if text.chars().count() <= 60 => format!("`{text}`"),
        Some(text) => format!("`{}…`", text.chars().take(60).collect::<String>()),
        None => kind(value).to_owned(),
    }
}
