//! Lines and points: `timechart`, `linechart`, `anomalychart`, `scatterchart`, and areas that do not add up.

use crate::data::{Data, Line, extent};
use crate::model::{Chart, Pile};
use crate::sample::thin;

use super::Terminal;
use super::frame::{Key, Scales, Wish, framed, mark, row_of};
use super::grid::{Grid, between};
use super::screen::{Ink, Row};

/// Whether neighbours are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// By lines.
    Lines,
    /// Not at all.
    Points,
}

/// Draws the chart: in Braille dots, or with one character a series where there are several and no colours.
pub(crate) fn draw(chart: &Chart, data: &Data, terminal: Terminal, shape: Shape) -> Vec<Row> {
    let Some(extent) = extent(data, Pile::None, &[]) else { return Vec::new() };
    let braille = terminal.colour || data.series.len() == 1;
    framed(chart, data, terminal, Wish { extent, zero: false, margin: 0.0, key: Key::Mark, slots: 1 }, |grid, scales| {
        let mut named = 0;
        for line in &data.series {
            let pen = Pen { mark: (!braille).then(|| mark(named)), ink: Ink::of(line) };
            named += usize::from(line.tone != crate::data::Tone::Muted);
            curve(grid, data, line, scales, shape, pen);
        }
        for line in &data.series {
            anomalies(grid, data, line, scales);
        }
    })
}

/// How a series is drawn: with a character, else with dots.
#[derive(Clone, Copy)]
struct Pen {
    mark: Option<char>,
    ink: Ink,
}

fn curve(grid: &mut Grid, data: &Data, line: &Line, scales: &Scales, shape: Shape, pen: Pen) {
    let (across, down) = if pen.mark.is_some() { (grid.width, grid.height) } else { (grid.width * 2, grid.height * 4) };
    let points: Vec<(f64, Option<f64>)> =
        line.values.iter().enumerate().map(|(at, value)| (scales.x.share(data.axis.at(at)), *value)).collect();
    let place = |(x, y): (f64, f64)| {
        let y = (1.0 - y.clamp(-1.0, 2.0)) * (down - 1) as f64;
        ((x.clamp(0.0, 1.0) * (across - 1) as f64).round() as i64, y.round() as i64)
    };
    let mut before = None;
    let places = if shape == Shape::Lines { thin(&points, across) } else { (0..points.len()).collect() };
    for at in places {
        let Some((x, Some(value))) = points.get(at).copied() else {
            before = None;
            continue;
        };
        let point = place((x, scales.y.share(value)));
        let from = if shape == Shape::Lines { before.unwrap_or(point) } else { point };
        for (x, y) in between(from, point) {
            match (pen.mark, usize::try_from(x), usize::try_from(y)) {
                (Some(mark), Ok(x), Ok(y)) => grid.mark(x, y, mark, pen.ink),
                (None, ..) => grid.dot(x, y, pen.ink),
                _ => {}
            }
        }
        before = Some(point);
    }
}

fn anomalies(grid: &mut Grid, data: &Data, line: &Line, scales: &Scales) {
    for at in &line.anomalies {
        let share = line.values.get(*at).copied().flatten().map(|value| (value, scales.y.share(value)));
        if let Some((value, 0.0..=1.0)) = share {
            let x = (scales.x.share(data.axis.at(*at)) * (grid.width * 2 - 1) as f64).round() as usize / 2;
            grid.mark(x, row_of(&scales.y, value, grid.height), '●', Ink::Alert);
        }
    }
}
