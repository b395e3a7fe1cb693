//! Charts as text: one file a kind, `screen` for lines with colours, `grid` to draw in, `frame` for titles and axes.
//!
//! No line is wider than asked for, measured in terminal cells (Unicode Standard Annex #11, by `unicode-width`).

mod bar;
mod card;
mod column;
mod frame;
mod grid;
mod line;
mod pie;
mod screen;
mod small;
mod stacked;

use crate::data::Data;
use crate::model::{Chart, Kind, Pile};
use crate::text::{elide_cells, plain};
use screen::{Ink, Row};

/// No terminal is larger; more would only cost memory.
const WIDEST: usize = 1000;
const HIGHEST: usize = 500;

/// Below this there is no room for axes.
const NARROW: usize = 24;
const LOW: usize = 8;

/// What is asked of a drawing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Cells across.
    pub width: usize,
    /// Lines down.
    pub height: usize,
    /// Whether series are told apart by colours; otherwise by marks.
    pub colour: bool,
}

/// The whole drawing.
pub(crate) fn draw(chart: &Chart, width: usize, height: usize, colour: bool) -> String {
    let terminal = Terminal { width: width.min(WIDEST), height: height.clamp(1, HIGHEST), colour };
    let data = Data::of(chart);
    let rows = match chart.kind {
        Kind::Card => card::draw(chart, terminal),
        _ if data.is_empty() => empty(chart, terminal),
        _ if terminal.width < NARROW || terminal.height < LOW => small::draw(chart, &data, terminal),
        Kind::Piechart => pie::draw(chart, &data, terminal),
        Kind::Barchart => bar::draw(chart, data, terminal),
        Kind::Columnchart => column::draw(chart, data, terminal),
        Kind::Areachart | Kind::Stackedareachart if chart.pile() != Pile::None => stacked::draw(chart, &data, terminal),
        Kind::Scatterchart => line::draw(chart, &data, terminal, line::Shape::Points),
        _ => line::draw(chart, &data, terminal, line::Shape::Lines),
    };
    let lines: Vec<String> =
        rows.into_iter().take(terminal.height).map(|row| row.cut(terminal.width).written(terminal.colour)).collect();
    lines.join("\n")
}

/// The title as a row, if there is one.
fn title(chart: &Chart, terminal: Terminal) -> Option<Row> {
    let text = elide_cells(&plain(&chart.title), terminal.width);
    (!text.is_empty()).then(|| Row::of(text, Ink::Bold))
}

/// Title and the words "No data".
fn empty(chart: &Chart, terminal: Terminal) -> Vec<Row> {
    let words = Row::of(elide_cells("No data", terminal.width), Ink::Dim);
    title(chart, terminal).filter(|_| terminal.height > 1).into_iter().chain([words]).collect()
}
