//! Rows that raised an alert, with the cells the rule decides by marked. One row is read downwards, several across.

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde_json::{Map, Value};

use crate::component::{self, Column, Narrow, Row, Table};

/// Columns of a table of evidence; a document has hundreds, and what decides stands first.
const COLUMNS: usize = 80;

/// A row, as an alert keeps it.
pub(crate) type Hit = Map<String, Value>;

/// The rows, with what is marked: `deciding` are names of columns.
pub(crate) fn evidence(rows: &[Hit], deciding: &[String]) -> Markup {
    let decides = |name: &str| deciding.iter().any(|known| known == name);
    let names = names(rows, &decides);
    match rows {
        [] => component::empty("No rows are kept.", html! { "The hunt behind it shows what there is." }),
        [one] => downwards(one, &names, &decides),
        many => across(many, &names, &decides),
    }
}

/// The columns: those that decide first, then the others in their order; what is empty in every row is left out.
fn names<'a>(rows: &'a [Hit], decides: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let mut found: Vec<&str> = Vec::new();
    for (name, value) in rows.iter().flatten() {
        if !is_empty(value) && seen.insert(name) {
            found.push(name);
        }
    }
    found.sort_by_key(|name| !decides(name));
    found.truncate(COLUMNS);
    found
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn marked(value: &Value, decides: bool) -> Markup {
    let cell = component::json(value);
    html! { @if decides { div.hits { (cell) span.sr-only { " (decides)" } } } @else { (cell) } }
}

fn downwards(row: &Hit, names: &[&str], decides: &dyn Fn(&str) -> bool) -> Markup {
    html! {
        dl.facts.evidence {
            @for name in names {
                div { dt dir="auto" { (name) } dd { (marked(row.get(*name).unwrap_or(&Value::Null), decides(name))) } }
            }
        }
    }
}

fn across(rows: &[Hit], names: &[&str], decides: &dyn Fn(&str) -> bool) -> Markup {
    let row =
        |hit: &Hit| Row::new(names.iter().map(|name| marked(hit.get(*name).unwrap_or(&Value::Null), decides(name))).collect());
    let table = Table {
        key: "evidence",
        caption: "Rows that raised it".to_owned(),
        columns: names.iter().map(|name| Column::new(*name, *name)).collect(),
        rows: rows.iter().map(row).collect(),
        narrow: Narrow::Scroll,
        choice: true,
        sortable: true,
        ..Table::default()
    };
    table.render()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hit(value: Value) -> Hit {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_decides_stands_first_and_is_marked() {
        let row = hit(json!({"A": 1, "Empty": "", "None": null, "DMARC": "<b>fail</b>"}));
        let shown = evidence(&[row], &["DMARC".to_owned()]).into_string();
        assert!(shown.find("DMARC") < shown.find(">A<"), "{shown}");
        assert!(shown.contains("<div class=\"hits\">") && shown.contains("&lt;b&gt;fail"), "{shown}");
        assert!(!shown.contains("Empty") && !shown.contains("None"), "{shown}");
    }

    #[test]
    fn several_rows_are_a_table_of_bounded_width() {
        let wide: Hit = (0..500).map(|place| (format!("c{place}"), json!(place))).collect();
        let shown = evidence(&[wide.clone(), wide], &["c499".to_owned()]).into_string();
        assert!(shown.contains("data-column=\"c499\"") && !shown.contains("data-column=\"c200\""));
        assert_eq!(shown.matches("<td ").count(), 2 * COLUMNS);
    }
}
