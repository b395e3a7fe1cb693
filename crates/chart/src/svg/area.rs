//! Areas one on top of the other: `stackedareachart`, and `areachart` with `kind=stacked` or `stacked100`.

use crate::data::{Data, extent, piled};
use crate::model::Chart;
use crate::palette;
use crate::sample::thin;

use super::frame::{Wish, frame};
use super::legend::{Key, colour};
use super::page::{Page, path};

/// Rows that all series together may have: bounds the size of the document.
const COLUMNS: usize = 20_000;

/// Draws the chart.
pub(crate) fn draw(page: &mut Page, chart: &Chart, data: &Data) {
    let piles = piled(data, chart.pile());
    let Some(extent) = extent(data, chart.pile(), &piles) else { return };
    let frame = frame(page, chart, data, Wish { extent, zero: true, margin: 0.0, key: Key::Area });
    let columns = (COLUMNS / data.series.len().max(1)).clamp(20, frame.plot.width.max(20.0) as usize);
    // All series keep the same rows, those where the top of the pile turns, so that no area cuts into its neighbour.
    let top = piles.last().map(Vec::as_slice).unwrap_or_default();
    let places: Vec<(f64, Option<f64>)> =
        top.iter().enumerate().map(|(at, (_, end))| (frame.x.share(data.axis.at(at)), Some(*end))).collect();
    let rows = thin(&places, columns);
    if frame.cut {
        page.begin_clip(frame.plot);
    }
    for (line, pile) in data.series.iter().zip(&piles) {
        let point = |row: &usize, value: f64| (frame.px(data.axis.at(*row)), frame.py(value));
        let ends = |row: &usize| pile.get(*row).copied().unwrap_or_default();
        let upper: Vec<(f64, f64)> = match rows.as_slice() {
            // A single row has no width; it is drawn as wide as the axis so that it can be seen.
            [row] => vec![(frame.plot.x, frame.py(ends(row).1)), (frame.plot.right(), frame.py(ends(row).1))],
            rows => rows.iter().map(|row| point(row, ends(row).1)).collect(),
        };
        let lower: Vec<(f64, f64)> = match rows.as_slice() {
            [row] => vec![(frame.plot.right(), frame.py(ends(row).0)), (frame.plot.x, frame.py(ends(row).0))],
            rows => rows.iter().rev().map(|row| point(row, ends(row).0)).collect(),
        };
        let outline = path(upper.iter().copied().chain(lower));
        page.fill(&format!("{outline}Z"), &colour(line), 0.85, &line.name);
        page.stroke(&path(upper), palette::PAPER, 0.8, None);
    }
    if frame.cut {
        page.end_clip();
    }
}
