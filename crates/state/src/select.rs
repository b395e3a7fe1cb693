//! A statement put together of conditions, with numbered parameters, which both databases take.

use sqlx::{Any, AnyPool, AssertSqlSafe, any::AnyRow, query::Query};

/// A parameter.
#[derive(Debug, Clone)]
enum Bound {
    Text(String),
    Number(i64),
}

/// A `SELECT` that grows. Only its own words and placeholders are in its text: values are bound.
#[derive(Debug)]
pub(crate) struct Select {
    text: String,
    bound: Vec<Bound>,
}

impl Select {
    /// Every row of a table, so far.
    pub(crate) fn all_of(table: &'static str) -> Self {
        Self { text: format!("SELECT * FROM {table} WHERE 1 = 1"), bound: Vec::new() }
    }

    /// What these words select, so far: they end where a condition begins.
    pub(crate) fn of(words: &'static str) -> Self {
        Self { text: words.to_owned(), bound: Vec::new() }
    }

    fn place(&mut self, value: Bound) {
        self.bound.push(value);
        self.text.push_str(&format!("${}", self.bound.len()));
    }

    /// Only rows whose column is one of the values; no values: all.
    pub(crate) fn one_of(&mut self, column: &'static str, values: &[String]) {
        for (position, value) in values.iter().enumerate() {
            self.text.push_str(if position == 0 { " AND " } else { ", " });
            if position == 0 {
                self.text.push_str(column);
                self.text.push_str(" IN (");
            }
            self.place(Bound::Text(value.clone()));
        }
        if !values.is_empty() {
            self.text.push(')');
        }
    }

    /// Only rows for which the condition, written around one value, holds: `before VALUE after`.
    pub(crate) fn text(&mut self, before: &'static str, value: Option<&str>, after: &'static str) {
        if let Some(value) = value {
            self.text.push_str(before);
            self.place(Bound::Text(value.to_owned()));
            self.text.push_str(after);
        }
    }

    /// A value that is always there, between words.
    pub(crate) fn value(&mut self, before: &'static str, value: String, after: &'static str) {
        self.text.push_str(before);
        self.place(Bound::Text(value));
        self.text.push_str(after);
    }

    /// As [`Select::text`], for a number.
    pub(crate) fn number(&mut self, before: &'static str, value: Option<i64>) {
        if let Some(value) = value {
            self.text.push_str(before);
            self.place(Bound::Number(value));
        }
    }

    /// More words.
    pub(crate) fn then(&mut self, words: &'static str) {
        self.text.push_str(words);
    }

    /// The rows.
    pub(crate) async fn rows(self, pool: &AnyPool) -> Result<Vec<AnyRow>, sqlx::Error> {
        let mut query: Query<'_, Any, _> = sqlx::query(AssertSqlSafe(self.text));
        for value in self.bound {
            query = match value {
                Bound::Text(text) => query.bind(text),
                Bound::Number(number) => query.bind(number),
            };
        }
        query.fetch_all(pool).await
    }
}
