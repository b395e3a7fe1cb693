//! What surrounds the marks: title, legend, axes with ticks and grid, axis titles, notes.
//!
//! Start with [`frame`]: it draws all of that and answers where the marks go.

use crate::data::{Axis, Data};
use crate::model::{Chart, Pile};
use crate::palette;
use crate::scale::number::{self, Extent, percent};
use crate::scale::{Scale, time};
use crate::text::{clean, elide, pixels};

use super::category::Names;
use super::legend::{self, Key};
use super::page::{AXIS_TITLE, Anchor, CONTEXT, NOTE, Page, Rect, TICK, TITLE};

/// White space at the edges of the picture.
pub(crate) const MARGIN: f64 = 28.0;

/// Below this height a picture has no room for more than its title, one row of legend, and the axes.
const ROOMY: f64 = 260.0;

/// Below this height it has no room for a legend and axis titles.
const TINY: f64 = 200.0;

/// Where marks go.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The area between the axes.
    pub plot: Rect,
    /// From left to right.
    pub x: Scale,
    /// From bottom to top.
    pub y: Scale,
    /// Whether marks may lie outside of the plot, because the reader asked for the ends of the axis.
    pub cut: bool,
}

impl Frame {
    /// Pixels from the left for an x value.
    pub(crate) fn px(&self, x: f64) -> f64 {
        self.plot.x + self.x.share(x) * self.plot.width
    }

    /// Pixels from the top for a value; what is far outside of the plot is moved nearer, because renderers count in
    /// 32-bit numbers.
    pub(crate) fn py(&self, y: f64) -> f64 {
        self.plot.bottom() - self.y.share(y).clamp(-20.0, 21.0) * self.plot.height
    }
}

/// What a kind wants of its frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// Of the value axis.
    pub extent: Extent,
    /// Whether the value axis begins at zero in any case.
    pub zero: bool,
    /// Free space at both ends of an x axis of times or numbers, in its unit.
    pub margin: f64,
    /// How the legend shows series.
    pub key: Key,
}

/// Draws the title at the top left and answers with the lower edge.
pub(crate) fn title(page: &mut Page, chart: &Chart) -> f64 {
    let text = elide(&clean(&chart.title), TITLE.size * 1.05, page.width - 2.0 * MARGIN);
    if text.is_empty() {
        return MARGIN - 8.0;
    }
    page.text(MARGIN, MARGIN + 14.0, Anchor::Start, TITLE, &text);
    MARGIN + 26.0
}

/// Draws title, legend and the name of the axis that begins at the upper left, and answers with the upper edge of the plot.
pub(crate) fn head(page: &mut Page, chart: &Chart, data: &Data, key: Key, axis_title: &str) -> f64 {
    let mut y = title(page, chart) + 4.0;
    let rows = match page.height {
        height if height < TINY => 0,
        height if height < ROOMY => 1,
        height => (height / 90.0) as usize,
    };
    y = legend::draw(page, chart, data, key, y, rows);
    if page.height < ROOMY && !chart.title.is_empty() {
        return y + 12.0;
    }
    let text = elide(&clean(axis_title), AXIS_TITLE.size, page.width - 2.0 * MARGIN);
    if !text.is_empty() {
        page.text(MARGIN, y + 16.0, Anchor::Start, AXIS_TITLE, &text);
        y += 20.0;
    }
    y + 18.0
}

/// Draws the notes at the bottom and answers with their upper edge.
pub(crate) fn foot(page: &mut Page, notes: &[String]) -> f64 {
    if notes.is_empty() {
        return page.height - 18.0;
    }
    let mut text = notes.join("; ");
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    let y = page.height - 14.0;
    page.text(MARGIN, y, Anchor::Start, NOTE, &elide(&text, NOTE.size, page.width - 2.0 * MARGIN));
    y - 16.0
}

/// Draws the name of the axis at the bottom, in the middle below `plot`, and answers with its upper edge.
pub(crate) fn bottom_title(page: &mut Page, text: &str, bottom: f64) -> f64 {
    let text = elide(&clean(text), AXIS_TITLE.size, page.width - 2.0 * MARGIN);
    if text.is_empty() || page.height < TINY {
        return bottom;
    }
    page.text(page.width / 2.0, bottom - 3.0, Anchor::Middle, AXIS_TITLE, &text);
    bottom - 20.0
}

/// The name of the x axis; times say that they are UTC.
pub(crate) fn x_title(chart: &Chart, data: &Data) -> String {
    let title = clean(&chart.x_title);
    match data.axis {
        Axis::Time(_) if title.is_empty() => "UTC".to_owned(),
        Axis::Time(_) if !title.contains("UTC") => format!("{title} (UTC)"),
        _ => title,
    }
}

/// The scale of the values on an axis of `length` pixels with `room` pixels for a tick.
pub(crate) fn value_scale(chart: &Chart, extent: Extent, zero: bool, length: f64, room: f64) -> Scale {
    let most = ((length / room) as usize + 1).clamp(2, 9);
    let extent = if zero || extent.near_zero() { extent.with_zero() } else { extent };
    match chart.pile() {
        Pile::Shares => {
            let whole = Extent {
                low: if extent.low < 0.0 { -1.0 } else { 0.0 },
                high: if extent.high > 0.0 { 1.0 } else { 0.0 },
                whole: false,
            };
            let mut scale = number::linear(whole, most.min(6), None, None);
            for tick in &mut scale.ticks {
                tick.label = percent(tick.at);
            }
            scale
        }
        _ if chart.y_log => number::logarithmic(extent_above_zero(extent), most, chart.y_min, chart.y_max),
        _ => {
            let scale = number::linear(extent, most, chart.y_min, chart.y_max);
            // An end that was asked for is kept.
            if chart.y_max.is_none() { scale.with_headroom(extent.high) } else { scale }
        }
    }
}

fn extent_above_zero(extent: Extent) -> Extent {
    let low = if extent.low > 0.0 { extent.low } else { extent.high.min(1.0) };
    Extent { low, ..extent }
}

/// Draws everything around the marks of a chart with the values upwards.
pub(crate) fn frame(page: &mut Page, chart: &Chart, data: &Data, wish: Wish) -> Frame {
    let top = head(page, chart, data, wish.key, &chart.y_title);
    let bottom = foot(page, &data.notes);
    let bottom = bottom_title(page, &x_title(chart, data), bottom);
    // Names below the axis decide how high the plot is; the number of ticks depends on that only a little.
    let y = value_scale(chart, wish.extent, wish.zero, bottom - top - 36.0, 52.0);
    let widest = y.ticks.iter().map(|tick| pixels(&tick.label, TICK.size)).fold(0.0, f64::max);
    let mut left = MARGIN + widest + 10.0;
    let right = page.width - MARGIN;
    let names = match &data.axis {
        Axis::Category(names) => {
            let fitted = Names::fit(names, right - left, left, (bottom - top) * 0.4);
            left = left.max(if fitted.height > 30.0 { fitted.height.min(90.0) } else { left });
            Some(Names::fit(names, right - left, left, (bottom - top) * 0.4))
        }
        _ => None,
    };
    let below = names.as_ref().map_or(if matches!(data.axis, Axis::Time(_)) { 40.0 } else { 24.0 }, |names| names.height);
    let height = (bottom - below - top).max(20.0);
    let plot = Rect { x: left, y: top, width: (right - left).max(20.0), height };
    let x = x_scale(data, wish.margin, plot.width);
    let frame = Frame { plot, x, y, cut: chart.y_min.is_some() || chart.y_max.is_some() };
    value_axis(page, &frame);
    match names {
        Some(names) => names.draw(page, plot),
        None => x_axis(page, &frame),
    }
    frame
}

fn x_scale(data: &Data, margin: f64, width: f64) -> Scale {
    let last = data.axis.len().saturating_sub(1);
    let (low, high) = (data.axis.at(0), data.axis.at(last));
    match &data.axis {
        Axis::Time(_) if low == high => time::single(low as i64),
        Axis::Time(_) => {
            let measure = |text: &str| pixels(text, CONTEXT.size);
            let least = data.axis.least_gap().unwrap_or(0.0) as i64;
            time::scale((low - margin) as i64, (high + margin) as i64, least, width, 28.0, &measure)
        }
        Axis::Number(_) => {
            let extent = Extent { low: low - margin, high: high + margin, whole: false };
            let most = ((width / 90.0) as usize).clamp(2, 12);
            if low < high {
                number::linear(extent, most, Some(extent.low), Some(extent.high))
            } else {
                number::linear(extent, 3, None, None)
            }
        }
        Axis::Category(names) => Scale { low: -0.5, high: names.len() as f64 - 0.5, log: false, ticks: Vec::new() },
    }
}

/// Grid lines and labels of the values.
fn value_axis(page: &mut Page, frame: &Frame) {
    let plot = frame.plot;
    let mut last = f64::MAX;
    for tick in &frame.y.ticks {
        let y = frame.py(tick.at);
        page.line((plot.x, y), (plot.right(), y), palette::GRID, 1.0);
        if last - y < TICK.size * 1.2 {
            continue;
        }
        last = y;
        page.text(plot.x - 10.0, y + 4.0, Anchor::End, TICK, &tick.label);
    }
    let base = frame.py(frame.y.base());
    page.line((plot.x, base), (plot.right(), base), palette::AXIS, 1.0);
    if (base - plot.bottom()).abs() > 1.0 {
        page.line((plot.x, plot.bottom()), (plot.right(), plot.bottom()), palette::GRID, 1.0);
    }
}

/// Ticks and labels along the lower edge. A label that would leave the picture is moved inwards.
fn x_axis(page: &mut Page, frame: &Frame) {
    let plot = frame.plot;
    let right = page.width - 4.0;
    for tick in &frame.x.ticks {
        let x = frame.px(tick.at);
        page.line((x, plot.bottom()), (x, plot.bottom() + 5.0), palette::AXIS, 1.0);
        let inside = |text: &str, size: f64| {
            let half = pixels(text, size) / 2.0;
            x.min(right - half).max(half + 4.0)
        };
        let place = inside(&tick.label, TICK.size);
        page.text(place, plot.bottom() + 19.0, Anchor::Middle, TICK, &tick.label);
        if let Some(context) = &tick.context {
            let place = inside(context, CONTEXT.size);
            page.text(place, plot.bottom() + 35.0, Anchor::Middle, CONTEXT, context);
        }
    }
}
