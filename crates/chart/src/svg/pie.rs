//! Shares of a whole: `piechart`, with its names, values and percentages in a list beside it.

use std::f64::consts::TAU;

use crate::data::Data;
use crate::model::Chart;
use crate::palette;
use crate::scale::number::{percent, short};
use crate::slices::{Slices, slices};
use crate::text::{elide, pixels};

use super::frame::{MARGIN, foot, title};
use super::page::{Anchor, NAME, Page, Rect, Style, TICK, VALUE, number};

/// Draws the chart.
pub(crate) fn draw(page: &mut Page, chart: &Chart, data: Data) {
    let top = title(page, chart) + 14.0;
    let Slices { slices, total, notes } = slices(&data, ((page.height - top - 40.0) / 20.0).clamp(3.0, 11.0) as usize);
    let bottom = foot(page, &notes) - 6.0;
    let height = (bottom - top).max(40.0);
    let radius = (height / 2.0).min(page.width * 0.24);
    let centre = (MARGIN + radius + page.width * 0.04, top + height / 2.0);
    if slices.is_empty() {
        page.text(page.width / 2.0, page.height / 2.0, Anchor::Middle, Style { size: 18.0, ..NAME }, "No data");
        return;
    }
    let mut from = 0.0;
    for (index, slice) in slices.iter().enumerate() {
        let share = slice.value / total;
        let colour = if slice.other { palette::OTHER.into() } else { palette::series(index) };
        let tooltip = format!("{}: {} ({})", slice.name, short(slice.value), percent(share));
        page.fill(&sector(centre, radius, from, from + share), &colour, 1.0, &tooltip);
        from += share;
    }
    from = 0.0;
    for (index, slice) in slices.iter().enumerate() {
        let share = slice.value / total;
        // Beside a very small slice a separating line would hide it.
        let before = slices.get(index.wrapping_sub(1)).or(slices.last()).map_or(1.0, |slice| slice.value / total);
        if slices.len() > 1 && share.min(before) > 0.008 {
            page.line(centre, on_circle(centre, radius, from), palette::PAPER, 1.5);
        }
        let text = percent(share);
        let place = on_circle(centre, radius * 0.7, from + share / 2.0);
        if share * TAU * radius * 0.7 > pixels(&text, VALUE.size) + 8.0 && slices.len() > 1 {
            let ground = if slice.other { palette::OTHER.into() } else { palette::series(index) };
            let fill = palette::text_on(&ground);
            let class = if fill == palette::PAPER { "chart-paper" } else { "chart-on-mark" };
            let style = Style { class, fill, size: 12.5, ..VALUE };
            page.text(place.0, place.1 + 4.0, Anchor::Middle, style, &text);
        }
        from += share;
    }
    if chart.legend && page.width >= 320.0 {
        let left = centre.0 + radius + page.width * 0.06;
        list(page, &slices, total, left, (top, bottom));
    }
}

/// Names with values and percentages, in columns.
fn list(page: &mut Page, slices: &[crate::slices::Slice], total: f64, left: f64, (top, bottom): (f64, f64)) {
    let row = ((bottom - top) / slices.len() as f64).min(27.0);
    let first = (top + bottom) / 2.0 - row * slices.len() as f64 / 2.0;
    let widest = |texts: &dyn Fn(&crate::slices::Slice) -> String| {
        slices.iter().map(|slice| pixels(&texts(slice), NAME.size)).fold(0.0, f64::max)
    };
    let (values, shares) = (widest(&|slice| short(slice.value)), widest(&|slice| percent(slice.value / total)));
    let room = page.width - MARGIN - left - 22.0 - shares - 40.0;
    // In narrow pictures names are worth more than values.
    let (values, room) = if room - values >= 60.0 { (values, room - values) } else { (0.0, room) };
    let names = widest(&|slice| slice.name.clone()).min(room.max(0.0));
    let value_edge = left + 22.0 + names + 24.0 + values;
    for (index, slice) in slices.iter().enumerate() {
        let base = first + (index as f64 + 0.5) * row + 4.0;
        let colour = if slice.other { palette::OTHER.into() } else { palette::series(index) };
        page.rect(Rect { x: left, y: base - 10.5, width: 12.0, height: 12.0 }, &colour, "");
        page.text(left + 22.0, base, Anchor::Start, NAME, &elide(&slice.name, NAME.size, names + 0.5));
        if values > 0.0 {
            page.text(value_edge, base, Anchor::End, NAME, &short(slice.value));
        }
        page.text(value_edge + 16.0 + shares, base, Anchor::End, TICK, &percent(slice.value / total));
    }
}

/// The point at `turn` of the circle, clockwise from the top.
fn on_circle(centre: (f64, f64), radius: f64, turn: f64) -> (f64, f64) {
    let (sine, cosine) = (turn * TAU).sin_cos();
    (centre.0 + radius * sine, centre.1 - radius * cosine)
}

/// Path data of the slice from one turn to another.
fn sector(centre: (f64, f64), radius: f64, from: f64, to: f64) -> String {
    let r = number(radius);
    let (start, end) = (on_circle(centre, radius, from), on_circle(centre, radius, to));
    if to - from > 0.999_99 {
        let (x, top, low) = (number(centre.0), number(centre.1 - radius), number(centre.1 + radius));
        return format!("M{x} {top}A{r} {r} 0 1 1 {x} {low}A{r} {r} 0 1 1 {x} {top}Z");
    }
    let large = u8::from(to - from > 0.5);
    let (cx, cy, x1, y1) = (number(centre.0), number(centre.1), number(start.0), number(start.1));
    format!("M{cx} {cy}L{x1} {y1}A{r} {r} 0 {large} 1 {} {}Z", number(end.0), number(end.1))
}
