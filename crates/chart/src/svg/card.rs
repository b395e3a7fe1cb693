//! Single values in large type: `card`.

use crate::cards::{Card, cards};
use crate::model::Chart;
use crate::text::{elide, pixels};

use super::frame::MARGIN;
use super::frame::title;
use super::page::{AXIS_TITLE, Anchor, NAME, Page, Style};

/// Draws the chart.
pub(crate) fn draw(page: &mut Page, chart: &Chart) {
    let top = title(page, chart) + 8.0;
    let cards = cards(chart, 12);
    if cards.is_empty() {
        page.text(page.width / 2.0, page.height / 2.0, Anchor::Middle, Style { size: 18.0, ..NAME }, "No data");
        return;
    }
    let columns = match cards.len() {
        count @ 1..=4 => count.min((page.width / 110.0).max(1.0) as usize),
        count => count.div_ceil(3).min((page.width / 110.0).max(1.0) as usize),
    };
    let rows = cards.len().div_ceil(columns);
    let width = (page.width - 2.0 * MARGIN) / columns as f64;
    let height = (page.height - top - 20.0) / rows as f64;
    let room = width - 16.0;
    // Digits in full if they fit in a readable size, else shortened; all cards in one size.
    let exact = cards.iter().all(|card| pixels(&card.exact, 30.0) <= room);
    let text = |card: &Card| if exact { card.exact.clone() } else { card.short.clone() };
    let widest = cards.iter().map(|card| pixels(&text(card), 1.0)).fold(1.0, f64::max);
    let size = (room / widest).min(height * 0.45).clamp(12.0, 72.0);
    for (at, card) in cards.iter().enumerate() {
        let x = MARGIN + (at % columns) as f64 * width + width / 2.0;
        let base = top + (at / columns) as f64 * height + height * 0.45 + size * 0.2;
        page.text(x, base, Anchor::Middle, Style { class: "chart-card", size, bold: true, ..NAME }, &text(card));
        page.text(
            x,
            base + (height * 0.4).clamp(14.0, 24.0),
            Anchor::Middle,
            AXIS_TITLE,
            &elide(&card.name, AXIS_TITLE.size, room),
        );
    }
}
