//! Rows of a query as a table of a page.

use std::fmt;

use desk::Sheet;
use maud::{Markup, html};
use serde_json::Value;

use super::{Column, Narrow, Row, Table, json, number};

/// How rows are shown.
pub struct Rows<'a> {
    /// The table's key, unique in the page.
    pub key: &'static str,
    /// What it holds, in words.
    pub caption: String,
    /// The rows.
    pub sheet: &'a Sheet,
    /// The most rows that are shown.
    pub most: usize,
    /// Words for names of columns; a column without stands under its own name.
    pub names: &'a [(&'a str, &'a str)],
    /// Columns that are left out until a reader asks for them.
    pub hidden: &'a [&'a str],
    /// Where a value leads, by its column.
    pub link: &'a (dyn Fn(&str, &Value) -> Option<String> + Sync),
}

impl fmt::Debug for Rows<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Rows").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Rows<'_> {
    /// The table.
    #[must_use]
    pub fn render(&self) -> Markup {
        let column = |column: &desk::Column| {
            let words = self.names.iter().find(|(name, _)| *name == column.name).map_or(column.name.as_str(), |(_, words)| words);
            let made = if is_number(&column.ty) { Column::number(&column.name, words) } else { Column::new(&column.name, words) };
            if self.hidden.contains(&column.name.as_str()) { made.hidden() } else { made }
        };
        let row = |row: &Vec<Value>| {
            let cells = self.sheet.columns.iter().zip(row).map(|(column, value)| {
                let shown = shown(&column.ty, value);
                match (self.link)(&column.name, value) {
                    Some(address) => html! { a href=(address) { (shown) } },
                    None => shown,
                }
            });
            Row::new(cells.collect())
        };
        let table = Table {
            key: self.key,
            caption: self.caption.clone(),
            columns: self.sheet.columns.iter().map(column).collect(),
            rows: self.sheet.rows.iter().take(self.most).map(row).collect(),
            narrow: Narrow::Scroll,
            choice: true,
            sortable: true,
            ..Table::default()
        };
        let more = self.sheet.total.max(self.sheet.rows.len() as u64).saturating_sub(self.most as u64);
        html! {
            (table.render())
            @if more > 0 { p.soft { (number(more)) " rows more: ask for less at a time, or run the query under Hunt." } }
        }
    }
}

fn is_number(ty: &str) -> bool {
    matches!(ty, "int" | "long" | "real" | "decimal")
}

/// A value by its type: counts with commas, times to the second.
fn shown(ty: &str, value: &Value) -> Markup {
    match (ty, value) {
        ("long" | "int", Value::Number(count)) if count.as_u64().is_some() => {
            html! { span.value { (number(count.as_u64().unwrap_or_default())) } }
        }
        ("datetime", Value::String(text)) if is_moment(text) => {
            html! { time.moment datetime=(text) title=(text) { (text.get(..19).unwrap_or(text).replacen('T', " ", 1)) } }
        }
        _ => json(value),
    }
}

/// Whether a text has the form of a time in UTC, as results write it.
fn is_moment(text: &str) -> bool {
    text.len() >= 20 && text.ends_with('Z') && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.TZ".contains(&byte))
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    #[test]
    fn values_are_shown_by_their_types() {
        assert!(shown("long", &value!(1_204_331)).into_string().contains("1,204,331"));
        assert!(shown("datetime", &value!("2026-11-20T12:00:00.0000000Z")).into_string().contains(">2026-11-20 12:00:00<"));
        assert!(shown("datetime", &value!("<script>")).into_string().contains("&lt;script&gt;"));
        assert!(shown("string", &Value::Null).into_string().contains("null"));
    }

    #[test]
    fn what_is_left_out_is_told() {
        let sheet = Sheet {
            columns: vec![desk::Column { name: "Sender".to_owned(), ty: "string".to_owned() }],
            rows: vec![vec![value!("a")], vec![value!("b")]],
            ..Sheet::default()
        };
        let rows = Rows {
            key: "senders",
            caption: "Senders".to_owned(),
            sheet: &sheet,
            most: 1,
            names: &[("Sender", "Who sends")],
            hidden: &[],
            link: &|_, value| Some(format!("/x/{}", value.as_str()?)),
        };
        let text = rows.render().into_string();
        assert!(text.contains("Who sends") && text.contains("href=\"/x/a\"") && text.contains("1 rows more"), "{text}");
    }
}
