//! Points without lines: `scatterchart`.

use std::collections::HashSet;

use crate::data::{Data, Tone, extent};
use crate::model::{Chart, Pile};

use super::frame::{Wish, frame};
use super::legend::{Key, colour};
use super::page::Page;
use super::tooltip;

/// Points drawn at most, roughly: beyond, points of one series that nearly hide each other become one.
const POINTS: f64 = 40_000.0;
/// Up to this many, points have tooltips.
const FEW: usize = 600;

/// Draws the chart.
pub(crate) fn draw(page: &mut Page, chart: &Chart, data: &Data) {
    let Some(extent) = extent(data, Pile::None, &[]) else { return };
    let last = data.axis.len().saturating_sub(1);
    let margin = (data.axis.at(last) - data.axis.at(0)) * 0.02;
    let frame = frame(page, chart, data, Wish { extent, zero: false, margin, key: Key::Dot });
    let count = data.values().count();
    let radius = if count > 2000 { 2.0 } else { 4.0 };
    let cell = (frame.plot.width * frame.plot.height * data.series.len() as f64 / POINTS).sqrt().max(1.0);
    for line in &data.series {
        let colour = colour(line);
        let mut taken = HashSet::new();
        for (row, value) in line.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let (x, y) = (frame.px(data.axis.at(row)), frame.py(value));
            let outside = y < frame.plot.y - 0.5 || y > frame.plot.bottom() + 0.5;
            if outside || !taken.insert(((x / cell) as i64, (y / cell) as i64)) {
                continue;
            }
            if count <= FEW && line.tone != Tone::Muted {
                page.dot((x, y), radius, &colour, &tooltip(data, &line.name, row, value));
            } else {
                page.mist((x, y), radius, &colour);
            }
        }
    }
}
