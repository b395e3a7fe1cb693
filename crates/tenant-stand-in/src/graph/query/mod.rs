//! A small part of the query language: a table and `where`, `sort`, `take`, `top`, `project`, `count`, `distinct` after it.
//!
//! It shares nothing with the program's own engine, so that a query which the engine alone would take is noticed.
//! Start with [`run`].

mod condition;
mod word;

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde_json::Value;

use self::condition::Condition;
use self::word::{Word, words};
use crate::tenant::Object;

/// Rows with the names and types of their columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Table {
    pub(super) columns: Vec<(String, String)>,
    pub(super) rows: Vec<Object>,
}

impl Table {
    fn has(&self, column: &str) -> Result<(), String> {
        if self.columns.iter().any(|(name, _)| name == column) {
            return Ok(());
        }
        Err(format!("Failed to resolve scalar expression named '{column}'"))
    }

    fn keep(&mut self, wanted: &[String]) {
        let columns = std::mem::take(&mut self.columns);
        self.columns = wanted.iter().filter_map(|name| columns.iter().find(|(known, _)| known == name).cloned()).collect();
        for row in &mut self.rows {
            row.retain(|name, _| wanted.contains(name));
        }
    }
}

/// Runs a query over tables that are found by their name.
pub(super) fn run(text: &str, now: DateTime<Utc>, find: impl FnOnce(&str) -> Option<Table>) -> Result<Table, String> {
    let words = words(text)?;
    let mut stages = words.split(|word| *word == Word::Sign("|"));
    let name = match stages.next() {
        Some([Word::Name(name)]) => name,
        _ => return Err("Syntax error: the query must begin with the name of a table.".to_owned()),
    };
    let mut table = find(name).ok_or_else(|| format!("Failed to resolve table or column expression named '{name}'"))?;
    for stage in stages {
        let Some((Word::Name(operator), rest)) = stage.split_first() else {
            return Err("Syntax error: an operator was expected after '|'.".to_owned());
        };
        apply(&mut table, operator, rest, now).map_err(|error| format!("'{operator}' operator: {error}"))?;
    }
    Ok(table)
}

fn apply(table: &mut Table, operator: &str, rest: &[Word], now: DateTime<Utc>) -> Result<(), String> {
    match operator {
        "where" | "filter" => {
            let condition = Condition::read(rest, now)?;
            condition.columns().into_iter().try_for_each(|column| table.has(column))?;
            table.rows.retain(|row| condition.holds(row));
        }
        "take" | "limit" => table.rows.truncate(count(rest)?),
        "sort" | "order" => match rest {
            [Word::Name(by), keys @ ..] if by == "by" => sort(table, keys)?,
            _ => return Err("'by' was expected".to_owned()),
        },
        "top" => match rest {
            [number, Word::Name(by), keys @ ..] if by == "by" => {
                sort(table, keys)?;
                table.rows.truncate(count(std::slice::from_ref(number))?);
            }
            _ => return Err("a number and 'by' were expected".to_owned()),
        },
        "project" | "project-keep" => {
            let wanted = names(table, rest)?;
            table.keep(&wanted);
        }
        "project-away" => {
            let unwanted = names(table, rest)?;
            let wanted: Vec<String> =
                table.columns.iter().map(|(name, _)| name.clone()).filter(|name| !unwanted.contains(name)).collect();
            table.keep(&wanted);
        }
        "distinct" => {
            let wanted = names(table, rest)?;
            table.keep(&wanted);
            let mut seen = std::collections::BTreeSet::new();
            table.rows.retain(|row| seen.insert(Value::Object(row.clone()).to_string()));
        }
        "count" if rest.is_empty() => {
            let number = table.rows.len();
            *table = Table {
                columns: vec![("Count".to_owned(), "Int64".to_owned())],
                rows: vec![std::iter::once(("Count".to_owned(), Value::from(number))).collect()],
            };
        }
        other => return Err(format!("the stand-in does not know '{other}'")),
    }
    Ok(())
}

fn count(words: &[Word]) -> Result<usize, String> {
    match words {
        [Word::Number(number)] => number.parse().map_err(|_| format!("'{number}' is no count")),
        _ => Err("a number was expected".to_owned()),
    }
}

fn names(table: &Table, words: &[Word]) -> Result<Vec<String>, String> {
    words
        .split(|word| *word == Word::Sign(","))
        .map(|part| match part {
            [Word::Name(name)] => table.has(name).map(|()| name.clone()),
            _ => Err("names of columns were expected".to_owned()),
        })
        .collect()
}

fn sort(table: &mut Table, words: &[Word]) -> Result<(), String> {
    let mut keys = Vec::new();
    for part in words.split(|word| *word == Word::Sign(",")) {
        let (Some(Word::Name(name)), rest) = (part.first(), part.get(1..).unwrap_or_default()) else {
            return Err("the name of a column was expected".to_owned());
        };
        table.has(name)?;
        let is_up = match rest.first() {
            None => false,
            Some(Word::Name(direction)) if direction == "asc" => true,
            Some(Word::Name(direction)) if direction == "desc" => false,
            Some(_) => return Err("'asc' or 'desc' was expected".to_owned()),
        };
        keys.push((name.clone(), is_up));
    }
    table.rows.sort_by(|one, other| {
        let of = |key: &(String, bool)| {
            let order = compare(one.get(&key.0).unwrap_or(&Value::Null), other.get(&key.0).unwrap_or(&Value::Null));
            let order = order.unwrap_or(Ordering::Equal);
            if key.1 { order } else { order.reverse() }
        };
        keys.iter().map(of).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    Ok(())
}

/// Which of two values is greater: moments by time, numbers by value, other texts by their characters.
fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    if let (Some(one), Some(other)) = (one.as_str().and_then(moment), other.as_str().and_then(moment)) {
        return Some(one.cmp(&other));
    }
    match (one, other) {
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) => Some(Ordering::Less),
        (_, Value::Null) => Some(Ordering::Greater),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// A date, or a moment by RFC 3339, with or without a zone.
pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(found) = DateTime::parse_from_rfc3339(text) {
        return Some(found.with_timezone(&Utc));
    }
    let bare = text.trim_end_matches('Z').replace(' ', "T");
    let with_time = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"];
    let found = with_time.iter().find_map(|form| chrono::NaiveDateTime::parse_from_str(&bare, form).ok());
    let day = || chrono::NaiveDate::parse_from_str(&bare, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    found.or_else(day).map(|found| found.and_utc())
}

#[cfg(test)]
mod tests;
