//! Vertical columns, side by side or one on top of the other: `columnchart`.

use crate::data::{Axis, Data, extent, piled};
use crate::model::{Chart, Pile};
use crate::scale::number::short;
use crate::text::pixels;

use super::frame::{Frame, Wish, frame};
use super::legend::{Key, colour};
use super::page::{Anchor, Page, Rect, VALUE};
use super::tooltip;

/// Names that can be told apart along an axis, even if not all of them are written.
const NAMES: usize = 400;
/// Columns up to this number are shapes of their own with a tooltip.
const SINGLE_SHAPES: usize = 600;

/// Draws the chart.
pub(crate) fn draw(page: &mut Page, chart: &Chart, mut data: Data) {
    if matches!(data.axis, Axis::Category(_)) {
        data.keep_first(NAMES.min(page.width as usize / 3), "columns");
    }
    let dense = data.keep_largest(page.width as usize / 2, "two pixels");
    let gap = data.axis.least_gap();
    let margin = gap.unwrap_or(0.0) / 2.0;
    let pile = chart.pile();
    let piles = piled(&data, pile);
    let Some(extent) = extent(&data, pile, &piles) else { return };
    let frame = frame(page, chart, &data, Wish { extent, zero: true, margin, key: Key::Area });
    let band = match (&data.axis, gap) {
        (Axis::Category(names), _) => frame.plot.width / names.len().max(1) as f64,
        (_, Some(gap)) => (frame.px(data.axis.at(0) + gap) - frame.px(data.axis.at(0))).max(1.0),
        (_, None) => frame.plot.width,
    };
    let layout = Layout::new(band, if pile == Pile::None { data.series.len() } else { 1 });
    if frame.cut {
        page.begin_clip(frame.plot);
    }
    columns(page, &data, &piles, &frame, layout, dense);
    if frame.cut {
        page.end_clip();
    }
    if pile == Pile::None {
        values(page, &data, &frame, layout);
    } else if pile == Pile::Sums {
        totals(page, &data, &piles, &frame, band);
    }
}

/// Where the columns of one x value stand.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// From the middle of the x value to the left edge of its first column.
    left: f64,
    /// From one column to the next.
    step: f64,
    /// Of one column.
    width: f64,
    /// Whether series stand side by side.
    side_by_side: bool,
}

impl Layout {
    fn new(band: f64, side_by_side: usize) -> Self {
        let count = side_by_side.max(1) as f64;
        let space = if band < 4.0 { band } else { (band * 0.74).min(72.0 * count) };
        let step = space / count;
        // Columns without space between them overlap a little, so that no light shines through.
        let width = match step {
            step if band < 4.0 => step + 0.4,
            step if step > 6.0 && count > 1.0 => step - 1.0,
            step => step,
        };
        Self { left: space / 2.0, step, width, side_by_side: side_by_side > 1 }
    }

    /// The left edge of the column of `series` around `middle`.
    fn edge(self, middle: f64, series: usize) -> f64 {
        middle - self.left + if self.side_by_side { series as f64 * self.step } else { 0.0 }
    }
}

fn columns(page: &mut Page, data: &Data, piles: &[Vec<(f64, f64)>], frame: &Frame, layout: Layout, dense: bool) {
    let single = !dense && data.axis.len() * data.series.len() <= SINGLE_SHAPES;
    for (index, (line, pile)) in data.series.iter().zip(piles).enumerate() {
        let colour = colour(line);
        let mut shapes = String::new();
        for (row, (from, to)) in pile.iter().enumerate() {
            let Some(value) = line.values.get(row).copied().flatten() else { continue };
            let from = if frame.y.log { from.max(frame.y.low) } else { *from };
            let (y, end) = (frame.py(from), frame.py(*to));
            let x = layout.edge(frame.px(data.axis.at(row)), index);
            let rect = Rect { x, y: y.min(end), width: layout.width, height: (y - end).abs() };
            if single {
                page.rect(rect, &colour, &tooltip(data, &line.name, row, value));
            } else {
                shapes.push_str(&outline(rect));
            }
        }
        page.fill(&shapes, &colour, 1.0, "");
    }
}

/// Path data of a rectangle.
fn outline(rect: Rect) -> String {
    use super::page::number;
    let (x, y, width, height) = (number(rect.x), number(rect.y), number(rect.width), number(rect.height));
    format!("M{x} {y}h{width}v{height}H{x}Z")
}

/// Values at the ends of columns, if all of them fit.
fn values(page: &mut Page, data: &Data, frame: &Frame, layout: Layout) {
    let width = if layout.side_by_side { layout.step } else { layout.left * 2.0 / 0.74 };
    let all = || {
        data.series.iter().enumerate().flat_map(|(index, line)| {
            line.values.iter().enumerate().filter_map(move |(row, value)| value.map(|value| (index, row, value)))
        })
    };
    if all().count() > 40 || all().any(|(.., value)| pixels(&short(value), VALUE.size) + 3.0 > width) {
        return;
    }
    for (index, row, value) in all() {
        let x = layout.edge(frame.px(data.axis.at(row)), index) + layout.width / 2.0;
        value_at(page, frame, x, value, value < 0.0);
    }
}

/// The sums at the tops of piles, if all of them fit.
fn totals(page: &mut Page, data: &Data, piles: &[Vec<(f64, f64)>], frame: &Frame, band: f64) {
    let rows = data.axis.len();
    let total = |row: usize| piles.iter().filter_map(|pile| pile.get(row)).map(|(_, end)| *end).fold(0.0, f64::max);
    let negative = data.values().any(|value| value < 0.0);
    if negative || rows > 40 || (0..rows).any(|row| pixels(&short(total(row)), VALUE.size) + 3.0 > band) {
        return;
    }
    for row in 0..rows {
        let some = data.series.iter().any(|line| line.values.get(row).copied().flatten().is_some());
        if some {
            value_at(page, frame, frame.px(data.axis.at(row)), total(row), false);
        }
    }
}

fn value_at(page: &mut Page, frame: &Frame, x: f64, value: f64, below: bool) {
    let y = frame.py(value);
    let room = !below || y + 14.0 < frame.plot.bottom() + 3.0;
    if room && y >= frame.plot.y - 0.5 && y <= frame.plot.bottom() + 0.5 {
        page.value(x, if below { y + 13.0 } else { y - 5.0 }, Anchor::Middle, &short(value));
    }
}
