//! One member of a record before its column's type is known.

use std::borrow::Cow;

use schema::text::datetime;

/// A column's name and value as they stand in the input.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    /// The column as the input writes it.
    pub(crate) key: Cow<'a, str>,
    /// The value.
    pub(crate) value: Raw<'a>,
}

/// A value as it stands in the input; the JSON forms are valid JSON.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Raw<'a> {
    /// JSON null, or nothing at all.
    Null,
    /// JSON true or false.
    Bool(bool),
    /// A JSON number's text.
    Number(&'a str),
    /// A JSON string without escapes.
    Text(&'a str),
    /// The body of a JSON string that has escapes.
    Escaped(&'a str),
    /// A JSON array or object.
    Nested {
        /// Its text.
        json: &'a str,
        /// True when it is known to have no white space between tokens.
        compact: bool,
    },
    /// A field of a CSV file or a Parquet value as text: not empty, and of whatever type its column is.
    Cell(&'a str),
    /// A whole number of a Parquet file.
    Integer(i64),
    /// A floating point number of a Parquet file.
    Real(f64),
    /// A moment of a Parquet file, in microseconds from the Unix epoch.
    Moment(i64),
}

impl<'a> Raw<'a> {
    /// The text of a string without escapes, which is what table names and categories are.
    pub(crate) fn plain_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Cell(text) => Some(text),
            _ => None,
        }
    }

    /// The value as a person would quote it in a message.
    pub(crate) fn shown(self) -> String {
        const SHOWN: usize = 80;
        let text = match self {
            Self::Null => "null",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(text) | Self::Nested { json: text, .. } => text,
            Self::Integer(value) => return value.to_string(),
            Self::Real(value) => return value.to_string(),
            Self::Moment(micros) => return moment_text(micros),
            Self::Text(text) | Self::Escaped(text) | Self::Cell(text) => return format!("\"{}\"", capped(text, SHOWN)),
        };
        capped(text, SHOWN)
    }
}

/// `text` cut to at most `limit` bytes at a character boundary, with `...` where something was cut off.
pub(crate) fn capped(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let cut = text.get(..text.floor_char_boundary(limit)).unwrap_or_default();
    format!("{cut}...")
}

/// A moment as Kusto writes it, or the bare count where it lies outside Kusto's years.
pub(crate) fn moment_text(micros: i64) -> String {
    let mut text = String::new();
    match datetime::from_unix_micros(micros) {
        Some(ticks) => datetime::write(ticks, &mut text),
        None => text = format!("{micros} microseconds from 1970"),
    }
    text
}
