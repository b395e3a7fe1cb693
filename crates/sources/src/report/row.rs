//! A row of a report being put together, and the id that is made of what it says.
//!
//! Must not know which kind of report it is. Start with [`Row`].

use std::borrow::Cow;

use schema::text::datetime;
use sha2::{Digest as _, Sha256};

use crate::field::{Field, Raw};
use crate::json;

/// The column that says which record of which report a row is.
const RECORD_ID: &str = "RecordId";
/// Bytes of the hash that are kept: by chance no two records ever share them.
const ID_BYTES: usize = 16;
/// Seconds since 1970 from which on a count is of milliseconds: later than the year 9999.
const MILLISECONDS_FROM: i64 = 253_402_300_800;

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    /// JSON without white space.
    Json(String),
    /// Microseconds from 1970.
    Moment(i64),
}

/// Columns with their values. Empty ones are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    values: Vec<(&'static str, Value)>,
}

impl Row {
    /// Text, or a number as it is written.
    pub(super) fn text(&mut self, column: &'static str, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.values.push((column, Value::Text(text.to_owned())));
        }
    }

    /// A value of a vocabulary, or the name of a domain: lower-case, as neither has case.
    pub(super) fn lower(&mut self, column: &'static str, text: &str) {
        self.text(column, &text.trim().to_lowercase());
    }

    /// A domain: lower-case, without the dot of the root.
    pub(super) fn domain(&mut self, column: &'static str, text: &str) {
        self.lower(column, domain(text));
    }

    /// JSON without white space; empty arrays and objects are no value.
    pub(super) fn json(&mut self, column: &'static str, json: String) {
        if !matches!(json.as_str(), "" | "[]" | "{}" | "null") {
            self.values.push((column, Value::Json(json)));
        }
    }

    /// A list of texts.
    pub(super) fn list<'t>(&mut self, column: &'static str, texts: impl IntoIterator<Item = &'t str>) {
        let mut out = String::from("[");
        for text in texts {
            if out.len() > 1 {
                out.push(',');
            }
            json::quote(text, &mut out);
        }
        out.push(']');
        self.json(column, out);
    }

    pub(super) fn moment(&mut self, column: &'static str, micros: Option<i64>) {
        self.values.extend(micros.map(|micros| (column, Value::Moment(micros))));
    }

    /// Adds what another row says.
    pub(super) fn extend(&mut self, other: &Row) {
        self.values.extend(other.values.iter().cloned());
    }

    /// Ends the row with its id. `number` tells records of one report apart that say the same.
    pub(super) fn identified(mut self, number: u64) -> Self {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(&number.to_le_bytes());
        for (column, value) in &self.values {
            part(column.as_bytes());
            match value {
                Value::Text(text) | Value::Json(text) => part(text.as_bytes()),
                Value::Moment(micros) => part(&micros.to_le_bytes()),
            }
        }
        let id: String = hash.finalize().iter().take(ID_BYTES).map(|byte| format!("{byte:02x}")).collect();
        self.values.push((RECORD_ID, Value::Text(id)));
        self
    }

    /// The row as the assembler takes it.
    pub(super) fn fields(&self) -> Vec<Field<'_>> {
        let mut fields = Vec::with_capacity(self.values.len());
        for (column, value) in &self.values {
            let value = match value {
                Value::Text(text) => Raw::Text(text),
                Value::Json(json) => Raw::Nested { json, compact: true },
                Value::Moment(micros) => Raw::Moment(*micros),
            };
            fields.push(Field { key: Cow::Borrowed(*column), value });
        }
        fields
    }
}

/// A domain without white space and the dot of the root.
pub(super) fn domain(text: &str) -> &str {
    let text = text.trim();
    text.strip_suffix('.').unwrap_or(text)
}

/// A moment of a report in microseconds from 1970: seconds since then (RFC 9990, `date_range`), as some write it milliseconds or
/// with a fraction, or a date as people write it.
pub(super) fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = text.split('.').next().unwrap_or_default();
    if !whole.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let count: i64 = whole.parse().ok()?;
        let micros = count.checked_mul(if count < MILLISECONDS_FROM { 1_000_000 } else { 1_000 })?;
        return datetime::from_unix_micros(micros).map(|_| micros);
    }
    datetime::parse(text).map(datetime::to_unix_micros)
}

#[cfg(test)]
mod tests {
    use super::{Row, moment};

    fn row(text: &str, number: u64) -> Row {
        let mut row = Row::default();
        row.text("Subject", text);
        row.identified(number)
    }

    #[test]
    fn the_id_is_of_what_is_said_and_of_the_place() {
        assert_eq!(row("a", 1), row(" a ", 1));
        assert_ne!(row("a", 1), row("a", 2));
        assert_ne!(row("a", 1), row("b", 1));
    }

    #[test]
    fn moments_are_read_in_the_forms_that_reporters_use() {
        let day = Some(1_764_000_000_000_000);
        for text in
            ["1764000000", " 1764000000\n", "1764000000.0", "1764000000000", "2025-11-24T16:00:00Z", "2025-11-24 16:00:00"]
        {
            assert_eq!(moment(text), day, "{text}");
        }
        for text in ["", ".", "soon", "99999999999999999999", "999999999999999999"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
