//! One cell of a table: as a case file writes it, and as it compares.
//!
//! A cell compares by a key: reals to 12 significant digits, dynamic values as JSON whatever the order of their members, all
//! else by the text Kusto prints.

use std::fmt::Write as _;

use arrow::array::Array;
use engine::value;
use schema::{Type, text};
use serde_json::Value;

/// A cell; two are equal when their keys are.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// As a case file writes it.
    pub(crate) shown: String,
    /// What it compares by; `None` is null.
    pub(crate) key: Option<String>,
}

impl Cell {
    /// Reads a cell of a case file; the error says what to write.
    pub(crate) fn read(written: &str, ty: Type) -> Result<Self, String> {
        let key = match (written, ty) {
            ("null", Type::String) => {
                return Err("a string is never null: write \"null\" in quotes, or leave the cell empty".to_owned());
            }
            ("null", _) => None,
            ("", Type::String) => Some(String::new()),
            ("", _) => return Err(format!("an empty cell is an empty string, and this column is {ty}: write null or a value")),
            (quoted, Type::String) if quoted.starts_with('"') => {
                let text = serde_json::from_str(quoted).map_err(|_| {
                    format!("{quoted} begins with a quote and is no JSON string: write \"...\" with \\\" and \\\\ inside")
                })?;
                Some(text)
            }
            (bare, Type::String) => Some(bare.to_owned()),
            (json, Type::Dynamic) => {
                let value: Value = serde_json::from_str(json).map_err(|error| format!("{json} is no JSON: {error}"))?;
                json_key(&value)
            }
            (value, ty) => Some(scalar_key(value, ty).ok_or_else(|| format!("{value} is no {ty}"))?),
        };
        Ok(Self { shown: written.to_owned(), key })
    }

    /// A cell of a result.
    pub(crate) fn of(array: &dyn Array, ty: Type, row: usize) -> Self {
        let mut written = String::new();
        match ty {
            Type::Dynamic => value::write_json(array, ty, row, &mut written),
            _ => value::write_text(array, ty, row, &mut written),
        }
        let null = array.is_null(row);
        match ty {
            Type::String => Self { shown: shown_text(&written), key: Some(written) },
            _ if null => Self { shown: "null".to_owned(), key: None },
            Type::Dynamic => {
                let key = serde_json::from_str(&written).map_or_else(|_| Some(format!("not JSON: {written}")), |v| json_key(&v));
                Self { shown: written, key }
            }
            ty => Self { key: scalar_key(&written, ty).or_else(|| Some(written.clone())), shown: written },
        }
    }

    /// A cell that differs from this one.
    pub(crate) fn altered(&self) -> Self {
        Self {
            shown: format!("{} (altered)", self.shown),
            key: Some(format!("{}\u{1}", self.key.as_deref().unwrap_or_default())),
        }
    }
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// A text as a cell: quoted where it would read as something else.
fn shown_text(text: &str) -> String {
    let ambiguous = text == "null"
        || text.starts_with('"')
        || text.trim() != text
        || text.contains(|c: char| c.is_control() || c == '|' || c == '\u{feff}');
    if ambiguous { Value::String(text.to_owned()).to_string() } else { text.to_owned() }
}

/// The one form of a scalar that all its spellings share; `None` when the text is no value of the type.
fn scalar_key(written: &str, ty: Type) -> Option<String> {
    let mut key = String::new();
    match ty {
        Type::Bool => text::bool::write(text::bool::parse(written)?, &mut key),
        Type::Int => text::int::write(text::int::parse(written)?, &mut key),
        Type::Long => text::long::write(text::long::parse(written)?, &mut key),
        Type::Real => return Some(real_key(text::real::parse(written)?)),
        Type::Decimal => text::decimal::write(text::decimal::parse(written)?, &mut key),
        Type::Datetime => text::datetime::write(text::datetime::parse(written)?, &mut key),
        Type::Timespan => text::timespan::write(text::timespan::parse(written)?, &mut key),
        Type::Guid => return text::guid::parse(written),
        Type::String | Type::Dynamic => return Some(written.to_owned()),
    }
    Some(key)
}

/// Twelve significant digits: what two ways to compute the same number agree on.
fn real_key(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.is_finite() { format!("{value:.11e}") } else { value.to_string() }
}

fn json_key(value: &Value) -> Option<String> {
    let mut key = String::new();
    write_json_key(value, &mut key);
    (!value.is_null()).then_some(key)
}

fn write_json_key(value: &Value, key: &mut String) {
    match value {
        Value::Array(items) => {
            key.push('[');
            for item in items {
                write_json_key(item, key);
                key.push(',');
            }
            key.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            key.push('{');
            for (name, member) in sorted {
                // Writing to a String cannot fail.
                let _ = write!(key, "{name:?}:");
                write_json_key(member, key);
                key.push(',');
            }
            key.push('}');
        }
        Value::Number(number) if !number.is_i64() => key.push_str(&real_key(number.as_f64().unwrap_or(f64::NAN))),
        Value::Number(number) => match number.as_i64() {
            // 1 and 1.0 are one number, as long as a real holds it exactly.
            Some(whole) if whole.unsigned_abs() < 1 << 40 => key.push_str(&real_key(whole as f64)),
            _ => key.push_str(&number.to_string()),
        },
        other => key.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use schema::Type;

    use super::{Cell, shown_text};

    fn same(a: &str, b: &str, ty: Type) -> Result<bool, String> {
        Ok(Cell::read(a, ty)? == Cell::read(b, ty)?)
    }

    #[test]
    fn spellings_of_one_value_are_equal() -> Result<(), String> {
        assert!(same("2026-01-01", "2026-01-01T00:00:00.0000000Z", Type::Datetime)?);
        assert!(same("1.0", "1", Type::Real)?);
        assert!(same("0.30000000000000004", "0.3", Type::Real)?);
        assert!(same(r#"{"b": [1.0], "a": null}"#, r#"{"a":null,"b":[1]}"#, Type::Dynamic)?);
        assert!(same("abc", "\"abc\"", Type::String)?);
        assert!(same("", "\"\"", Type::String)?);
        Ok(())
    }

    #[test]
    fn values_that_differ_are_not() -> Result<(), String> {
        assert!(!same("0.3001", "0.3", Type::Real)?);
        assert!(!same("[1,2]", "[2,1]", Type::Dynamic)?);
        assert!(!same("null", "0", Type::Long)?);
        assert!(!same("\"null\"", "", Type::String)?);
        assert!(!same("1", "\"1\"", Type::Dynamic)?);
        assert!(!same("9007199254740993", "9007199254740992", Type::Dynamic)?);
        Ok(())
    }

    #[test]
    fn what_is_no_value_says_what_to_write() {
        assert!(Cell::read("null", Type::String).is_err_and(|message| message.contains("\"null\" in quotes")));
        assert!(Cell::read("", Type::Long).is_err_and(|message| message.contains("write null or a value")));
        assert!(Cell::read("1x", Type::Long).is_err_and(|message| message == "1x is no long"));
        assert!(Cell::read("{a}", Type::Dynamic).is_err_and(|message| message.starts_with("{a} is no JSON")));
    }

    #[test]
    fn ambiguous_texts_are_quoted_and_read_back() -> Result<(), String> {
        for text in ["null", " x", "a|b", "\"q\"", "a\nb", "", "plain", "a \\ b"] {
            assert_eq!(Cell::read(&shown_text(text), Type::String)?.key.as_deref(), Some(text));
        }
        Ok(())
    }
}
