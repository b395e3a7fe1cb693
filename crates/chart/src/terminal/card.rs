//! Single values: `card`, a line each.

use crate::cards::cards;
use crate::model::Chart;
use crate::text::{cells, elide_cells, plain};

use super::screen::{Ink, Row};
use super::{Terminal, empty, title};

/// Draws the chart.
pub(crate) fn draw(chart: &Chart, terminal: Terminal) -> Vec<Row> {
    let mut rows: Vec<Row> = title(chart, terminal).filter(|_| terminal.height > 1).into_iter().collect();
    let cards = cards(chart, terminal.height.saturating_sub(rows.len()));
    if cards.is_empty() {
        return empty(chart, terminal);
    }
    let exact = cards.iter().all(|card| cells(&card.exact) <= terminal.width);
    let value = |card: &crate::cards::Card| elide_cells(if exact { &card.exact } else { &card.short }, terminal.width);
    let widest = cards.iter().map(|card| cells(&value(card))).max().unwrap_or(0);
    for card in &cards {
        let value = value(card);
        let mut row = Row::default();
        row.pad(widest.saturating_sub(cells(&value)));
        row.push(&value, Ink::Bold);
        row.push("  ", Ink::Plain);
        row.push(&elide_cells(&plain(&card.name), terminal.width.saturating_sub(widest + 2)), Ink::Plain);
        rows.push(row);
    }
    rows
}
