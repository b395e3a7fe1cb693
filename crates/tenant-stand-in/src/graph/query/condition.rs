//! What `where` asks of a row.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::word::Word;
use super::{compare, moment};
use crate::clock::shifted;
use crate::tenant::Object;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    Or(Vec<Self>),
    And(Vec<Self>),
    /// A column, an operator, what it is held against.
    Is(String, &'static str, Vec<Value>),
}

/// Operators with their values on the right.
const OPERATORS: [&str; 20] = [
    "==",
    "!=",
    "=~",
    "!~",
    ">=",
    "<=",
    ">",
    "<",
    "has",
    "!has",
    "contains",
    "!contains",
    "startswith",
    "endswith",
    "in",
    "in~",
    "!in",
    "has_any",
    "between",
    "!between",
];

impl Condition {
    /// Reads all of the words.
    pub(super) fn read(words: &[Word], now: DateTime<Utc>) -> Result<Self, String> {
        let mut reader = Reader { words, now };
        let read = reader.alternatives()?;
        if reader.words.is_empty() { Ok(read) } else { Err(format!("Syntax error at {:?}", reader.words.first())) }
    }

    /// The columns it looks at.
    pub(super) fn columns(&self) -> Vec<&str> {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().flat_map(Self::columns).collect(),
            Self::Is(column, _, _) => vec![column],
        }
    }

    /// True when a row is as it asks.
    pub(super) fn holds(&self, row: &Object) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.holds(row)),
            Self::And(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Is(column, operator, values) => is(row.get(column).unwrap_or(&Value::Null), operator, values),
        }
    }
}

fn is(found: &Value, operator: &str, values: &[Value]) -> bool {
    if let Some(positive) = operator.strip_prefix('!').filter(|positive| !["=", "~"].contains(positive)) {
        return !is(found, positive, values);
    }
    let any = |test: &dyn Fn(&Value) -> bool| values.iter().any(test);
    let folded = |value: &Value| value.as_str().map(str::to_lowercase).unwrap_or_default();
    let order = |value: &Value| if found.is_null() { None } else { compare(found, value) };
    match operator {
        "==" | "in" => any(&|value| order(value) == Some(Ordering::Equal)),
        "!=" => !any(&|value| order(value) == Some(Ordering::Equal)),
        "=~" | "in~" => any(&|value| folded(found) == folded(value)),
        "!~" => !any(&|value| folded(found) == folded(value)),
        ">" => any(&|value| order(value) == Some(Ordering::Greater)),
        "<" => any(&|value| order(value) == Some(Ordering::Less)),
        ">=" => any(&|value| order(value).is_some_and(Ordering::is_ge)),
        "<=" => any(&|value| order(value).is_some_and(Ordering::is_le)),
        "contains" | "has" | "has_any" => any(&|value| folded(found).contains(&folded(value))),
        "startswith" => any(&|value| folded(found).starts_with(&folded(value))),
        "endswith" => any(&|value| folded(found).ends_with(&folded(value))),
        "between" => match values {
            [least, most] => order(least).is_some_and(Ordering::is_ge) && order(most).is_some_and(Ordering::is_le),
            _ => false,
        },
        _ => false,
    }
}

struct Reader<'a> {
    words: &'a [Word],
    now: DateTime<Utc>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<&Word> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn takes(&mut self, word: &Word) -> bool {
        let is_next = self.words.first() == Some(word);
        if is_next {
            self.next();
        }
        is_next
    }

    fn needs(&mut self, sign: &'static str) -> Result<(), String> {
        if self.takes(&Word::Sign(sign)) { Ok(()) } else { Err(format!("Syntax error: '{sign}' was expected")) }
    }

    fn alternatives(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.together()?];
        while self.takes(&Word::Name("or".to_owned())) {
            parts.push(self.together()?);
        }
        Ok(Condition::Or(parts))
    }

    fn together(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.one()?];
        while self.takes(&Word::Name("and".to_owned())) {
            parts.push(self.one()?);
        }
        Ok(Condition::And(parts))
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.takes(&Word::Sign("(")) {
            let inner = self.alternatives()?;
            self.needs(")")?;
            return Ok(inner);
        }
        let Some(Word::Name(column)) = self.next().cloned() else { return Err("the name of a column was expected".to_owned()) };
        let operator = match self.next() {
            Some(Word::Sign(sign)) => OPERATORS.iter().find(|known| *known == sign),
            Some(Word::Name(name)) => OPERATORS.iter().find(|known| *known == name),
            _ => None,
        };
        let operator = *operator.ok_or_else(|| format!("an operator was expected after '{column}'"))?;
        let values = match operator {
            "in" | "in~" | "!in" | "has_any" => self.list(",")?,
            "between" | "!between" => self.list("..")?,
            _ => vec![self.value()?],
        };
        Ok(Condition::Is(column, operator, values))
    }

    fn list(&mut self, between: &'static str) -> Result<Vec<Value>, String> {
        self.needs("(")?;
        let mut values = vec![self.value()?];
        while self.takes(&Word::Sign(between)) {
            values.push(self.value()?);
        }
        self.needs(")")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<Value, String> {
        let now = self.now;
        let written = |moment: DateTime<Utc>| Value::from(moment.to_rfc3339());
        match self.next().cloned() {
            Some(Word::Text(text)) => Ok(Value::from(text)),
            Some(Word::Moment(text)) => moment(&text).map(written).ok_or_else(|| format!("'{text}' is no datetime")),
            Some(Word::Number(number)) => number.parse::<f64>().map(Value::from).map_err(|_| format!("'{number}' is no number")),
            Some(Word::Sign("-")) => match self.next() {
                Some(Word::Number(number)) => {
                    number.parse::<f64>().map(|number| Value::from(-number)).map_err(|error| error.to_string())
                }
                _ => Err("a number was expected".to_owned()),
            },
            Some(Word::Name(name)) if name == "true" || name == "false" => Ok(Value::from(name == "true")),
            Some(Word::Name(name)) if name == "now" => {
                self.needs("(")?;
                self.needs(")")?;
                Ok(written(now))
            }
            Some(Word::Name(name)) if name == "ago" => {
                self.needs("(")?;
                let Some(Word::Number(length)) = self.next().cloned() else {
                    return Err("a length of time was expected".to_owned());
                };
                self.needs(")")?;
                timespan(&length)
                    .map(|length| written(shifted(now, -length)))
                    .ok_or_else(|| format!("'{length}' is no length of time"))
            }
            _ => Err("a value was expected".to_owned()),
        }
    }
}

/// `30m`, `12h`, `7d`.
fn timespan(written: &str) -> Option<TimeDelta> {
    let digits = written.trim_end_matches(char::is_alphabetic);
    let number: i64 = digits.parse().ok()?;
    match written.strip_prefix(digits)? {
        "s" => TimeDelta::try_seconds(number),
        "m" | "min" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        _ => None,
    }
}
