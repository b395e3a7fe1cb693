//! Horizontal bars with their names at the left: `barchart`.

use crate::data::{Data, extent, piled};
use crate::model::{Chart, Pile};
use crate::palette;
use crate::scale::Scale;
use crate::scale::number::short;
use crate::text::{elide, pixels};

use super::frame::{MARGIN, bottom_title, foot, head, value_scale, x_title};
use super::legend::{Key, colour};
use super::page::{Anchor, NAME, Page, Rect, TICK, VALUE};
use super::tooltip;

/// The least height of a bar's name, and of a bar among others of one name.
const ROW: f64 = 17.0;
const THIN: f64 = 4.0;

/// Draws the chart.
pub(crate) fn draw(page: &mut Page, chart: &Chart, mut data: Data) {
    let pile = chart.pile();
    let side_by_side = if pile == Pile::None { data.series.len().max(1) } else { 1 };
    // The head is drawn once the number of bars is known; its height does not depend on that.
    let room = (page.height - 150.0).max(ROW * 2.0);
    data.keep_first((room / ROW.max(side_by_side as f64 * THIN + 6.0)).max(1.0) as usize, "bars");
    let piles = piled(&data, pile);
    let Some(extent) = extent(&data, pile, &piles) else { return };
    let top = head(page, chart, &data, Key::Area, &x_title(chart, &data));
    let bottom = foot(page, &data.notes);
    let bottom = bottom_title(page, &chart.y_title, bottom) - 24.0;
    let names: Vec<String> = (0..data.axis.len()).map(|row| data.axis.label(row)).collect();
    let widest = names.iter().map(|name| pixels(name, NAME.size)).fold(0.0, f64::max).min(page.width * 0.36);
    let left = MARGIN + widest + 12.0;
    let labels = data.values().map(|value| pixels(&short(value), VALUE.size)).fold(0.0, f64::max).max(totals_width(&piles, pile));
    let width = (page.width - MARGIN - left - labels).max(20.0);
    let plot = Rect { x: left, y: top, width, height: (bottom - top).max(20.0) };
    let scale = value_scale(chart, extent, true, plot.width, 90.0);
    axis(page, plot, &scale);
    let bars = Bars { data: &data, plot, scale: &scale, band: plot.height / names.len().max(1) as f64, side_by_side };
    for (row, name) in names.iter().enumerate() {
        let y = plot.y + (row as f64 + 0.5) * bars.band + 4.0;
        page.text(left - 10.0, y, Anchor::End, NAME, &elide(name, NAME.size, widest + 0.5));
    }
    if chart.y_min.is_some() || chart.y_max.is_some() {
        page.begin_clip(plot);
        bars.shapes(page, &piles);
        page.end_clip();
    } else {
        bars.shapes(page, &piles);
    }
    bars.values(page, &piles, pile);
}

fn totals_width(piles: &[Vec<(f64, f64)>], pile: Pile) -> f64 {
    if pile != Pile::Sums {
        return 0.0;
    }
    piles.iter().flatten().map(|(_, end)| pixels(&short(*end), VALUE.size)).fold(0.0, f64::max)
}

fn axis(page: &mut Page, plot: Rect, scale: &Scale) {
    let mut last = f64::MIN;
    for tick in &scale.ticks {
        let x = plot.x + scale.share(tick.at) * plot.width;
        page.line((x, plot.y), (x, plot.bottom()), palette::GRID, 1.0);
        let half = pixels(&tick.label, TICK.size) / 2.0;
        if x - half < last + 6.0 {
            continue;
        }
        last = x + half;
        page.text(x, plot.bottom() + 18.0, Anchor::Middle, TICK, &tick.label);
    }
    let base = plot.x + scale.share(scale.base()) * plot.width;
    page.line((base, plot.y), (base, plot.bottom()), palette::AXIS, 1.0);
}

/// The bars and where they stand.
struct Bars<'a> {
    data: &'a Data,
    plot: Rect,
    scale: &'a Scale,
    band: f64,
    side_by_side: usize,
}

impl Bars<'_> {
    /// The thickness of one bar.
    fn thickness(&self) -> f64 {
        (self.band * 0.72).min(34.0 * self.side_by_side as f64) / self.side_by_side as f64
    }

    /// The upper edge of the bar of `series` in `row`.
    fn edge(&self, row: usize, series: usize) -> f64 {
        let middle = self.plot.y + (row as f64 + 0.5) * self.band;
        let first = middle - self.thickness() * self.side_by_side as f64 / 2.0;
        if self.side_by_side > 1 { first + series as f64 * self.thickness() } else { first }
    }

    fn x(&self, value: f64) -> f64 {
        self.plot.x + self.scale.share(value).clamp(-20.0, 21.0) * self.plot.width
    }

    fn shapes(&self, page: &mut Page, piles: &[Vec<(f64, f64)>]) {
        let gap = if self.side_by_side > 1 && self.thickness() > 6.0 { 1.0 } else { 0.0 };
        for (index, (line, pile)) in self.data.series.iter().zip(piles).enumerate() {
            let colour = colour(line);
            for (row, (from, to)) in pile.iter().enumerate() {
                let Some(value) = line.values.get(row).copied().flatten() else { continue };
                let from = self.x(if self.scale.log { from.max(self.scale.low) } else { *from });
                let to = self.x(*to);
                let (y, height) = (self.edge(row, index), self.thickness() - gap);
                let rect = Rect { x: from.min(to), y, width: (to - from).abs(), height };
                page.rect(rect, &colour, &tooltip(self.data, &line.name, row, value));
            }
        }
    }

    /// The values at the ends of bars, or the sums at the ends of piles, if bars are thick enough for text.
    fn values(&self, page: &mut Page, piles: &[Vec<(f64, f64)>], pile: Pile) {
        if self.thickness() < 10.0 || pile == Pile::Shares || self.data.values().any(|value| value < 0.0) {
            return;
        }
        for row in 0..self.data.axis.len() {
            let ends = piles.iter().zip(&self.data.series).enumerate().filter_map(|(index, (pile, line))| {
                line.values.get(row).copied().flatten()?;
                Some((index, pile.get(row)?.1))
            });
            if pile == Pile::Sums {
                if let Some(total) = ends.map(|(_, end)| end).reduce(f64::max) {
                    self.value(page, self.edge(row, 0), total);
                }
            } else {
                for (index, value) in ends {
                    self.value(page, self.edge(row, index), value);
                }
            }
        }
    }

    fn value(&self, page: &mut Page, edge: f64, value: f64) {
        let x = self.x(value);
        if x >= self.plot.x - 0.5 && x <= self.plot.right() + 0.5 {
            page.value(x + 5.0, edge + self.thickness() / 2.0 + 4.0, Anchor::Start, &short(value));
        }
    }
}
