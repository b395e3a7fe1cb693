//! Tables: columns, types and rows.

use std::fmt::Write as _;

use crate::case::Rows;

/// A failure shows at most this many rows of each kind.
const SHOWN: usize = 20;
/// Columns wider than this are not padded to their widest cell.
const WIDEST: usize = 40;

/// The differences; rows count in any order unless `ordered`.
pub(super) fn compare(expected: &Rows, found: &Rows, ordered: bool) -> Option<String> {
    if expected.columns != found.columns {
        let columns = format!("the columns differ:\n- {}\n+ {}", header(expected), header(found));
        return Some(format!("{columns}\nfound:\n{}", write_table(found)));
    }
    let mut missing: Vec<usize> = Vec::new();
    let mut surplus: Vec<usize> = (0..found.rows.len()).collect();
    for (at, row) in expected.rows.iter().enumerate() {
        match surplus.iter().position(|candidate| found.rows[*candidate] == *row) {
            Some(position) => drop(surplus.remove(position)),
            None => missing.push(at),
        }
    }
    if missing.is_empty() && surplus.is_empty() {
        if !ordered || expected.rows == found.rows {
            return None;
        }
        return Some(format!("the rows are right and their order is not; found:\n{}", write_table(found)));
    }
    let mut text = format!(
        "the rows differ (- expected, + found); {} expected, {} found:\n  {}",
        expected.rows.len(),
        found.rows.len(),
        header(expected)
    );
    append(&mut text, '-', expected, &missing);
    append(&mut text, '+', found, &surplus);
    Some(text)
}

fn append(text: &mut String, sign: char, rows: &Rows, which: &[usize]) {
    for at in which.iter().take(SHOWN) {
        let cells: Vec<String> = rows.rows[*at].iter().map(|cell| escaped(&cell.shown)).collect();
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{sign} | {} |", cells.join(" | "));
    }
    if which.len() > SHOWN {
        let _ = write!(text, "\n{sign} and {} more", which.len() - SHOWN);
    }
}

fn header(rows: &Rows) -> String {
    let cells: Vec<String> = rows.columns.iter().map(|(name, ty)| escaped(&format!("{name}:{ty}"))).collect();
    format!("| {} |", cells.join(" | "))
}

/// A pipe inside a cell would end it.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|")
}

/// The table as a case file has it, its columns aligned.
pub(crate) fn write_table(rows: &Rows) -> String {
    let mut lines: Vec<Vec<String>> = vec![rows.columns.iter().map(|(name, ty)| escaped(&format!("{name}:{ty}"))).collect()];
    lines.extend(rows.rows.iter().map(|row| row.iter().map(|cell| escaped(&cell.shown)).collect()));
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count());
        cells.filter(|width| *width <= WIDEST).max().unwrap_or(0).max(3)
    };
    let widths: Vec<usize> = (0..rows.columns.len()).map(width).collect();
    let mut text = Vec::with_capacity(lines.len() + 1);
    for (number, line) in lines.iter().enumerate() {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push(format!("| {} |", cells.join(" | ")));
        if number == 0 {
            let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            text.push(format!("| {} |", dashes.join(" | ")));
        }
    }
    text.join("\n")
}
