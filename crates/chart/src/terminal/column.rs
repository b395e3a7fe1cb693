//! Vertical columns: `columnchart`. Where there is no room for columns side by side, times become lines and names bars.

use crate::data::{Axis, Data, extent, piled};
use crate::model::{Chart, Pile};
use crate::scale::Scale;

use super::frame::{Key, Wish, fill, framed, row_of};
use super::grid::Grid;
use super::screen::{Ink, Row};
use super::{Terminal, bar, line};

/// Lower blocks of one to eight eighths.
const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How cells of a column are filled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pen {
    /// The full block, or what stands for it without colours.
    pub block: char,
    /// The colour.
    pub ink: Ink,
    /// Whether nothing stands on top of it, so that its last cell may be filled in part.
    pub top: bool,
}

/// Draws the chart.
pub(crate) fn draw(chart: &Chart, mut data: Data, terminal: Terminal) -> Vec<Row> {
    let pile = chart.pile();
    let names = matches!(data.axis, Axis::Category(_));
    // The labels of the values take up to ten cells.
    let room = terminal.width.saturating_sub(10).max(1);
    if names {
        data.keep_first(room, "columns");
    }
    let Some(extent) = extent(&data, pile, &piled(&data, pile)) else { return Vec::new() };
    let (wanted, _) = slots(&data);
    let beside = if pile == Pile::None { data.series.len() } else { 1 };
    if beside > 1 && (room as f64) < wanted * (beside as f64 + 1.0) {
        return if names { bar::draw(chart, data, terminal) } else { line::draw(chart, &data, terminal, line::Shape::Lines) };
    }
    data.keep_largest(room, "cell");
    let piles = piled(&data, pile);
    // Few columns far from each other may still need more slots than there are cells.
    let (slots, gap) = slots(&data);
    let slots = if slots > room as f64 { 1 } else { slots as usize };
    let wish = Wish { extent, zero: true, margin: gap / 2.0, key: Key::Fill, slots };
    framed(chart, &data, terminal, wish, |grid, scales| {
        let band = if slots > 1 || data.axis.len() == 1 { grid.width / slots } else { 1 };
        // Bands of two and more cells have free cells between them.
        let width = if band < 2 { 1 } else { (band * 4 / 5).clamp(1, band - 1) };
        let part = (width / beside).clamp(1, 12);
        for row in 0..data.axis.len() {
            let middle = scales.x.share(data.axis.at(row)) * grid.width as f64;
            let left = (middle - (part * beside) as f64 / 2.0).round().max(0.0) as usize;
            let shown =
                |index: &usize| data.series.get(*index).is_some_and(|line| line.values.get(row).copied().flatten().is_some());
            let ends = |index: usize| piles.get(index).and_then(|pile| pile.get(row)).copied().unwrap_or_default();
            let top = (0..piles.len()).rev().find(|index| shown(index) && ends(*index).1 > ends(*index).0);
            for (index, line) in data.series.iter().enumerate().filter(|(index, _)| shown(index)) {
                let block = if data.series.len() > 1 { fill(index, terminal) } else { '█' };
                let pen = Pen { block, ink: Ink::of(line), top: pile == Pile::None || top == Some(index) };
                let left = if beside > 1 { left + index * part } else { left };
                for x in left..left + part {
                    column(grid, &scales.y, x.min(grid.width - 1), ends(index), pen);
                }
            }
        }
    })
}

/// How many columns would stand side by side without a hole, and how far they are from each other.
fn slots(data: &Data) -> (f64, f64) {
    let last = data.axis.len().saturating_sub(1);
    match (&data.axis, data.axis.least_gap()) {
        (Axis::Category(names), _) => (names.len() as f64, 1.0),
        (_, Some(gap)) => (((data.axis.at(last) - data.axis.at(0)) / gap).round() + 1.0, gap),
        (_, None) => (1.0, 1.0),
    }
}

/// Fills a column of cells from one value to another. The highest cell of a pile is filled in eighths; within a pile
/// whole cells decide, because a cell has one colour. The same holds where there are values below zero.
pub(crate) fn column(grid: &mut Grid, scale: &Scale, x: usize, (from, to): (f64, f64), pen: Pen) {
    let Pen { block, ink, top } = pen;
    let eighths = |value: f64| scale.share(value).clamp(0.0, 1.0) * (grid.height * 8) as f64;
    let (base, end) = (eighths(from.max(scale.low)), eighths(to));
    if end < base || scale.low < 0.0 {
        let (upper, lower) = (row_of(scale, from.max(to), grid.height), row_of(scale, from.min(to), grid.height));
        if from != to {
            (upper..=lower).for_each(|y| grid.mark(x, y, block, ink));
        }
        return;
    }
    let first = (base / 8.0).round() as usize;
    let full = if top { (end / 8.0).floor() } else { (end / 8.0).round() } as usize;
    for up in first..full.min(grid.height) {
        grid.mark(x, grid.height - 1 - up, block, ink);
    }
    let rest = (end - full as f64 * 8.0).round() as usize;
    let rest = if rest == 0 && full == 0 && to > from { 1 } else { rest };
    if top && rest > 0 && full >= first && full < grid.height {
        grid.mark(x, grid.height - 1 - full, EIGHTHS[rest.min(8) - 1], ink);
    }
}
