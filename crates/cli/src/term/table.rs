//! Rows as a table for reading; as records, a column a line, where a table would be too wide.

use arrow::array::Array as _;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use engine::{Results, value};
use schema::Type;
use unicode_width::UnicodeWidthStr as _;

use crate::failure::Failure;

/// Cells longer than this are cut: a table is for reading, other formats for the whole.
const CELL: usize = 120;

/// At most `limit` rows of a result.
pub(crate) fn table(results: &Results, limit: usize) -> Result<String, Failure> {
    let total = results.rows();
    let rows = cells(results, limit);
    let shown: Vec<usize> = (0..results.columns.len()).filter(|&column| total == 0 || rows.iter().any(|row| !row[column].is_empty())).collect();
    let (width, _) = super::size();
    let widths = shown.iter().map(|&column| {
        let longest = rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
        longest.max(results.columns[column].name.width()).min(48) + 3
    });
    let mut out = if total > 0 && widths.sum::<usize>() > width.max(60) * 2 { records(results, &rows, &shown) } else { grid(results, &rows, &shown, width) };
    out.push_str(&summary(results, total, rows.len(), shown.len()));
    Ok(out)
}

fn summary(results: &Results, total: usize, rows: usize, columns: usize) -> String {
    let mut line = match total {
        1 => "1 row".to_owned(),
        many => format!("{many} rows"),
    };
    if rows < total {
        line.push_str(&format!(", the first {rows} shown (--rows N shows more)"));
    }
    let empty = results.columns.len() - columns;
    if empty > 0 {
        line.push_str(&format!("; {empty} empty column{} not shown", if empty == 1 { "" } else { "s" }));
    }
    line.push('\n');
    line
}

fn cells(results: &Results, limit: usize) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            if rows.len() == limit {
                return rows;
            }
            let cells = results.columns.iter().zip(batch.columns()).map(|(column, array)| {
                let mut text = String::new();
                if !array.is_null(row) {
                    value::write_text(array, column.ty, row, &mut text);
                }
                plain(&text)
            });
            rows.push(cells.collect());
        }
    }
    rows
}

/// A text that can do nothing to a terminal: control characters drawn, long ones cut.
fn plain(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(CELL)
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c) => '\u{fffd}',
            c => c,
        })
        .collect();
    if text.chars().nth(CELL).is_some() {
        out.push('…');
    }
    out
}

fn grid(results: &Results, rows: &[Vec<String>], shown: &[usize], width: usize) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(shown.iter().map(|&column| results.columns[column].name.as_str()));
    for row in rows {
        table.add_row(shown.iter().map(|&column| {
            let number = matches!(results.columns[column].ty, Type::Int | Type::Long | Type::Real | Type::Decimal);
            Cell::new(&row[column]).set_alignment(if number { CellAlignment::Right } else { CellAlignment::Left })
        }));
    }
    format!("{table}\n")
}

fn records(results: &Results, rows: &[Vec<String>], shown: &[usize]) -> String {
    let name = shown.iter().map(|&column| results.columns[column].name.width()).max().unwrap_or(0);
    let mut out = String::new();
    for (number, row) in rows.iter().enumerate() {
        out.push_str(&format!("── row {} ──\n", number + 1));
        for &column in shown.iter().filter(|&&column| !row[column].is_empty()) {
            out.push_str(&format!("{:name$}  {}\n", results.columns[column].name, row[column]));
        }
    }
    out
}
