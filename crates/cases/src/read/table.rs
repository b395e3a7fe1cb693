//! The table a query must give: `name:type` in the header cells, a value in each other.

use schema::Type;

use crate::{
    case::{BadCase, Rows},
    cell::Cell,
};

/// Reads the lines of a table whose first one stands at `line`.
pub(super) fn read(lines: &[&str], line: usize) -> Result<Rows, BadCase> {
    let header = cells(lines.first().copied().unwrap_or_default());
    let columns = header.iter().map(|cell| column(cell)).collect::<Result<Vec<_>, String>>();
    let columns = columns.map_err(|message| BadCase::new(line, message))?;
    let rule = lines.get(1).is_some_and(|line| line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')));
    if !rule {
        return Err(BadCase::new(line + 1, "below the header stands a line of dashes: | --- | --- |"));
    }
    let mut rows = Vec::new();
    for (number, text) in (line + 2..).zip(lines.iter().skip(2)) {
        let cells = cells(text);
        if cells.len() != columns.len() {
            let message =
                format!("this row has {} cells, the header {}; a pipe inside a cell is written \\|", cells.len(), columns.len());
            return Err(BadCase::new(number, message));
        }
        let row = cells.iter().zip(&columns).map(|(cell, (name, ty))| {
            Cell::read(cell, *ty).map_err(|message| BadCase::new(number, format!("column `{name}`: {message}")))
        });
        rows.push(row.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(Rows { columns, rows })
}

fn column(cell: &str) -> Result<(String, Type), String> {
    let (name, ty) =
        cell.rsplit_once(':').ok_or_else(|| format!("`{cell}`: a header cell is `name:type`, such as `Sender:string`"))?;
    let known = || Type::ALL.map(Type::name).join(", ");
    let ty = Type::from_name(ty.trim()).ok_or_else(|| format!("`{cell}`: there is no type `{ty}`; there are {}", known()))?;
    Ok((name.trim().to_owned(), ty))
}

/// The cells of a row. `\|` is a pipe everywhere, `|` is one inside quotes.
fn cells(line: &str) -> Vec<String> {
    let inner = line.trim();
    let inner = inner.strip_prefix('|').unwrap_or(inner);
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => {
                chars.next();
                cell.push('|');
            }
            '\\' if quoted => {
                cell.push(c);
                cell.extend(chars.next());
            }
            '"' if quoted || cell.trim().is_empty() => {
                quoted = !quoted;
                cell.push(c);
            }
            '|' if !quoted => {
                cells.push(std::mem::take(&mut cell).trim().to_owned());
            }
            _ => cell.push(c),
        }
    }
    let last = cell.trim();
    if !last.is_empty() {
        cells.push(last.to_owned());
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn cells_end_at_pipes_that_are_neither_quoted_nor_escaped() {
        assert_eq!(cells("| a | b |"), ["a", "b"]);
        assert_eq!(cells("|  | b |"), ["", "b"]);
        assert_eq!(cells("| a \\| b | \"c|d\" | e\"f |"), ["a | b", "\"c|d\"", "e\"f"]);
        assert_eq!(cells("| [\"x\\|y\"] |"), ["[\"x|y\"]"]);
        assert_eq!(cells(r#"| "a\"|" | b |"#), [r#""a\"|""#, "b"]);
    }
}
