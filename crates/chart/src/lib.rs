//! Charts for the result of KQL's `render`: as SVG for pages and files, as PNG for reports, as text for the terminal.
//!
//! Must not know queries, tables or Arrow: the input is plain numbers and names. Start with [`Chart`], then [`svg()`],
//! [`png()`] and [`terminal()`]. Inside: `data` brings the input in order, `scale` finds ticks, `svg/<kind>.rs` and
//! `terminal/<kind>.rs` draw one kind each.
//!
//! What the kinds mean is from <https://learn.microsoft.com/kusto/query/render-operator>.

mod cards;
mod data;
mod error;
mod model;
mod palette;
mod png;
mod sample;
mod scale;
mod slices;
mod svg;
mod terminal;
mod text;

pub use error::ChartError;
pub use model::{Chart, Kind, Series, Size, Stacking, X};

/// Draws a chart as a self-contained SVG document: no script, no style sheet, no reference to anything outside.
///
/// It has no `id`s, so several can stand in one HTML page. All text is escaped, control characters and
/// bidirectional overrides are removed. Millions of points are thinned to what the picture can show.
///
/// ```
/// use spoofwatch_chart::{Chart, Kind, Series, Size, X, svg};
///
/// let chart = Chart {
///     title: "DKIM failures".to_owned(),
///     series: vec![Series::new("count_", vec![Some(3.0), None, Some(5.0)])],
///     ..Chart::new(Kind::Timechart, X::Time(vec![0, 86_400_000_000, 172_800_000_000]))
/// };
/// assert!(svg(&chart, Size::default()).contains(">DKIM failures</text>"));
/// ```
#[must_use]
pub fn svg(chart: &Chart, size: Size) -> String {
    svg::draw(chart, size)
}

/// The same as [`svg()`] for a page that shows the title by itself: the title is not drawn, and only names the picture for screen readers.
///
/// Colours are presentation attributes (`fill`, `stroke`), which rules of the page's style sheet override: so it follows a dark theme.
#[must_use]
pub fn svg_untitled(chart: &Chart, size: Size) -> String {
    svg::untitled(chart, size)
}

/// Draws a chart as a PNG of twice `size` in each direction, with embedded fonts, so that it looks the same everywhere.
///
/// The fonts hold Latin, Greek and Cyrillic letters and emoji; letters of other scripts come out as empty boxes.
///
/// # Errors
///
/// When the picture cannot be drawn or encoded; see [`ChartError`].
pub fn png(chart: &Chart, size: Size) -> Result<Vec<u8>, ChartError> {
    png::draw(chart, size)
}

/// Draws a chart as lines of text, none wider than `width` cells and (from 1 on) not more than `height` of them, without
/// a line end after the last. With `colour`, series are told apart by ANSI colours, otherwise by their marks.
///
/// In less than 24 cells by 8 lines it is a title and a sparkline of the first series.
#[must_use]
pub fn terminal(chart: &Chart, width: usize, height: usize, colour: bool) -> String {
    terminal::draw(chart, width, height, colour)
}

#[cfg(test)]
mod tests;
