//! Rows of the engine as those of a page.

use ::desk::{Column, Fault, Problem, Sheet};
use diag::{Diagnostic, Position, Severity};
use engine::{QueryError, Results, codes, value};
use serde_json::Value;

use crate::chart_of;

/// Bytes of a cell that are brought: more than anybody reads, and little enough for a page of thousands.
const CELL: usize = 64 << 10;

/// Rows and chart of a result that holds all there is, or the first of it: then `total` says of how many, where that is known.
pub(super) fn sheet(results: &Results, whole: bool, total: Option<u64>, title: &str) -> Sheet {
    let mut cut = !whole;
    let mut text = String::new();
    let mut rows = Vec::with_capacity(results.rows());
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            let cells = results.columns.iter().zip(batch.columns());
            rows.push(
                cells
                    .map(|(column, array)| {
                        text.clear();
                        value::write_json(array, column.ty, row, &mut text);
                        cell(&text, &mut cut)
                    })
                    .collect(),
            );
        }
    }
    let (chart, chart_fault) = charted(results, title);
    Sheet {
        columns: columns(&results.columns),
        total: total.unwrap_or(rows.len() as u64),
        rows,
        cut,
        visualization: results.visualization.as_ref().map(engine::Visualization::to_json),
        chart,
        chart_fault,
    }
}

/// Columns as a page has them.
pub(super) fn columns(columns: &[engine::Column]) -> Vec<Column> {
    columns.iter().map(|column| Column { name: column.name.clone(), ty: column.ty.name().to_owned() }).collect()
}

/// A value as it is written in JSON; what is too long becomes the text of its beginning.
fn cell(written: &str, cut: &mut bool) -> Value {
    let long = written.len() > CELL;
    // What a `dynamic` cell holds that is no JSON is a text.
    match serde_json::from_str(written) {
        Ok(Value::String(text)) if long => shortened(&text, cut),
        Ok(_) | Err(_) if long => shortened(written, cut),
        Ok(value) => value,
        Err(_) => Value::String(written.to_owned()),
    }
}

fn shortened(text: &str, cut: &mut bool) -> Value {
    if text.len() <= CELL {
        return Value::String(text.to_owned());
    }
    *cut = true;
    let mut end = CELL;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let begin = text.get(..end).unwrap_or_default();
    Value::String(format!("{begin}…"))
}

/// The chart that a result asks for, or why there is none.
fn charted(results: &Results, title: &str) -> (Option<chart::Chart>, Option<String>) {
    let Some(asked) = &results.visualization else { return (None, None) };
    if asked.kind == "table" {
        return (None, None);
    }
    match chart_of::chart(results, title) {
        Some(chart) => (Some(chart), None),
        None if results.rows() == 0 => (None, Some("there are no rows to draw".to_owned())),
        None => (None, Some(format!("`{}` finds nothing to draw in these columns", asked.kind))),
    }
}

/// A finding about a text, with its place.
pub(super) fn problem(found: &Diagnostic, text: &str) -> Problem {
    let place = Position::of(text, found.span.start);
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Problem {
        code: found.code.to_owned(),
        severity: match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
        .to_owned(),
        message: found.message.clone(),
        help: found.help.clone().unwrap_or_default(),
        start: found.span.start,
        end: found.span.end,
        line: number(place.line),
        column: number(place.column),
    }
}

/// Why a query of somebody failed, in words for them: limits are those of the configuration, and not of a command line.
pub(super) fn fault(error: &QueryError, text: &str) -> Fault {
    match error {
        QueryError::Query(found) if found.iter().any(|found| found.code == codes::UNREADABLE_TABLE) => {
            Fault::Unavailable { reason: error.to_string() }
        }
        QueryError::Query(found) => match found.first() {
            Some(first) => Fault::Input(Box::new(problem(first, text))),
            None => Fault::input(error.to_string()),
        },
        QueryError::Execution(reason) => Fault::Input(Box::new(Problem {
            code: error.code().to_owned(),
            severity: "error".to_owned(),
            message: reason.clone(),
            ..Problem::default()
        })),
        QueryError::Memory { limit_mb } => Fault::Limit {
            reason: format!(
                "the query needs more than the {limit_mb} MB of memory that queries of pages share (half of `memory-limit` of the \
                 configuration): narrow the time range, or summarize"
            ),
        },
        QueryError::Timeout { seconds } => Fault::Limit {
            reason: format!(
                "the query ran longer than {seconds} s, the limit for pages (`timeout` of the configuration): narrow the time range"
            ),
        },
        QueryError::Storage(_) => Fault::Unavailable { reason: error.to_string() },
        QueryError::Internal(_) => Fault::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{CELL, cell};

    #[test]
    fn a_value_is_what_it_is() {
        let mut cut = false;
        assert_eq!(cell("{\"a\":[1,2]}", &mut cut), json!({"a": [1, 2]}));
        assert_eq!(cell("not json", &mut cut), json!("not json"));
        assert!(!cut);
    }

    #[test]
    fn a_long_value_is_its_beginning() {
        let long = "é".repeat(CELL);
        for written in [format!("\"{long}\""), format!("[\"{long}\"]")] {
            let mut cut = false;
            let Value::String(text) = cell(&written, &mut cut) else { panic!("a text") };
            assert!(cut && text.len() <= CELL + '…'.len_utf8() && text.ends_with('…'));
        }
    }
}
