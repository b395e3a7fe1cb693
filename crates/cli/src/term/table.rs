//! Rows for reading: a grid where it fits, else records. Start with [`table`].

use engine::Results;
use schema::Type;
use unicode_width::UnicodeWidthStr as _;

use super::{
    Column, Screen, cells, count, grid,
    layout::{Layout, Need, layout},
    records::records,
};

/// Characters of a text that a grid shows at most: it is for reading, other formats for the whole.
const CELL: usize = 120;
/// Characters of a text that a record shows at most.
const FIELD: usize = 4000;

/// At most `limit` rows of a result, and a line that counts them; ends with a newline.
pub(crate) fn table(results: &Results, limit: usize, screen: Screen) -> String {
    let total = results.rows();
    if total == 0 {
        return "0 rows\n".to_owned();
    }
    let names: Vec<String> = results.columns.iter().map(|column| cells::harmless(&column.name, CELL)).collect();
    let rows = cells::rows(results, limit, CELL);
    let needs: Vec<Need> =
        names.iter().enumerate().map(|(place, name)| need(name, rows.iter().map(|row| row[place].as_str()))).collect();
    let (mut out, shown) = match layout(&needs, screen.width) {
        Layout::Grid(places) => {
            let columns: Vec<Column> = places
                .iter()
                .map(|&(place, width)| Column {
                    name: names[place].clone(),
                    right: matches!(results.columns[place].ty, Type::Int | Type::Long | Type::Real | Type::Decimal),
                    width: (width < needs[place].whole).then_some(width),
                })
                .collect();
            let columns = if columns.iter().any(|column| column.width.is_some()) { fixed(columns, &places) } else { columns };
            let shown = rows.iter().map(|row| places.iter().map(|&(place, _)| row[place].clone()).collect());
            (grid(&columns, shown), places.len())
        }
        Layout::Records(places) => (records(&names, &cells::rows(results, limit, FIELD), &places, screen.width), places.len()),
    };
    out.push_str(&summary(total, rows.len(), names.len() - shown));
    out
}

/// Every column at its width, for where one of them is wrapped.
fn fixed(columns: Vec<Column>, places: &[(usize, usize)]) -> Vec<Column> {
    columns.into_iter().zip(places).map(|(column, &(_, width))| Column { width: Some(width), ..column }).collect()
}

fn need<'a>(name: &str, texts: impl Iterator<Item = &'a str>) -> Need {
    let mut need = Need { whole: name.width(), word: name.width(), filled: false };
    for text in texts {
        need.whole = need.whole.max(text.width());
        need.word = text.split(' ').map(|word| word.width()).max().unwrap_or(0).max(need.word);
        need.filled |= !text.is_empty();
    }
    need
}

fn summary(total: usize, rows: usize, hidden: usize) -> String {
    let mut line = count(total as u64, "row");
    if rows < total {
        line.push_str(&format!(", the first {rows} shown (--rows N shows more)"));
    }
    if hidden > 0 {
        line.push_str(&format!("; {} not shown", count(hidden as u64, "empty column")));
    }
    line.push('\n');
    line
}
