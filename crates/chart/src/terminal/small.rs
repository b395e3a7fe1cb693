//! Where there is no room for axes: the title and a sparkline of the first series with values.

use crate::data::Data;
use crate::model::Chart;
use crate::scale::number::Extent;

use super::screen::{Ink, Row};
use super::{Terminal, title};

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws the chart: each cell shows the highest value at its place.
pub(crate) fn draw(chart: &Chart, data: &Data, terminal: Terminal) -> Vec<Row> {
    let mut rows: Vec<Row> = title(chart, terminal).filter(|_| terminal.height > 1).into_iter().collect();
    let Some(line) = data.named().find(|line| line.values.iter().any(Option::is_some)) else { return rows };
    let Some(extent) = Extent::of(line.values.iter().copied().flatten()).map(Extent::with_zero) else { return rows };
    let count = line.values.len().max(1);
    let width = terminal.width.min(count);
    let mut highest: Vec<Option<f64>> = vec![None; width];
    for (at, value) in line.values.iter().enumerate() {
        if let Some((slot, value)) = highest.get_mut(at * width / count).zip(*value) {
            *slot = Some(slot.map_or(value, |so_far| so_far.max(value)));
        }
    }
    let level = |value: f64| {
        let share = (value / 2.0 - extent.low / 2.0) / (extent.high / 2.0 - extent.low / 2.0).max(f64::MIN_POSITIVE);
        LEVELS[(share * 7.0).round().clamp(0.0, 7.0) as usize]
    };
    let text: String = highest.into_iter().map(|value| value.map_or(' ', level)).collect();
    rows.push(Row::of(text, Ink::of(line)));
    rows
}
