//! Keys and values read out of a text for `parse-kv`: the values of the wanted keys as a struct of texts.

use std::{borrow::Cow, str::CharIndices, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, StringViewBuilder, StructArray},
        datatypes::{DataType, Field, Fields},
    },
    common::Result,
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use regex::Regex;

/// How keys and values stand in a text.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    /// `key`, a delimiter, `value`, a delimiter.
    Delimited {
        pair: String,
        key: String,
        /// An unquoted value goes on to where the next key begins.
        greedy: bool,
    },
    /// A key and a value are runs of letters and digits; whatever else stands between them.
    Words,
    /// Two groups, for key and value.
    Regex(Regex),
}

/// What is read, and how.
#[derive(Debug, Clone)]
pub(crate) struct Pairs {
    pub(crate) keys: Vec<String>,
    pub(crate) form: Form,
    /// Opening and closing quotes.
    pub(crate) quotes: Vec<(char, char)>,
    pub(crate) escapes: Vec<char>,
}

/// The values of the keys: a struct `c0`, `c1` ... of texts, null where a key does not occur.
pub(crate) fn pairs(text: Expr, pairs: Pairs) -> Expr {
    super::call(ParseKv { pairs, signature: Signature::any(1, Volatility::Immutable) }, vec![text])
}

type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

impl Pairs {
    /// Calls `found` for each pair, in the order of the text, until it is false.
    fn each<'a>(&self, text: &'a str, mut found: impl FnMut(Pair<'a>) -> bool) {
        match &self.form {
            Form::Delimited { pair, key, greedy } => {
                let mut rest = text;
                while let Some((next, after)) = self.delimited(rest, pair, key, *greedy) {
                    if !next.is_none_or(&mut found) {
                        return;
                    }
                    rest = after;
                }
            }
            Form::Words => {
                let mut rest = text;
                while let Some((key, after)) = self.word(rest) {
                    rest = after;
                    if self.keys.iter().any(|wanted| *wanted == key) {
                        let Some((value, after)) = self.word(rest) else { return };
                        rest = after;
                        if !found((key, value)) {
                            return;
                        }
                    }
                }
            }
            Form::Regex(regex) => {
                for groups in regex.captures_iter(text) {
                    let group = |number| Cow::Borrowed(groups.get(number).map_or("", |group| group.as_str().trim()));
                    if !found((group(1), group(2))) {
                        return;
                    }
                }
            }
        }
    }

    /// The next pair and what follows it; the pair is missing where text stands between delimiters that is none.
    fn delimited<'a>(&self, text: &'a str, pair: &str, key: &str, greedy: bool) -> Option<(Option<Pair<'a>>, &'a str)> {
        let rest = skip(text, pair);
        if rest.is_empty() {
            return None;
        }
        let (name, rest) = if let Some((name, rest)) = self.quoted(rest) {
            match rest.trim_start().strip_prefix(key) {
                Some(rest) => (name, rest),
                None => return Some((None, past(rest, pair))),
            }
        } else {
            let (Some(at), end) = (rest.find(key), rest.find(pair).unwrap_or(rest.len())) else { return None };
            if end < at {
                return Some((None, &rest[end + pair.len()..]));
            }
            (Cow::Borrowed(rest[..at].trim()), &rest[at + key.len()..])
        };
        if rest.starts_with(pair) {
            return Some((Some((name, Cow::Borrowed(""))), rest));
        }
        let rest = spaces(rest, pair);
        if let Some((value, rest)) = self.quoted(rest) {
            return Some((Some((name, value)), past(rest, pair)));
        }
        let end = if greedy { next_key(rest, pair, key) } else { rest.find(pair) };
        let (value, rest) = rest.split_at(end.unwrap_or(rest.len()));
        Some((Some((name, Cow::Borrowed(value.trim()))), rest))
    }

    /// The next run of letters and digits, or quoted text, and what follows it.
    fn word<'a>(&self, text: &'a str) -> Option<(Cow<'a, str>, &'a str)> {
        let opens = |character: char| self.quotes.iter().any(|(open, _)| *open == character);
        let rest = &text[text.find(|character: char| character.is_alphanumeric() || opens(character))?..];
        self.quoted(rest).or_else(|| {
            let end = rest.find(|character: char| !character.is_alphanumeric()).unwrap_or(rest.len());
            Some((Cow::Borrowed(&rest[..end]), &rest[end..]))
        })
    }

    /// Quoted text at the start, without quotes and escapes, and what follows it. A quote that nothing closes takes the rest.
    fn quoted<'a>(&self, text: &'a str) -> Option<(Cow<'a, str>, &'a str)> {
        let mut characters = text.char_indices();
        let (_, first) = characters.next()?;
        let (_, close) = self.quotes.iter().find(|(open, _)| *open == first)?;
        let begin = characters.offset();
        match self.closing(characters.clone(), *close) {
            Some((end, false)) => Some((Cow::Borrowed(text[begin..end].trim()), &text[end + close.len_utf8()..])),
            Some((end, true)) => Some((Cow::Owned(self.unescaped(&text[begin..end], *close)), &text[end + close.len_utf8()..])),
            None => Some((Cow::Owned(self.unescaped(&text[begin..], *close)), "")),
        }
    }

    /// Where the closing quote stands, and whether there are escapes before it.
    fn closing(&self, mut characters: CharIndices, close: char) -> Option<(usize, bool)> {
        let mut escaped = false;
        while let Some((at, character)) = characters.next() {
            if self.escapes_at(character, close, characters.clone().next().map(|(_, next)| next)) {
                escaped = true;
                characters.next();
            } else if character == close {
                return Some((at, escaped));
            }
        }
        None
    }

    /// True for an escape character. A quote that escapes itself does so only before another.
    fn escapes_at(&self, character: char, close: char, next: Option<char>) -> bool {
        self.escapes.contains(&character) && (character != close || next == Some(close))
    }

    fn unescaped(&self, text: &str, close: char) -> String {
        let mut out = String::with_capacity(text.len());
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            if self.escapes_at(character, close, characters.clone().next()) {
                out.extend(characters.next());
            } else {
                out.push(character);
            }
        }
        out.trim().to_owned()
    }
}

/// The text from where a key may begin: behind delimiters and spaces.
fn skip<'a>(text: &'a str, pair: &str) -> &'a str {
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(pair) {
        rest = after.trim_start();
    }
    rest
}

/// The text behind spaces, up to a delimiter that is itself a space.
fn spaces<'a>(text: &'a str, pair: &str) -> &'a str {
    let mut rest = text;
    while !rest.starts_with(pair)
        && let Some(space) = rest.chars().next().filter(|character| character.is_whitespace())
    {
        rest = &rest[space.len_utf8()..];
    }
    rest
}

/// The text behind the next delimiter.
fn past<'a>(text: &'a str, pair: &str) -> &'a str {
    text.find(pair).map_or("", |at| &text[at + pair.len()..])
}

/// Where the delimiter before the next key stands.
fn next_key(text: &str, pair: &str, key: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find(key) {
        // The key is what stands between the last delimiter and this one, if anything does.
        let before = text[from..from + at].trim_end();
        if let Some(delimiter) = before.rfind(pair) {
            return Some(from + delimiter);
        }
        from += at + key.len();
    }
    None
}

#[derive(Debug)]
struct ParseKv {
    pairs: Pairs,
    signature: Signature,
}

/// What tells two calls apart; a regular expression by its text.
type Identity<'a> = (&'a [String], Option<(&'a str, &'a str, bool)>, Option<&'a str>, &'a [(char, char)], &'a [char]);

impl ParseKv {
    fn identity(&self) -> Identity<'_> {
        let Pairs { keys, form, quotes, escapes } = &self.pairs;
        let (delimiters, regex) = match form {
            Form::Delimited { pair, key, greedy } => (Some((pair.as_str(), key.as_str(), *greedy)), None),
            Form::Words => (None, None),
            Form::Regex(regex) => (None, Some(regex.as_str())),
        };
        (keys, delimiters, regex, quotes, escapes)
    }

    fn fields(&self) -> Fields {
        (0..self.pairs.keys.len()).map(|position| Field::new(format!("c{position}"), DataType::Utf8View, true)).collect()
    }
}

impl PartialEq for ParseKv {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for ParseKv {}

impl std::hash::Hash for ParseKv {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl ScalarUDFImpl for ParseKv {
    fn name(&self) -> &'static str {
        "parse_kv"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(self.fields()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(array) = arrays.first() else { return datafusion::common::exec_err!("parse-kv needs a text") };
        let texts = array.as_string_view();
        let keys = &self.pairs.keys;
        let mut columns: Vec<StringViewBuilder> = keys.iter().map(|_| StringViewBuilder::new()).collect();
        let mut values: Vec<Option<Cow<str>>> = vec![None; keys.len()];
        for row in 0..texts.len() {
            let mut missing = keys.len();
            if texts.is_valid(row) {
                self.pairs.each(texts.value(row), |(key, value)| {
                    // The first of a key counts. A key may be listed twice.
                    for (wanted, slot) in keys.iter().zip(&mut values) {
                        if *wanted == key && slot.is_none() {
                            *slot = Some(value.clone());
                            missing -= 1;
                        }
                    }
                    missing > 0
                });
            }
            for (column, value) in columns.iter_mut().zip(&mut values) {
                column.append_option(value.take());
            }
        }
        let columns: Vec<ArrayRef> = columns.iter_mut().map(|column| -> ArrayRef { Arc::new(column.finish()) }).collect();
        let structs = StructArray::try_new_with_length(self.fields(), columns, None, texts.len())?;
        Ok(ColumnarValue::Array(Arc::new(structs)))
    }
}
