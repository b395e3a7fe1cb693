//! Areas one on top of the other: `stackedareachart`, and `areachart` with `kind=stacked` or `stacked100`.

use crate::data::{Data, extent, piled};
use crate::model::Chart;

use super::Terminal;
use super::column::{Pen, column};
use super::frame::{Key, Wish, fill, framed};
use super::screen::{Ink, Row};

/// Draws the chart: each column of cells shows the pile at its place between two x values.
pub(crate) fn draw(chart: &Chart, data: &Data, terminal: Terminal) -> Vec<Row> {
    let piles = piled(data, chart.pile());
    let Some(extent) = extent(data, chart.pile(), &piles) else { return Vec::new() };
    let wish = Wish { extent, zero: true, margin: 0.0, key: Key::Fill, slots: 1 };
    framed(chart, data, terminal, wish, |grid, scales| {
        let places: Vec<f64> = (0..data.axis.len()).map(|at| scales.x.share(data.axis.at(at))).collect();
        for x in 0..grid.width {
            let place = x as f64 / (grid.width - 1).max(1) as f64;
            let after = places.partition_point(|other| *other < place).min(places.len().saturating_sub(1));
            let before = after.saturating_sub(1);
            let at = |row: usize| places.get(row).copied().unwrap_or(0.0);
            let part =
                if at(after) > at(before) { ((place - at(before)) / (at(after) - at(before))).clamp(0.0, 1.0) } else { 1.0 };
            let mixed = |pile: &Vec<(f64, f64)>| {
                let ends = |row: usize| pile.get(row).copied().unwrap_or_default();
                let between = |one: f64, other: f64| one * (1.0 - part) + other * part;
                (between(ends(before).0, ends(after).0), between(ends(before).1, ends(after).1))
            };
            let ends: Vec<(f64, f64)> = piles.iter().map(mixed).collect();
            let top = ends.iter().rposition(|(from, to)| to > from);
            for (index, (line, ends)) in data.series.iter().zip(&ends).enumerate() {
                let pen = Pen { block: fill(index, terminal), ink: Ink::of(line), top: top == Some(index) };
                column(grid, &scales.y, x, *ends, pen);
            }
        }
    })
}
