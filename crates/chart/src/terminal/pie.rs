//! Shares of a whole: `piechart`, as bars with percentages, because a circle of characters cannot be read.

use crate::data::Data;
use crate::model::Chart;
use crate::slices::{Slices, slices};
use crate::text::{elide_cells, plain};

use super::screen::{Ink, Row};
use super::{Terminal, bar, empty, title};

/// Draws the chart.
pub(crate) fn draw(chart: &Chart, data: &Data, terminal: Terminal) -> Vec<Row> {
    let mut rows: Vec<Row> = title(chart, terminal).into_iter().collect();
    let Slices { slices, total, notes } = slices(data, terminal.height.saturating_sub(rows.len() + 1).clamp(2, 11));
    if slices.is_empty() {
        return empty(chart, terminal);
    }
    let part = |(index, slice): (usize, &crate::slices::Slice)| {
        (plain(&slice.name), slice.value, if slice.other { Ink::Grey } else { Ink::Series(index) })
    };
    let parts: Vec<_> = slices.iter().enumerate().map(part).collect();
    rows.extend(bar::shares(&parts, total, terminal));
    if !notes.is_empty() {
        rows.push(Row::of(elide_cells(&notes.join("; "), terminal.width), Ink::Dim));
    }
    rows
}
