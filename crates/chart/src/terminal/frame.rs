//! What surrounds a plot: title, legend, axes with labels, axis titles, notes. What has no room is left out, the least
//! important first.

use crate::data::{Axis, Data};
use crate::model::{Chart, Pile};
use crate::scale::number::{self, Extent, percent};
use crate::scale::{Scale, Tick, time};
use crate::text::{cells, elide_cells, plain};

use super::screen::{Ink, Row};
use super::{Terminal, grid::Grid, title};

/// Characters that tell series apart where colours cannot.
const MARKS: [char; 8] = ['*', '+', 'o', 'x', '#', '@', '%', '&'];
/// Fills that do.
const FILLS: [char; 4] = ['█', '░', '▓', '▒'];

/// The least lines for a plot.
const LEAST: usize = 4;

/// What a kind wants of its frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// Of the values.
    pub extent: Extent,
    /// Whether the value axis begins at zero in any case.
    pub zero: bool,
    /// Free space at both ends of an axis of times or numbers, in its unit.
    pub margin: f64,
    /// How the legend shows series.
    pub key: Key,
    /// The plot is as many cells wide that this number divides them, if it is not wider itself.
    pub slots: usize,
}

/// How series are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// By lines or points.
    Mark,
    /// By filled cells.
    Fill,
}

/// Both scales of a plot.
#[derive(Debug)]
pub(crate) struct Scales {
    /// From left to right.
    pub x: Scale,
    /// From bottom to top.
    pub y: Scale,
}

/// The character of the series that is `index`-th in the legend.
pub(crate) fn mark(index: usize) -> char {
    MARKS[index % MARKS.len()]
}

/// The full block, or its replacement for a series told apart without colours.
pub(crate) fn fill(index: usize, terminal: Terminal) -> char {
    if terminal.colour { '█' } else { FILLS[index % FILLS.len()] }
}

/// Draws a plot with everything around it: `draw` fills the grid.
pub(crate) fn framed(
    chart: &Chart,
    data: &Data,
    terminal: Terminal,
    wish: Wish,
    draw: impl FnOnce(&mut Grid, &Scales),
) -> Vec<Row> {
    let mut above: Vec<Row> = title(chart, terminal).into_iter().collect();
    let mut legend = legend(chart, data, terminal, wish.key);
    let mut y_title = text_row(&chart.y_title, terminal);
    let mut x_title = text_row(&x_title(chart, data), terminal);
    let mut notes = text_row(&data.notes.join("; "), terminal);
    let axis = if matches!(data.axis, Axis::Time(_)) { 3 } else { 2 };
    let used = |parts: [usize; 5]| parts.iter().sum::<usize>() + axis;
    let rows = |row: &Option<Row>| usize::from(row.is_some());
    while used([above.len(), legend.len(), rows(&y_title), rows(&x_title), rows(&notes)]) + LEAST > terminal.height {
        if [&mut notes, &mut y_title, &mut x_title].into_iter().find_map(Option::take).is_none() && legend.pop().is_none() {
            break;
        }
    }
    let around = used([above.len(), legend.len(), rows(&y_title), rows(&x_title), rows(&notes)]);
    let height = terminal.height.saturating_sub(around).max(1);
    let y = value_scale(chart, wish.extent, wish.zero, height);
    let left = y.ticks.iter().map(|tick| cells(&tick.label)).max().unwrap_or(0) + 2;
    let width = terminal.width.saturating_sub(left).max(2);
    let width = if wish.slots <= width { width / wish.slots.max(1) * wish.slots.max(1) } else { width };
    let scales = Scales { x: x_scale(data, wish.margin, width), y };
    let mut grid = Grid::new(width, height);
    draw(&mut grid, &scales);
    above.extend(legend);
    above.extend(y_title);
    above.extend(value_rows(&grid, &scales.y, left));
    above.extend(x_rows(data, &scales.x, left, width));
    above.extend(x_title.map(|row| shifted(row, left, terminal)));
    above.extend(notes);
    above
}

fn text_row(text: &str, terminal: Terminal) -> Option<Row> {
    let text = elide_cells(&plain(text), terminal.width);
    (!text.is_empty()).then(|| Row::of(text, Ink::Dim))
}

/// A row moved below the plot, if it still fits.
fn shifted(row: Row, left: usize, terminal: Terminal) -> Row {
    let mut moved = Row::default();
    moved.pad(left.min(terminal.width.saturating_sub(row.width())));
    moved.push(&row.written(false), Ink::Dim);
    moved
}

fn x_title(chart: &Chart, data: &Data) -> String {
    let title = plain(&chart.x_title);
    match data.axis {
        Axis::Time(_) if title.is_empty() => "UTC".to_owned(),
        Axis::Time(_) if !title.contains("UTC") => format!("{title} (UTC)"),
        _ => title,
    }
}

/// The legend in up to three rows.
pub(crate) fn legend(chart: &Chart, data: &Data, terminal: Terminal, key: Key) -> Vec<Row> {
    let marked = data.series.iter().any(|line| !line.anomalies.is_empty());
    if !chart.legend || (data.series.len() < 2 && !marked) {
        return Vec::new();
    }
    let shape = |index: usize| match key {
        Key::Mark if data.series.len() > 1 && !terminal.colour => mark(index),
        Key::Mark => '━',
        Key::Fill => fill(index, terminal),
    };
    let entries = data.named().enumerate().map(|(index, line)| {
        let name = if line.name.is_empty() { "(no name)" } else { &line.name };
        (shape(index), Ink::of(line), elide_cells(&plain(name), 30.min(terminal.width.saturating_sub(2))))
    });
    let entries: Vec<_> = entries.chain(marked.then(|| ('●', Ink::Alert, "anomaly".to_owned()))).collect();
    let mut rows = vec![Row::default()];
    let total = entries.len();
    for (at, (shape, ink, name)) in entries.into_iter().enumerate() {
        let Some(row) = rows.last_mut() else { break };
        let wanted = cells(&name) + 2 + if row.width() > 0 { 2 } else { 0 };
        let more = format!("  + {} more", total - at);
        let reserve = if rows.len() == 3 && at + 1 < total { cells(&more) } else { 0 };
        let Some(row) = rows.last_mut() else { break };
        if row.width() > 0 && row.width() + wanted + reserve > terminal.width {
            if rows.len() == 3 {
                push_within(&mut rows, &more, terminal);
                break;
            }
            rows.push(Row::default());
        } else if row.width() > 0 {
            row.push("  ", Ink::Plain);
        }
        if let Some(row) = rows.last_mut() {
            row.push(shape.encode_utf8(&mut [0; 4]), ink);
            row.push(&format!(" {name}"), Ink::Plain);
        }
    }
    rows
}

fn push_within(rows: &mut [Row], text: &str, terminal: Terminal) {
    if let Some(row) = rows.last_mut().filter(|row| row.width() + cells(text) <= terminal.width) {
        row.push(text, Ink::Dim);
    }
}

fn value_scale(chart: &Chart, extent: Extent, zero: bool, height: usize) -> Scale {
    let most = (height / 2).clamp(2, 7);
    let extent = if zero || extent.near_zero() { extent.with_zero() } else { extent };
    if chart.pile() == Pile::Shares {
        let low = if extent.low < 0.0 { -1.0 } else { 0.0 };
        let mut scale = number::linear(Extent { low, high: 1.0, whole: false }, most, None, None);
        for tick in &mut scale.ticks {
            tick.label = percent(tick.at);
        }
        return scale;
    }
    if chart.y_log {
        let low = if extent.low > 0.0 { extent.low } else { extent.high.min(1.0) };
        return number::logarithmic(Extent { low, ..extent }, most, chart.y_min, chart.y_max);
    }
    let scale = number::linear(extent, most, chart.y_min, chart.y_max);
    // An end that was asked for is kept.
    if chart.y_max.is_none() { scale.with_headroom(extent.high) } else { scale }
}

fn x_scale(data: &Data, margin: f64, width: usize) -> Scale {
    let last = data.axis.len().saturating_sub(1);
    let (low, high) = (data.axis.at(0), data.axis.at(last));
    match &data.axis {
        Axis::Time(_) if low == high => time::single(low as i64),
        Axis::Time(_) => {
            let measure = |text: &str| cells(text) as f64;
            let least = data.axis.least_gap().unwrap_or(0.0) as i64;
            time::scale((low - margin) as i64, (high + margin) as i64, least, width as f64, 3.0, &measure)
        }
        Axis::Number(_) if low == high => number::linear(Extent { low, high, whole: false }, 3, None, None),
        Axis::Number(_) => {
            let extent = Extent { low: low - margin, high: high + margin, whole: false };
            number::linear(extent, (width / 12).clamp(2, 12), Some(extent.low), Some(extent.high))
        }
        Axis::Category(names) => {
            let count = names.len();
            let tick = |(at, name): (usize, &String)| Tick { at: at as f64, label: plain(name), context: None };
            let ticks = names.iter().enumerate().map(tick).collect();
            Scale { low: -0.5, high: count as f64 - 0.5, log: false, ticks }
        }
    }
}

/// The line of the plot that a value is on.
pub(crate) fn row_of(scale: &Scale, value: f64, height: usize) -> usize {
    let dots = (height * 4).saturating_sub(1) as f64;
    ((1.0 - scale.share(value).clamp(0.0, 1.0)) * dots).round() as usize / 4
}

/// The plot with the value axis at its left.
fn value_rows(grid: &Grid, scale: &Scale, left: usize) -> Vec<Row> {
    let mut labels = vec![None; grid.height];
    for tick in &scale.ticks {
        if let Some(slot) = labels.get_mut(row_of(scale, tick.at, grid.height)) {
            slot.get_or_insert(&tick.label);
        }
    }
    let row = |(y, label): (usize, Option<&String>)| {
        let label = label.map_or("", String::as_str);
        let mut row = Row::default();
        row.pad(left.saturating_sub(2 + cells(label)));
        row.push(label, Ink::Dim);
        row.push(if label.is_empty() { " │" } else { " ┤" }, Ink::Dim);
        row.extend(grid.row(y));
        row
    };
    labels.into_iter().enumerate().map(row).collect()
}

/// The x axis with labels below, and the days or years they belong to. Labels that would meet are left out.
fn x_rows(data: &Data, scale: &Scale, left: usize, width: usize) -> Vec<Row> {
    let place = |at: f64| ((scale.share(at).clamp(0.0, 1.0) * (width - 1) as f64).round()) as usize;
    let room = match &data.axis {
        Axis::Category(names) => (width / names.len().max(1)).saturating_sub(1).max(8),
        _ => width,
    };
    let mut axis: Vec<char> = vec!['─'; width];
    let (mut labels, mut contexts) = (Text::default(), Text::default());
    for tick in &scale.ticks {
        let x = place(tick.at);
        if labels.put(x, &elide_cells(&tick.label, room), width) {
            if let Some(slot) = axis.get_mut(x) {
                *slot = '┬';
            }
            if let Some(context) = &tick.context {
                contexts.put(x, context, width);
            }
        }
    }
    let mut first = Row::default();
    first.pad(left.saturating_sub(1));
    first.push("└", Ink::Dim);
    first.push(&axis.into_iter().collect::<String>(), Ink::Dim);
    let below = |text: Text| {
        let mut row = Row::default();
        row.pad(left);
        row.push(&text.0, Ink::Dim);
        row
    };
    let contexts = matches!(data.axis, Axis::Time(_)).then(|| below(contexts));
    [first, below(labels)].into_iter().chain(contexts).collect()
}

/// Words along a line.
#[derive(Default)]
struct Text(String);

impl Text {
    /// Puts a word with its middle at `x` if it meets no other; words at the ends are moved inwards.
    fn put(&mut self, x: usize, word: &str, width: usize) -> bool {
        let length = cells(word);
        if length == 0 || length > width {
            return false;
        }
        let start = x.saturating_sub(length / 2).min(width - length);
        let end = cells(&self.0);
        if end > 0 && start < end + 1 {
            return false;
        }
        self.0.push_str(&" ".repeat(start - end));
        self.0.push_str(word);
        true
    }
}
